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

std::string ShowMinutes(Duration window) { return fmt::format("{:g} min", Seconds(window) / 60); }

// The limit of the i-th window.
double LimitOf(const v1::FlowCheck& check, std::size_t i) {
  if (static_cast<int>(i) >= check.windows_size()) return check.limit();
  const double own = check.windows(static_cast<int>(i)).limit();
  return own > 0 ? own : check.limit();
}

Finding FindingOf(const std::string& what, double error, double limit, double uncertainty) {
  return {what, error < 0 ? -limit : limit, error, limit - std::fabs(error), "1", uncertainty};
}

std::string TrumpetText(const FlowAnalysis& flow) {
  std::string text;
  for (const TrumpetPoint& point : flow.trumpet) {
    text += fmt::format("{}{:+.2f}/{:+.2f} % over {}", text.empty() ? "" : ", ",
                        100 * point.highest, 100 * point.lowest, ShowMinutes(point.window));
  }
  return text + fmt::format(", mean {:+.2f} %", 100 * flow.mean_error);
}

}  // namespace

FlowTiming TimingOf(const v1::FlowCheck& check) {
  FlowTiming timing;
  timing.started = AtNanoseconds(check.started());
  timing.settle = Duration(check.settle());
  timing.analysis = Duration(check.analysis());
  timing.sample = Duration(check.sample());
  if (check.windows_size() > 0) timing.windows.clear();
  for (const v1::FlowWindow& window : check.windows()) {
    timing.windows.emplace_back(window.window());
  }
  return timing;
}

check::Steps VolumeOf(double step_volume, const check::Steps& channel) {
  if (!(step_volume > 0)) return channel;
  return check::Map(channel, [&](double steps) { return steps * step_volume; });
}

double VolumeUncertainty(double step_volume, const std::string& channel,
                         const uncertainty::Budgets& budgets) {
  return uncertainty::Expanded(budgets, channel) * (step_volume > 0 ? step_volume : 1.0);
}

std::optional<Finding> ReverseFinding(const ReverseFlow& reverse, double step_volume,
                                      double uncertainty) {
  // A step back and forth is what a drive at rest may do; rounding is none.
  const bool any = reverse.volume > step_volume * (1 + 1e-9);
  if (!any) return std::nullopt;
  return Finding{fmt::format("reverse flow up to {:g} s", Seconds(reverse.at)),
                 step_volume,
                 reverse.volume,
                 step_volume - reverse.volume,
                 "m3",
                 std::sqrt(2.0) * uncertainty};
}

v1::CheckResult JudgeFlow(const v1::FlowCheck& check, const check::Signals& signals,
                          const uncertainty::Budgets& budgets, v1::DecisionRule rule) {
  const auto channel = signals.channels.find(check.volume());
  if (channel == signals.channels.end()) {
    return Undecided("the trace has no channel " + check.volume());
  }
  const FlowTiming timing = TimingOf(check);
  const check::Steps volume = VolumeOf(check.step_volume(), channel->second.steps());
  const auto flow = AnalyseFlow(volume, signals.end, check.set_rate(), timing);
  if (!flow) return Undecided(check.volume() + ": " + flow.error().message);
  const auto reverse = LargestReverseFlow(volume, signals.end, timing.started, timing.to());
  if (!reverse) return Undecided(check.volume() + ": " + reverse.error().message);
  const double volume_uncertainty = VolumeUncertainty(check.step_volume(), check.volume(), budgets);
  // Both ends of a window are read with the same, independent uncertainty, in volume and in time.
  const std::vector<std::string> ends = {check.volume(), check.volume()};
  const auto relative = [&](Duration window) {
    const double by_volume =
        std::sqrt(2.0) * volume_uncertainty / (check.set_rate() * Seconds(window));
    const double by_time =
        uncertainty::TimeUncertainty(budgets, ends, Seconds(window)) / Seconds(window);
    return std::hypot(by_volume, by_time);
  };
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < flow->trumpet.size(); ++i) {
    const TrumpetPoint& point = flow->trumpet[i];
    for (const double error : {point.highest, point.lowest}) {
      findings.push_back(FindingOf("flow error over " + ShowMinutes(point.window), error,
                                   LimitOf(check, i), relative(point.window)));
    }
  }
  if (const auto back = ReverseFinding(*reverse, check.step_volume(), volume_uncertainty)) {
    findings.push_back(*back);
  }
  findings.push_back(
      FindingOf("mean flow error", flow->mean_error, check.limit(), relative(timing.analysis)));
  v1::CheckResult result = Decide(
      rule, findings,
      fmt::format("every window from {:g} s to {:g} s within {:g} % of {}", Seconds(timing.from()),
                  Seconds(timing.to()), 100 * check.limit(), Display(check.set_rate(), "m3/s")),
      TrumpetText(*flow));
  result.set_decided_at_ns(Nanoseconds(timing.to()));
  return result;
}

}  // namespace rig::therapy
