#include <algorithm>
#include <cmath>

#include "sim_signals/record_source.h"

namespace rig {
namespace {

// Source: wfdb-spec, annotation codes.
constexpr int kRhythm = 28, kFlutterBegins = 32, kFlutterEnds = 33;

}  // namespace

Result<RecordTruth> RecordTruth::Open(const std::filesystem::path& annotations,
                                      double sampling_hz) {
  RecordTruth truth;
  truth.ticks_per_s_ = sampling_hz;
  if (annotations.empty()) return truth;
  truth.name_ = annotations.string();
  truth.stream_ = std::make_unique<std::ifstream>(annotations, std::ios::binary);
  if (!*truth.stream_) return MakeError(Code::kNotFound, truth.name_ + ": cannot be opened");
  truth.reader_.emplace(*truth.stream_, truth.name_);
  RIG_TRY(truth.Fetch());
  return truth;
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

void RecordTruth::SetArrest(bool asystole, bool fibrillation, RunTime t,
                            std::vector<TruthEvent>& events) {
  const auto set = [&](bool& flag, bool value, const char* what) {
    if (flag == value) return;
    flag = value;
    events.push_back({t, what, value ? 1.0 : 0.0});
  };
  set(condition_.asystole, asystole, "asystole");
  set(condition_.ventricular_fibrillation, fibrillation, "ventricular_fibrillation");
  if (!asystole && !fibrillation) return;
  last_beat_ns_.reset();  // an interval across an arrest is no rate
  if (condition_.rate_hz == 0.0) return;
  condition_.rate_hz = 0.0;
  events.push_back({t, "rate", 0.0});
}

void RecordTruth::ChangeRhythm(const std::string& rhythm, RunTime t,
                               std::vector<TruthEvent>& events) {
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
    events.push_back({t, "rate", condition_.rate_hz});
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
