#include "sim_signals/brain/ecog_source.h"

#include <fmt/format.h>

#include <algorithm>

namespace rig {
namespace {

constexpr Duration kMillisecond = std::chrono::milliseconds(1);

}  // namespace

Result<std::unique_ptr<EcogSource>> EcogSource::Create(const v1::Ecog& ecog, const Keys& keys,
                                                       RunTime start) {
  const bool usable = ecog.background() >= 0.0 && ecog.rhythm() >= 0.0 && ecog.rhythm() <= 1.0 &&
                      ecog.spread_gain() >= 0.0 && ecog.seizure().amplitude() >= 0.0 &&
                      ecog.spread_delay() >= 0 && ecog.spread_delay() % kMillisecond.count() == 0;
  if (!usable) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("ecog with a spread_delay of {} ns; expected whole milliseconds, "
                                 "and amplitudes and gains of at least 0",
                                 ecog.spread_delay()));
  }
  SeizureSchedule schedule;
  if (ecog.has_seizure()) {
    RIG_TRY_ASSIGN(schedule, SeizureSchedule::Create(ecog.seizure()));
  }
  return std::unique_ptr<EcogSource>(new EcogSource(ecog, schedule, keys, start));
}

EcogSource::EcogSource(const v1::Ecog& ecog, const SeizureSchedule& schedule, const Keys& keys,
                       RunTime start)
    : start_(start),
      delay_(ecog.spread_delay()),
      schedule_(schedule),
      focus_(schedule, ecog.seizure().amplitude(), keys.seizure),
      electrode_({ecog.background(), ecog.rhythm(), ecog.spread_gain(), delay_}, keys.background),
      before_(electrode_.volts()),
      after_(before_) {}

double EcogSource::At(Duration since_start) {
  const std::int64_t floor = since_start / kMillisecond;
  const Duration past = since_start - floor * kMillisecond;
  const std::int64_t needed = past.count() > 0 ? floor + 1 : floor;
  while (grid_ < needed) {
    focus_.StepMillisecond();
    electrode_.StepMillisecond(focus_);
    ++grid_;
    before_ = after_;
    after_ = electrode_.volts();
  }
  // A sample on the grid, or between the last two points.
  if (past.count() == 0) return floor == grid_ ? after_ : before_;
  return before_ + (after_ - before_) * (Seconds(past) / Seconds(kMillisecond));
}

void EcogSource::EmitTruth(RunTime first, RunTime end, std::vector<TruthEvent>& truth) {
  const RunTime begin = std::max(first, start_);
  if (!told_) {
    told_ = true;
    truth.push_back({begin, "seizure", 0.0});
    truth.push_back({begin, "recorded", 0.0});
  }
  while (schedule_.HasOnset(seizure_)) {
    const Duration change =
        schedule_.Onset(seizure_) + (seizing_ ? schedule_.duration() : Duration());
    const RunTime t = start_ + delay_ + change;
    if (t >= end) return;
    truth.push_back({std::max(t, begin), "seizure", seizing_ ? 0.0 : 1.0});
    if (seizing_) ++seizure_;
    seizing_ = !seizing_;
  }
}

Status EcogSource::Render(RunTime start, Duration period, std::span<double> values,
                          std::vector<TruthEvent>& truth) {
  EmitTruth(start, start + period * static_cast<std::int64_t>(values.size()), truth);
  RunTime t = start;
  for (double& v : values) {
    v = At(t - start_);
    t += period;
  }
  return {};
}

}  // namespace rig
