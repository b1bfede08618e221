#include <algorithm>
#include <cmath>
#include <limits>

#include "sim_signals/record_source.h"

namespace rig {
namespace {

// Source: wfdb-spec, annotation codes.
constexpr int kRhythm = 28, kFlutterBegins = 32, kFlutterEnds = 33;
// MIT-BIH records name the rhythm they begin with in their first annotation, 18 to 67 samples in.
constexpr double kBeginningSeconds = 1.0;

}  // namespace

Result<RecordTruth> RecordTruth::Open(const std::filesystem::path& annotations,
                                      double sampling_hz) {
  RecordTruth truth;
  truth.ticks_per_s_ = sampling_hz;
  if (annotations.empty()) return truth;
  truth.name_ = annotations.string();
  truth.stream_ = std::make_unique<std::ifstream>(annotations, std::ios::binary);
  if (!*truth.stream_) return MakeError(Code::kNotFound, truth.name_ + ": cannot be opened");
  RIG_TRY(truth.Survey());
  truth.reader_.emplace(*truth.stream_, truth.name_);
  RIG_TRY(truth.Fetch());
  return truth;
}

Status RecordTruth::Survey() {
  std::ifstream stream(name_, std::ios::binary);
  WfdbAnnotationReader reader(stream, name_);
  bool rhythm_seen = false;
  while (true) {
    RIG_TRY_ASSIGN(const auto annotation, reader.Next());
    if (!annotation) return {};
    const double hz = reader.time_resolution_hz().value_or(ticks_per_s_);
    const bool beginning =
        !condition_.beats_known && static_cast<double>(annotation->time) < kBeginningSeconds * hz;
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
  RIG_TRY_ASSIGN(next_, reader_->Next());
  if (reader_->time_resolution_hz()) ticks_per_s_ = *reader_->time_resolution_hz();
  return {};
}

std::int64_t RecordTruth::NextAt() const {
  constexpr double kNever = 9e18;  // a tick of hours must not overflow
  const double ns = static_cast<double>(next_->time) * 1e9 / ticks_per_s_;
  return static_cast<std::int64_t>(std::floor(std::min(ns, kNever) + 0.5));
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

void RecordTruth::Take(const WfdbAnnotation& annotation, std::int64_t ns,
                       std::vector<TruthEvent>& events) {
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
    const std::int64_t at = NextAt();
    if (at >= ns) return {};
    Take(*next_, at, events);
    RIG_TRY(Fetch());
  }
  return {};
}

Result<EcgCondition> RecordTruth::SkipTo(std::int64_t ns) {
  std::vector<TruthEvent> passed;
  while (next_) {  // one annotation at a time, to forget what it said
    const std::int64_t at = NextAt();
    if (at >= ns) break;
    Take(*next_, at, passed);
    passed.clear();
    RIG_TRY(Fetch());
  }
  beats_ = 0.0;
  return condition_;
}

}  // namespace rig
