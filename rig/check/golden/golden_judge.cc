#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <utility>

#include "rig/base/units.h"
#include "rig/check/formula/explain.h"
#include "rig/check/formula/judge.h"
#include "rig/check/golden/golden.h"
#include "rig/check/golden/golden_tube.h"

namespace rig {
namespace {

using check::CompareWithTube;
using check::GoldenSteps;
using check::ShowTime;
using check::TubeComparison;

// Goldens are compared without measurement uncertainty: the tolerances were approved as they are.
const char* const kGoldenDecisionRule =
    "inside the approved tolerance tube; the tube is not widened or narrowed by measurement "
    "uncertainty";

constexpr std::size_t kLargestChannel = 1'000'000;  // above, the time margin is not searched for
constexpr std::int64_t kLongestNs = std::int64_t{100} * 86'400 * 1'000'000'000;
constexpr Duration kResolution = std::chrono::milliseconds(1);

// One channel, compared.
struct Compared {
  const v1::GoldenChannel* channel = nullptr;
  TubeComparison tube;
  v1::Quantity value;
  v1::Quantity time;
};

std::string ShowValue(const v1::GoldenChannel& channel, double si) {
  return channel.unit() == "1" ? fmt::format("{:.6g}", si) : Display(si, channel.unit(), 6);
}

std::string Show(check::Position p) { return ShowTime(check::ToNanoseconds(p)); }

v1::Quantity ValueMargin(const v1::GoldenChannel& channel, const TubeComparison& tube) {
  v1::Quantity value;
  if (std::isnan(tube.closest)) return value;
  const double limit = channel.value_tolerance();
  value.set_known(true);
  value.set_limit(limit);
  value.set_measured(limit - tube.closest);
  value.set_margin(tube.closest);
  value.set_unit(channel.unit());
  value.set_relative_margin(limit == 0 ? tube.closest : tube.closest / limit);
  return value;
}

// The smallest time tolerance with which the channel stays in the tube.
std::optional<Duration> NeededTimeTolerance(const v1::GoldenChannel& channel,
                                            const GoldenSteps& golden, const check::Signal& signal,
                                            RunTime end, bool passes) {
  const auto fits = [&](Duration tolerance) {
    return CompareWithTube(golden, channel.value_tolerance(), tolerance, signal, end)
        .excursions.empty();
  };
  Duration too_small = passes ? Duration(0) : Duration(channel.time_tolerance());
  Duration enough = Duration(passes ? channel.time_tolerance() : channel.end());
  if (passes && fits(too_small)) return too_small;
  if (!passes && !fits(enough)) return std::nullopt;
  while (enough - too_small > kResolution) {
    const Duration middle = too_small + (enough - too_small) / 2;
    (fits(middle) ? enough : too_small) = middle;
  }
  return enough;
}

v1::Quantity GoldenTimeMargin(const v1::GoldenChannel& channel, const GoldenSteps& golden,
                              const check::Signal& signal, RunTime end, bool passes) {
  v1::Quantity time;
  if (channel.time_tolerance() == 0 || signal.steps().size() > kLargestChannel) return time;
  const std::optional<Duration> needed = NeededTimeTolerance(channel, golden, signal, end, passes);
  if (!needed) return time;
  const double limit = Seconds(Duration(channel.time_tolerance()));
  time.set_known(true);
  time.set_limit(limit);
  time.set_measured(Seconds(*needed));
  time.set_margin(limit - Seconds(*needed));
  time.set_unit("s");
  time.set_relative_margin(time.margin() / limit);
  return time;
}

Status CheckTolerances(const v1::GoldenChannel& channel) {
  const bool valid = channel.value_tolerance() >= 0 && std::isfinite(channel.value_tolerance()) &&
                     channel.time_tolerance() >= 0 && channel.time_tolerance() <= kLongestNs &&
                     channel.end() <= kLongestNs;
  if (valid) return {};
  return MakeError(Code::kInvalidArgument,
                   fmt::format("golden channel {}: expected tolerances from 0 on and times up to "
                               "100 d",
                               channel.channel()));
}

Result<Compared> Compare(const v1::GoldenChannel& channel, const TraceReader& trace) {
  Compared compared;
  compared.channel = &channel;
  RIG_TRY(CheckTolerances(channel));
  RIG_TRY_ASSIGN(const GoldenSteps golden, check::ReadGoldenPoints(channel));
  const v1::ChannelIndex* index = trace.Find(channel.channel());
  if (index == nullptr || index->kind() == v1::TEXT) {
    compared.tube.gap = "not in the trace as values";
    return compared;
  }
  if (index->unit() != channel.unit()) {
    compared.tube.gap =
        fmt::format("in {} in the trace, in {} in the golden", index->unit(), channel.unit());
    return compared;
  }
  RIG_TRY_ASSIGN(const check::Signals signals, check::LoadSignals(trace, {channel.channel()}));
  const check::Signal& signal = signals.channels.begin()->second;
  compared.tube = CompareWithTube(golden, channel.value_tolerance(),
                                  Duration(channel.time_tolerance()), signal, trace.end());
  compared.value = ValueMargin(channel, compared.tube);
  if (compared.value.known()) {
    compared.time =
        GoldenTimeMargin(channel, golden, signal, trace.end(), compared.tube.excursions.empty());
  }
  return compared;
}

v1::Verdict VerdictOf(const Compared& compared) {
  if (!compared.tube.excursions.empty()) return v1::FAIL;
  return compared.tube.gap.empty() && compared.value.known() ? v1::PASS : v1::INCONCLUSIVE;
}

std::string Explain(const v1::Golden& golden, const Compared& compared) {
  const v1::GoldenChannel& channel = *compared.channel;
  const TubeComparison& tube = compared.tube;
  const std::string expected =
      fmt::format("expected {} within {} and {} of golden {}", channel.channel(),
                  ShowValue(channel, channel.value_tolerance()), ShowTime(channel.time_tolerance()),
                  golden.golden());
  const v1::Verdict verdict = VerdictOf(compared);
  if (verdict == v1::INCONCLUSIVE) return fmt::format("{}; {}", expected, tube.gap);
  if (verdict == v1::PASS) {
    return fmt::format("{}; largest difference was {} at {}, {} to spare", expected,
                       ShowValue(channel, compared.value.measured()), Show(tube.closest_at),
                       ShowValue(channel, tube.closest));
  }
  const std::size_t count = tube.excursions.size();
  return fmt::format("{}; was {} at {}, {} outside, in {} excursion{} from {} on", expected,
                     ShowValue(channel, tube.value_there), Show(tube.closest_at),
                     ShowValue(channel, -tube.closest), count, count == 1 ? "" : "s",
                     Show(tube.excursions.front().begin));
}

// Why a golden must not be compared with, empty if it may be.
std::string WhyNotValid(const v1::Golden& golden, const std::string& scenario_sha256) {
  if (!golden.has_approval() || golden.approval().by().empty()) {
    return fmt::format("golden {} is not approved", golden.golden());
  }
  if (golden.approval().content_sha256() != GoldenContentSha256(golden)) {
    return fmt::format("golden {} has been changed since {} approved it on {}", golden.golden(),
                       golden.approval().by(), golden.approval().at());
  }
  if (!scenario_sha256.empty() && golden.scenario_sha256() != scenario_sha256) {
    return fmt::format("golden {} is stale: scenario {} has changed since it was recorded",
                       golden.golden(), golden.scenario());
  }
  if (golden.channels().empty()) return fmt::format("golden {} has no channel", golden.golden());
  return "";
}

bool IsWorse(const Compared& a, const Compared& b) {
  if (VerdictOf(a) != VerdictOf(b)) return VerdictOf(a) > VerdictOf(b);
  return a.value.known() && a.value.relative_margin() < b.value.relative_margin();
}

bool IsTighterInTime(const v1::Quantity& a, const v1::Quantity& b) {
  return a.known() && (!b.known() || a.relative_margin() < b.relative_margin());
}

}  // namespace

Result<v1::CheckResult> JudgeGolden(const v1::Golden& golden, const TraceReader& trace,
                                    const std::string& scenario_sha256) {
  v1::CheckResult result;
  result.set_decision_rule(kGoldenDecisionRule);
  if (std::string why = WhyNotValid(golden, scenario_sha256); !why.empty()) {
    result.set_verdict(v1::INCONCLUSIVE);
    result.set_reason(std::move(why));
    return result;
  }
  std::optional<Compared> worst;
  for (const v1::GoldenChannel& channel : golden.channels()) {
    RIG_TRY_ASSIGN(Compared compared, Compare(channel, trace));
    if (IsTighterInTime(compared.time, result.time())) *result.mutable_time() = compared.time;
    if (!worst || IsWorse(compared, *worst)) worst = std::move(compared);
  }
  result.set_verdict(VerdictOf(*worst));
  result.set_reason(Explain(golden, *worst));
  result.set_decided_at_ns(check::ToNanoseconds(worst->tube.closest_at));
  *result.mutable_value() = worst->value;
  return result;
}

Result<std::vector<std::string>> DiffGolden(const v1::Golden& golden, const TraceReader& trace) {
  std::vector<std::string> lines;
  for (const v1::GoldenChannel& channel : golden.channels()) {
    RIG_TRY_ASSIGN(const Compared compared, Compare(channel, trace));
    std::string line = channel.channel() + ": ";
    if (compared.value.known()) {
      line += fmt::format(
          "closest {} {} at {}", ShowValue(channel, std::fabs(compared.tube.closest)),
          compared.tube.closest >= 0 ? "to spare" : "outside", Show(compared.tube.closest_at));
    } else {
      line += "not compared";
    }
    for (const check::Excursion& excursion : compared.tube.excursions) {
      line +=
          fmt::format("; outside from {} for {} by up to {}", Show(excursion.begin),
                      Show(excursion.end - excursion.begin), ShowValue(channel, excursion.depth));
    }
    if (!compared.tube.gap.empty()) line += "; " + compared.tube.gap;
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace rig
