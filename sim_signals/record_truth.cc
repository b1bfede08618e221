#include <algorithm>
#include <cmath>
#include <limits>

#include "sim_signals/record_source.h"
#include "sim_signals/recorded/wfdb_annotations.h"

namespace rig {
namespace {

// Source: wfdb-spec, annotation codes.
constexpr int kRhythm = 28, kFlutterBegins = 32, kFlutterEnds = 33;
// MIT-BIH records name the rhythm they begin with in their first annotation, 18 to 67 samples in.
constexpr std::int64_t kBeginningNs = 1'000'000'000;

}  // namespace

Result<RecordTruth> RecordTruth::Open(const Recording& recording) {
  RecordTruth truth;
  RIG_TRY(truth.Survey(recording));
  RIG_TRY_ASSIGN(truth.annotations_, recording.Annotations());
  RIG_TRY(truth.Fetch());
  return truth;
}

Status RecordTruth::Survey(const Recording& recording) {
  RIG_TRY_ASSIGN(const auto annotations, recording.Annotations());
  bool rhythm_seen = false;
  while (true) {
    RIG_TRY_ASSIGN(const auto annotation, annotations->Next());
    if (!annotation) return {};
    const bool beginning = !condition_.beats_known && annotation->time_ns < kBeginningNs;
    std::vector<TruthEvent> unused;
    if (annotation->code == kRhythm && !rhythm_seen) {
      rhythm_seen = true;
      if (beginning) ChangeRhythm(annotation->text, RunTime(), unused);
    }
    // A file that marks flutter marks all of it.
    const bool flutter = annotation->code == kFlutterBegins || annotation->code == kFlutterEnds;
    if (flutter && !condition_.ventricular_fibrillation) {
      condition_.ventricular_fibrillation = false;
    }
    condition_.beats_known = condition_.beats_known || IsQrs(annotation->code);
  }
}

Status RecordTruth::Fetch() {
  do {
    RIG_TRY_ASSIGN(next_, annotations_->Next());
  } while (next_ && next_->code == 0);
  return {};
}

void RecordTruth::SetArrest(std::optional<bool> asystole, bool fibrillation, RunTime t,
                            std::vector<TruthEvent>& events) {
  const auto set = [&](std::optional<bool>& flag, std::optional<bool> value, const char* what) {
    if (flag == value) return;
    flag = value;
    constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();
    events.push_back({t, what, value ? static_cast<double>(*value) : kNotKnown});
  };
  set(condition_.asystole, asystole, "asystole");
  set(condition_.ventricular_fibrillation, fibrillation, "ventricular_fibrillation");
  const bool arrest = asystole.value_or(false) || fibrillation;
  if (!arrest) return;
  last_beat_ns_.reset();  // an interval across an arrest is no rate
  if (!condition_.beats_known || condition_.rate_hz == 0.0) return;
  condition_.rate_hz = 0.0;
  events.push_back({t, "rate", 0.0});
}

void RecordTruth::ChangeRhythm(const std::string& rhythm, RunTime t,
                               std::vector<TruthEvent>& events) {
  const bool unreadable = rhythm == "(NOISE";
  if (condition_.unreadable != unreadable) {
    condition_.unreadable = unreadable;
    events.push_back({t, "unreadable", static_cast<double>(unreadable)});
  }
  const bool fibrillation = rhythm == "(VFIB" || rhythm == "(VFL" || rhythm == "(VF";
  SetArrest(rhythm == "(ASYS", fibrillation, t, events);
}

void RecordTruth::Take(const RecordingAnnotation& annotation, std::vector<TruthEvent>& events) {
  const std::int64_t ns = annotation.time_ns;
  const RunTime t = AtNanoseconds(ns);
  switch (annotation.code) {
    case kRhythm:
      ChangeRhythm(annotation.text, t, events);
      return;
    case kFlutterBegins:
      SetArrest(false, true, t, events);
      return;
    case kFlutterEnds:
      SetArrest(condition_.asystole, false, t, events);
      return;
    default:
      break;
  }
  if (!IsQrs(annotation.code)) return;
  beats_ += 1.0;
  events.push_back({t, "beat", beats_});
  if (last_beat_ns_ && ns > *last_beat_ns_) {
    condition_.rate_hz = 1e9 / static_cast<double>(ns - *last_beat_ns_);
    events.push_back({t, "rate", *condition_.rate_hz});
  }
  last_beat_ns_ = ns;
}

Status RecordTruth::ReadUntil(std::int64_t ns, std::vector<TruthEvent>& events) {
  while (next_) {
    if (next_->time_ns >= ns) return {};
    Take(*next_, events);
    RIG_TRY(Fetch());
  }
  return {};
}

Result<EcgCondition> RecordTruth::SkipTo(std::int64_t ns) {
  std::vector<TruthEvent> passed;
  while (next_) {  // one annotation at a time, to forget what it said
    if (next_->time_ns >= ns) break;
    Take(*next_, passed);
    passed.clear();
    RIG_TRY(Fetch());
  }
  beats_ = 0.0;
  return condition_;
}

}  // namespace rig
