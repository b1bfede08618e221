#include "sim_signals/levels.h"

#include <algorithm>

#include "sim_signals/deterministic_math.h"

namespace rig {

Status LevelSource::Render(RunTime start, Duration period, std::span<double> values,
                           std::vector<TruthEvent>& truth) {
  if (unit_ == "V") truth_at_start_.Emit({}, start, truth);
  RunTime t = start;
  for (double& v : values) {
    const Duration since = t - start_;
    const bool arrived = since >= course_.over;
    const double part = arrived ? 1.0 : std::max(0.0, Seconds(since) / Seconds(course_.over));
    v = arrived ? course_.to : course_.from + (course_.to - course_.from) * part;
    t += period;
  }
  return {};
}

Status ElectrodeOffSource::Render(RunTime start, Duration period, std::span<double> values,
                                  std::vector<TruthEvent>& truth) {
  constexpr double kDriftS = 0.05;
  constexpr double kPickup = 0.05;
  constexpr double kMainsHz = 50.0;
  truth_at_start_.Emit({.electrode_off = true}, start, truth);
  RunTime t = start;
  for (double& v : values) {
    const double drift = 1.0 - Exp(-Seconds(t - start_) / kDriftS);
    const double pickup = kPickup * SinTurns(kMainsHz * Seconds(t) + phase_);
    v = rail_v_ * std::clamp(drift + pickup, -1.0, 1.0);
    t += period;
  }
  return {};
}

}  // namespace rig
