#include "sim_signals/artefact/faults.h"

#include <fmt/format.h>

#include "sim_signals/deterministic_math.h"
#include "sim_signals/random.h"

namespace rig {

double ElectrodeOffDrift::Apply(RunTime t, RunTime begin, double /*value*/) {
  constexpr double kDriftS = 0.05;
  constexpr double kPickup = 0.05;
  constexpr double kMainsHz = 50.0;
  const double drift = 1.0 - Exp(-Seconds(t - begin) / kDriftS);
  const double pickup = kPickup * SinTurns(kMainsHz * Seconds(t) + phase_);
  return rail_ * std::clamp(drift + pickup, -1.0, 1.0);
}

double AfterShock::Apply(RunTime t, RunTime begin, double value) {
  constexpr double kAtRailS = 0.2;
  const double since_s = Seconds(t - begin);
  if (since_s < kAtRailS) return rail_;
  const double left = Exp(-(since_s - kAtRailS) / recovery_s_);
  return value + (rail_ - value) * left;
}

double SlowedValue::Apply(RunTime t, RunTime /*begin*/, double value) {
  if (last_) {
    const double keep = Exp(-Seconds(t - last_->first) / time_constant_s_);
    value += (last_->second - value) * keep;
  }
  last_ = {t, value};
  return value;
}

double DelayedValue::Apply(RunTime t, RunTime /*begin*/, double value) {
  values_.Push({t, value});
  while (values_.size() > 1 && values_[1].first <= t - by_) values_.Pop();
  return values_[0].second;
}

Status DelayedValue::CheckPeriod(Duration period) const {
  const std::int64_t samples = by_ / period;
  if (samples <= kMostSamples) return {};
  return MakeError(Code::kResourceExhausted,
                   fmt::format("artefact delayed by {} s at {} samples a second: {} samples to "
                               "keep; expected at most {}",
                               static_cast<double>(by_.count()) / 1e9,
                               1e9 / static_cast<double>(period.count()), samples, kMostSamples));
}

double LooseContact::Apply(RunTime t, RunTime /*begin*/, double value) {
  const std::int64_t second = Nanoseconds(t) / 1'000'000'000;
  for (std::int64_t cell = std::max<std::int64_t>(0, second - 1); cell <= second; ++cell) {
    const auto draw = static_cast<std::uint64_t>(cell) * 2;
    if (UniformAt(key_, draw) >= rate_hz_) continue;
    const double since_s = Seconds(t) - (static_cast<double>(cell) + UniformAt(key_, draw + 1));
    if (since_s >= 0.0 && since_s < length_s_) return level_;
  }
  return value;
}

}  // namespace rig
