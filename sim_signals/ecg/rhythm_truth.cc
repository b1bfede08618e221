#include "sim_signals/ecg/rhythm_truth.h"

#include <algorithm>
#include <limits>

#include "sim_signals/body/beats.h"

namespace rig {
namespace {

// A pacemaker whose pulses do not capture paces a heart that stands still.
bool IsAsystole(const v1::Rhythm& rhythm) {
  return rhythm.has_asystole() || (rhythm.has_paced() && !rhythm.paced().capture());
}

double Rate(const std::optional<double>& rr_s) {
  return rr_s ? 1.0 / *rr_s : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

RhythmTruth::RhythmTruth(const BodyCourse& course, RunTime start)
    : course_(&course), start_(start), at_start_(start) {
  condition_.rate_hz = std::nullopt;
}

void RhythmTruth::Push(RunTime t, const char* what, double value) {
  const TruthEvent event{t, what, value};
  if (t < start_) {
    Hold(event);
    return;
  }
  // A pulse of the next cycle may come before the beat of this one.
  pending_.PushSorted(event, [](const TruthEvent& a, const TruthEvent& b) { return a.t < b.t; });
}

bool RhythmTruth::Hold(const TruthEvent& event) {
  if (event.what == "rate") {
    condition_.rate_hz = event.value;  // NaN is "not known", too
  } else if (event.what == "asystole") {
    condition_.asystole = event.value != 0.0;
  } else if (event.what == "ventricular_fibrillation") {
    condition_.ventricular_fibrillation = event.value != 0.0;
  } else if (event.what == "ventricular_tachycardia") {
    condition_.ventricular_tachycardia = event.value != 0.0;
  } else {
    return false;
  }
  return true;
}

void RhythmTruth::AddRhythmsUntil(RunTime t) {
  const auto& rhythms = course_->rhythm;
  for (; rhythm_ < rhythms.size() && rhythms[rhythm_].first <= t; ++rhythm_) {
    const auto& [begin, rhythm] = rhythms[rhythm_];
    const bool asystole = IsAsystole(rhythm);
    const bool fibrillation = rhythm.has_ventricular_fibrillation();
    const bool tachycardia = rhythm.has_ventricular_tachycardia();
    in_run_ = false;
    if (!HasBeats(rhythm)) Push(begin, "rate", 0.0);
    Push(begin, "asystole", asystole);
    Push(begin, "ventricular_fibrillation", fibrillation);
    Push(begin, "ventricular_tachycardia", tachycardia);
  }
}

void RhythmTruth::Add(const HeartCycle& cycle) {
  AddRhythmsUntil(cycle.at());
  for (const auto& pulse : {cycle.atrial_pulse, cycle.ventricular_pulse}) {
    if (pulse) Push(*pulse, "pacer_pulse", ++pulses_);
  }
  if (!cycle.r) return;
  Push(*cycle.r, "beat", ++beats_);
  Push(*cycle.r, "rate", Rate(cycle.rr_s));
  if (cycle.in_run != in_run_) Push(*cycle.r, "ventricular_tachycardia", cycle.in_run);
  in_run_ = cycle.in_run;
  if (cycle.origin == HeartCycle::Origin::kVentricular) {
    Push(*cycle.r, "ventricular_beat", ++ventricular_beats_);
  }
}

void RhythmTruth::Begin(RunTime begin, std::vector<TruthEvent>& truth) {
  // What was before the first sample is no event of this source, but what holds there.
  std::vector<TruthEvent> at_begin;
  for (; !pending_.empty() && pending_[0].t <= begin; pending_.Pop()) {
    if (!Hold(pending_[0]) && pending_[0].t == begin) at_begin.push_back(pending_[0]);
  }
  at_start_.Emit(condition_, begin, truth);
  truth.insert(truth.end(), at_begin.begin(), at_begin.end());
  begun_ = true;
}

void RhythmTruth::Emit(RunTime first_sample, RunTime end, std::vector<TruthEvent>& truth) {
  AddRhythmsUntil(end - Duration(1));
  const RunTime begin = std::max(start_, first_sample);
  if (!begun_) Begin(begin, truth);
  for (; !pending_.empty() && pending_[0].t < end; pending_.Pop()) truth.push_back(pending_[0]);
}

}  // namespace rig
