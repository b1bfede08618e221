#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rig/base/units.h"
#include "rig/check/therapy/findings.h"
#include "rig/check/therapy/flow.h"
#include "rig/check/therapy/flow_check.h"
#include "rig/check/therapy/judge.h"

namespace rig::therapy {
namespace {

// How far the volume at an instant may be off because the instant is known to `time_s` only.
double ByTime(const check::Steps& volume, std::int64_t at_ns, double time_s) {
  const auto at = [&](double offset_s) {
    const auto ns = at_ns + static_cast<std::int64_t>(std::llround(offset_s * 1e9));
    return check::ValueAt(volume, check::At(AtNanoseconds(std::max<std::int64_t>(0, ns))));
  };
  return std::max(std::fabs(at(time_s) - at(0)), std::fabs(at(0) - at(-time_s)));
}

}  // namespace

v1::CheckResult JudgeBolus(const v1::BolusCheck& check, const check::Signals& signals,
                           const uncertainty::Budgets& budgets, v1::DecisionRule rule) {
  const auto channel = signals.channels.find(check.volume());
  if (channel == signals.channels.end()) {
    return Undecided("the trace has no channel " + check.volume());
  }
  const check::Steps volume = VolumeOf(check.step_volume(), channel->second.steps());
  const RunTime from = AtNanoseconds(check.from());
  const RunTime to = AtNanoseconds(check.to());
  const auto flowed = VolumeBetween(volume, signals.end, from, to);
  if (!flowed) return Undecided(check.volume() + ": " + flowed.error().message);
  const auto reverse = LargestReverseFlow(volume, signals.end, from, to);
  if (!reverse) return Undecided(check.volume() + ": " + reverse.error().message);
  const double reading = VolumeUncertainty(check.step_volume(), check.volume(), budgets);
  const double time_s =
      uncertainty::TimeUncertainty(budgets, std::vector{check.volume()}, Seconds(to));
  // Both ends are read with the same, independent uncertainty, in volume and in time.
  const double uncertainty =
      std::isfinite(time_s)
          ? std::hypot(std::sqrt(2.0) * reading, ByTime(volume, check.from(), time_s),
                       ByTime(volume, check.to(), time_s))
          : check::kUnknown;
  const double low = check.expected() - check.tolerance();
  const double high = check.expected() + check.tolerance();
  std::vector<Finding> findings = {{"volume", low, *flowed, *flowed - low, "m3", uncertainty},
                                   {"volume", high, *flowed, high - *flowed, "m3", uncertainty}};
  if (const auto back = ReverseFinding(*reverse, check.step_volume(), reading)) {
    findings.push_back(*back);
  }
  v1::CheckResult result =
      Decide(rule, findings,
             fmt::format("{} ± {} from {:g} s to {:g} s", Display(check.expected(), "m3"),
                         Display(check.tolerance(), "m3"), Seconds(from), Seconds(to)),
             Display(*flowed, "m3"));
  result.set_decided_at_ns(check.to());
  return result;
}

}  // namespace rig::therapy
