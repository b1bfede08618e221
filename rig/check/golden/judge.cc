#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "rig/base/units.h"
#include "rig/check/golden/compare.h"
#include "rig/check/golden/golden.h"
#include "rig/check/golden/points.h"
#include "rig/check/uncertainty/decision_rule.h"

namespace rig {
namespace {

using golden::ChannelComparison;
using golden::EventProblem;
using golden::ShowTime;
using golden::VerdictOf;

std::string ShowValue(const v1::GoldenChannel& channel, double si) {
  return channel.unit() == "1" ? fmt::format("{:.6g}", si) : Display(si, channel.unit(), 6);
}

std::string Plural(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string ExplainTube(const v1::Golden& golden, const ChannelComparison& compared) {
  const v1::GoldenChannel& channel = *compared.channel;
  const golden::TubeComparison& tube = compared.tube;
  const double limit = compared.value.known() ? compared.value.limit() : channel.value_tolerance();
  const std::string expected =
      fmt::format("expected {} within {} and {} of golden {}", channel.channel(),
                  ShowValue(channel, limit), ShowTime(channel.time_tolerance()), golden.golden());
  const v1::Verdict verdict = VerdictOf(compared);
  if (verdict == v1::INCONCLUSIVE) return fmt::format("{}; {}", expected, compared.gap);
  if (verdict == v1::PASS) {
    return fmt::format("{}; largest difference was {} at {}, {} to spare", expected,
                       ShowValue(channel, compared.value.measured()), ShowTime(tube.closest_at),
                       ShowValue(channel, compared.value.margin()));
  }
  return fmt::format("{}; was {} at {}, {} outside, in {} from {} on", expected,
                     ShowValue(channel, tube.value_there), ShowTime(tube.closest_at),
                     ShowValue(channel, -tube.closest), Plural(tube.excursions.size(), "excursion"),
                     ShowTime(tube.excursions.front().begin));
}

std::string ExplainEvents(const v1::Golden& golden, const ChannelComparison& compared) {
  const v1::GoldenChannel& channel = *compared.channel;
  const golden::EventComparison& events = compared.events;
  std::string text = fmt::format("expected {} of {} in order within {} of golden {}",
                                 Plural(events.golden_count, "event"), channel.channel(),
                                 ShowTime(channel.time_tolerance()), golden.golden());
  const v1::Verdict verdict = VerdictOf(compared);
  if (verdict == v1::INCONCLUSIVE) return fmt::format("{}; {}", text, compared.gap);
  const golden::LatencySummary latency = golden::Summarize(events.matches);
  text += fmt::format("; {} matched of {} observed", events.matches.size(), events.observed_count);
  if (!events.matches.empty()) {
    text += fmt::format(", latency {} to {}, median {}", ShowTime(latency.least),
                        ShowTime(latency.most), ShowTime(latency.median));
  }
  if (verdict == v1::PASS) return text;
  std::array<std::size_t, 5> counts{};
  for (const EventProblem& problem : events.problems) ++counts[std::size_t(problem.kind)];
  constexpr std::array<const char*, 5> kNames = {"missing", "extra", "late", "early",
                                                 "out of order"};
  for (std::size_t kind = 0; kind < counts.size(); ++kind) {
    if (counts[kind] > 0) text += fmt::format(", {} {}", counts[kind], kNames[kind]);
  }
  const EventProblem& first = events.problems.front();
  return fmt::format("{}; first {} at {}", text, kNames[std::size_t(first.kind)],
                     ShowTime(first.event.ns));
}

std::string Explain(const v1::Golden& golden, const ChannelComparison& compared) {
  const v1::GoldenChannel& channel = *compared.channel;
  const bool by_events = channel.compare() == v1::GoldenChannel::EVENTS ||
                         channel.compare() == v1::GoldenChannel::MESSAGES;
  return by_events ? ExplainEvents(golden, compared) : ExplainTube(golden, compared);
}

double RelativeMargin(const ChannelComparison& compared) {
  if (compared.value.known()) return compared.value.relative_margin();
  return compared.time.known() ? compared.time.relative_margin() : 1;
}

bool IsWorse(const ChannelComparison& a, const ChannelComparison& b) {
  if (VerdictOf(a) != VerdictOf(b)) return VerdictOf(a) > VerdictOf(b);
  return RelativeMargin(a) < RelativeMargin(b);
}

bool IsTighterInTime(const v1::Quantity& a, const v1::Quantity& b) {
  return a.known() && (!b.known() || a.relative_margin() < b.relative_margin());
}

std::string ExplainAlignment(const golden::GoldenComparison& compared) {
  return fmt::format("the run as a whole {}{} {} than the golden, limit {} s",
                     compared.at_least ? "at least " : "", ShowTime(std::abs(compared.offset_ns)),
                     compared.offset_ns < 0 ? "earlier" : "later", compared.alignment.limit());
}

// How well a channel's values and the times of its changes are known, k = 2.
struct ChannelUncertainty {
  double value;
  double time_s;
};

ChannelUncertainty UncertaintyOf(const v1::GoldenChannel& channel,
                                 const uncertainty::Budgets& budgets) {
  // Against the clock of the run, at worst at its end.
  const double span_s = 1e-9 * static_cast<double>(channel.end());
  return {uncertainty::Expanded(budgets, channel.channel()),
          uncertainty::TimeUncertainty(budgets, std::vector{channel.channel()}, span_s)};
}

// Whether uncertainty leaves open on which side of a tolerance something lies.
bool IsOpen(double margin, double expanded, double resolution) {
  return expanded > 0 && std::fabs(margin) < expanded + resolution;
}

// Empty where uncertainty leaves nothing open of what was compared.
std::string WhyOpen(const ChannelComparison& compared, ChannelUncertainty u) {
  const v1::GoldenChannel& channel = *compared.channel;
  const bool by_value = IsOpen(compared.nearest_value, u.value, 0);
  const bool by_tube = std::isfinite(compared.nearest_value);
  const double resolution = by_tube ? 1e-9 * golden::kTimeResolutionNs : 0;
  const bool by_time = IsOpen(compared.nearest_time_s, u.time_s, resolution);
  if (by_value) {
    return fmt::format("{} from the edge of the tolerance of {} is within the uncertainty of {}",
                       ShowValue(channel, std::fabs(compared.nearest_value)), channel.channel(),
                       ShowValue(channel, u.value));
  }
  if (!by_time) return "";
  return fmt::format("{} to the limit in time of {} is within the uncertainty of {}",
                     Display(std::fabs(compared.nearest_time_s), "s"), channel.channel(),
                     Display(u.time_s, "s"));
}

void FillUncertainty(ChannelUncertainty u, ChannelComparison& compared) {
  if (compared.value.known()) compared.value.set_uncertainty(u.value);
  if (compared.time.known()) compared.time.set_uncertainty(u.time_s);
}

}  // namespace

Result<v1::CheckResult> JudgeGolden(const v1::Golden& golden, const TraceReader& trace,
                                    const RunOrigin& run, const uncertainty::Budgets& budgets,
                                    v1::DecisionRule rule) {
  v1::CheckResult result;
  if (std::string why = WhyNotValid(golden, run); !why.empty()) {
    result.set_verdict(v1::INCONCLUSIVE);
    result.set_reason(std::move(why));
    return result;
  }
  RIG_TRY_ASSIGN(golden::GoldenComparison compared,
                 golden::CompareGolden(golden, trace, golden::TimeMargin::kMeasure));
  std::string open;            // why uncertainty decides nothing
  bool fails_clearly = false;  // whatever the uncertainty
  double longest_s = 0;
  for (ChannelComparison& channel : compared.channels) {
    const ChannelUncertainty u = UncertaintyOf(*channel.channel, budgets);
    FillUncertainty(u, channel);
    longest_s = std::max(longest_s, u.time_s);
    const std::string why = WhyOpen(channel, u);
    fails_clearly = fails_clearly || (why.empty() && VerdictOf(channel) == v1::FAIL);
    if (open.empty()) open = why;
  }
  const ChannelComparison* worst = &compared.channels.front();
  for (const ChannelComparison& channel : compared.channels) {
    if (IsTighterInTime(channel.time, result.time())) *result.mutable_time() = channel.time;
    if (IsWorse(channel, *worst)) worst = &channel;
  }
  result.set_verdict(VerdictOf(*worst));
  result.set_reason(Explain(golden, *worst));
  result.set_decided_at_ns(worst->tube.closest_at);
  *result.mutable_value() = worst->value;
  if (compared.alignment.known()) {
    compared.alignment.set_uncertainty(longest_s);
    *result.mutable_alignment() = compared.alignment;
    if (IsOpen(compared.alignment.margin(), longest_s, 0)) {
      open = fmt::format("{} to the limit of the alignment is within the uncertainty of {}",
                         Display(std::fabs(compared.alignment.margin()), "s"),
                         Display(longest_s, "s"));
    } else if (compared.alignment.margin() < 0) {
      fails_clearly = true;
    }
    const bool aligned = compared.alignment.margin() >= 0;
    if (!aligned) result.set_verdict(v1::FAIL);
    result.set_reason(aligned ? result.reason() + "; " + ExplainAlignment(compared)
                              : ExplainAlignment(compared) + "; " + result.reason());
  }
  if (fails_clearly) open.clear();
  const std::string why = open.empty() ? "" : result.reason() + "; " + open;
  uncertainty::ApplyDecisionRule(rule, v1::CheckResult(result), why, result);
  return result;
}

}  // namespace rig
