#include "sim_signals/ecg/rhythm_truth.h"

#include <algorithm>

namespace rig {
namespace {

// A pacemaker whose pulses do not capture paces a heart that stands still.
bool IsAsystole(const v1::Rhythm& rhythm) {
  return rhythm.has_asystole() || (rhythm.has_paced() && !rhythm.paced().capture());
}

bool HasBeats(const v1::Rhythm& rhythm) {
  return !IsAsystole(rhythm) && !rhythm.has_ventricular_fibrillation();
}

}  // namespace

RhythmTruth::RhythmTruth(const BodyCourse& course, RunTime start)
    : course_(&course), start_(start), at_start_(start) {
  condition_.rate_hz = std::nullopt;
}

void RhythmTruth::Push(RunTime t, const char* what, double value) {
  if (t < start_) return;
  // A pulse of the next cycle may come before the beat of this one.
  pending_.PushSorted({t, what, value},
                      [](const TruthEvent& a, const TruthEvent& b) { return a.t < b.t; });
}

void RhythmTruth::AddRhythmsUntil(RunTime t) {
  const auto& rhythms = course_->rhythm;
  for (; rhythm_ < rhythms.size() && rhythms[rhythm_].first <= t; ++rhythm_) {
    const auto& [begin, rhythm] = rhythms[rhythm_];
    const bool asystole = IsAsystole(rhythm);
    const bool fibrillation = rhythm.has_ventricular_fibrillation();
    const bool tachycardia = rhythm.has_ventricular_tachycardia();
    if (begin <= start_) {
      condition_.asystole = asystole;
      condition_.ventricular_fibrillation = fibrillation;
      condition_.ventricular_tachycardia = tachycardia;
      if (!HasBeats(rhythm)) condition_.rate_hz = 0.0;
      continue;
    }
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
  const double rate_hz = 1.0 / cycle.interval_s;
  if (*cycle.r < start_) condition_.rate_hz = rate_hz;
  Push(*cycle.r, "beat", ++beats_);
  Push(*cycle.r, "rate", rate_hz);
  if (cycle.origin == HeartCycle::Origin::kVentricular) {
    Push(*cycle.r, "ventricular_beat", ++ventricular_beats_);
  }
}

void RhythmTruth::Emit(RunTime first_sample, RunTime end, std::vector<TruthEvent>& truth) {
  AddRhythmsUntil(end - Duration(1));
  at_start_.Emit(condition_, first_sample, truth);
  for (; !pending_.empty() && pending_[0].t < end; pending_.Pop()) truth.push_back(pending_[0]);
}

}  // namespace rig
