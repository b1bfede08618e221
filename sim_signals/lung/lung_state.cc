#include "sim_signals/lung/lung_state.h"

#include <fmt/format.h>

#include <cmath>

#include "sim_signals/deterministic_math.h"

namespace rig {

Status CheckLung(const v1::Lung& lung, const std::string& where) {
  const v1::Effort& effort = lung.effort();
  const bool breathes =
      !lung.has_effort() ||
      (effort.rate() > 0.0 && effort.pressure() >= 0.0 && effort.inspiration() > 0 &&
       Seconds(Duration(effort.inspiration())) * effort.rate() < 1.0);
  const bool usable = lung.compliance() > 0.0 && lung.resistance() > 0.0 && lung.leak() >= 0.0 &&
                      lung.compliance() * lung.resistance() < 1e6 && breathes;
  if (usable) return {};
  return MakeError(Code::kInvalidArgument,
                   fmt::format("{}: expected a compliance and a resistance above 0, a leak of at "
                               "least 0, an effort that is shorter than its breath",
                               where));
}

double EffortPa(const v1::Lung& lung, Duration since_start) {
  if (!lung.has_effort()) return 0.0;
  const v1::Effort& effort = lung.effort();
  const auto breath_ns = static_cast<std::int64_t>(std::floor(1e9 / effort.rate() + 0.5));
  const std::int64_t into_ns = since_start.count() % breath_ns;
  if (into_ns >= effort.inspiration()) return 0.0;
  const double turns =
      0.5 * static_cast<double>(into_ns) / static_cast<double>(effort.inspiration());
  return effort.pressure() * SinTurns(turns);
}

double FilledVolume(double volume_m3, const v1::Lung& lung, double from_pa, double to_pa,
                    double step_s) {
  if (!(step_s > 0.0)) return volume_m3;
  const double lag_s = lung.compliance() * lung.resistance();
  const double decay = Exp(-step_s / lag_s);
  // Behind a pressure that moves steadily the volume settles one lag behind it.
  const double behind_pa = (to_pa - from_pa) / step_s * lag_s;
  const double settled_m3 = lung.compliance() * (to_pa - behind_pa);
  const double settled_at_first_m3 = lung.compliance() * (from_pa - behind_pa);
  return settled_m3 + (volume_m3 - settled_at_first_m3) * decay;
}

}  // namespace rig
