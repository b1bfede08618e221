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
constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();

}  // namespace

Result<RecordTruth> RecordTruth::Open(const Recording& recording) {
  RecordTruth truth;
  RIG_TRY(truth.Survey(recording));
  RIG_TRY_ASSIGN(truth.annotations_, recording.Annotations());
  RIG_TRY(truth.Fetch());
  return truth;
}

// Source: the rhythm codes as PhysioNet lists them for the MIT-BIH databases.
RecordTruth::Told RecordTruth::SaidBy(const std::string& rhythm) {
  Told told;
  told.unreadable = rhythm == "(NOISE";
  if (*told.unreadable) return told;
  told.asystole = rhythm == "(ASYS";
  told.fibrillation = rhythm == "(VFIB" || rhythm == "(VFL" || rhythm == "(VF";
  told.tachycardia = rhythm == "(VT";
  // High-grade ventricular ectopic activity has runs of any length in it.
  if (rhythm == "(HGEA") told.tachycardia.reset();
  return told;
}

Status RecordTruth::Survey(const Recording& recording) {
  RIG_TRY_ASSIGN(const auto annotations, recording.Annotations());
  bool rhythm_seen = false;
  bool marks_flutter = false;
  while (true) {
    RIG_TRY_ASSIGN(const auto annotation, annotations->Next());
    if (!annotation) break;
    const int code = annotation->code;
    const bool beginning = !condition_.beats_known && annotation->time_ns < kBeginningNs;
    if (code == kRhythm && !rhythm_seen) {
      rhythm_seen = true;
      if (beginning) rhythm_ = SaidBy(annotation->text);
    }
    marks_flutter = marks_flutter || code == kFlutterBegins || code == kFlutterEnds;
    condition_.beats_known = condition_.beats_known || IsQrs(code);
  }
  // A file that marks flutter marks all of it.
  if (marks_flutter && !rhythm_.unreadable) rhythm_.fibrillation = false;
  std::vector<TruthEvent> unused;
  Hold(rhythm_, RunTime(), unused);
  return {};
}

Status RecordTruth::Fetch() {
  do {
    RIG_TRY_ASSIGN(next_, annotations_->Next());
  } while (next_ && next_->code == 0);
  return {};
}

void RecordTruth::SetRate(std::optional<double> rate_hz, RunTime t,
                          std::vector<TruthEvent>& events) {
  if (!condition_.beats_known || condition_.rate_hz == rate_hz) return;
  condition_.rate_hz = rate_hz;
  events.push_back({t, "rate", rate_hz.value_or(kNotKnown)});
}

void RecordTruth::Hold(const Told& told, RunTime t, std::vector<TruthEvent>& events) {
  const auto is_arrest = [&] {
    return condition_.asystole.value_or(false) ||
           condition_.ventricular_fibrillation.value_or(false);
  };
  const auto set = [&](std::optional<bool>& flag, std::optional<bool> value, const char* what) {
    if (flag == value) return;
    flag = value;
    events.push_back({t, what, value ? static_cast<double>(*value) : kNotKnown});
  };
  const bool was_arrest = is_arrest();
  set(condition_.unreadable, told.unreadable, "unreadable");
  set(condition_.asystole, told.asystole, "asystole");
  set(condition_.ventricular_fibrillation, told.fibrillation, "ventricular_fibrillation");
  set(condition_.ventricular_tachycardia, told.tachycardia, "ventricular_tachycardia");
  const bool arrest = is_arrest();
  if (!arrest && !was_arrest && !told.unreadable.value_or(false)) return;
  last_beat_ns_.reset();  // an interval across an arrest or noise is no rate
  SetRate(arrest ? std::optional(0.0) : std::nullopt, t, events);
}

void RecordTruth::Take(const RecordingAnnotation& annotation, std::vector<TruthEvent>& events) {
  const std::int64_t ns = annotation.time_ns;
  const RunTime t = AtNanoseconds(ns);
  switch (annotation.code) {
    case kRhythm:
      rhythm_ = SaidBy(annotation.text);
      Hold(rhythm_, t, events);
      return;
    case kFlutterBegins:
      Hold({.asystole = false,
            .fibrillation = true,
            .tachycardia = false,
            .unreadable = rhythm_.unreadable},
           t, events);
      return;
    case kFlutterEnds: {  // what else holds then, only a rhythm annotation says
      Told behind = rhythm_;
      if (!rhythm_.unreadable.value_or(false)) behind.fibrillation = false;
      Hold(behind, t, events);
      return;
    }
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
