#include "rig/check/golden/derive.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <utility>

#include "rig/check/golden/compare.h"
#include "rig/check/golden/golden.h"
#include "rig/check/golden/points.h"
#include "rig/check/statistics/order_statistics.h"
#include "rig/check/statistics/tolerance.h"

namespace rig {
namespace {

using Which = v1::DerivedTolerance::Which;

constexpr std::int64_t kSecondNs = 1'000'000'000;

bool ByEvents(const v1::GoldenChannel& channel) {
  return channel.compare() == v1::GoldenChannel::EVENTS ||
         channel.compare() == v1::GoldenChannel::MESSAGES;
}

Which Sought(const v1::GoldenChannel& channel, const DerivationPlan& plan) {
  const bool time = ByEvents(channel) || plan.by_time.contains(channel.channel());
  return time ? v1::DerivedTolerance::TIME : v1::DerivedTolerance::VALUE;
}

// The golden with the tolerance sought so set that the comparison measures what is needed of it.
v1::Golden Probe(const v1::Golden& golden, const DerivationPlan& plan) {
  v1::Golden probe = golden;
  for (v1::GoldenChannel& channel : *probe.mutable_channels()) {
    if (ByEvents(channel)) {
      channel.set_time_tolerance(channel.end());
    } else if (Sought(channel, plan) == v1::DerivedTolerance::TIME) {
      channel.set_time_tolerance(std::max(channel.time_tolerance(), kSecondNs));
    } else {
      channel.set_value_tolerance(0);
      channel.clear_range_tolerance();
      channel.clear_point_tolerance();
    }
  }
  return probe;
}

// In the SI unit of the channel, or seconds.
Result<double> Need(const golden::ChannelComparison& compared, const DerivationRun& run,
                    Which which) {
  const std::string& name = compared.channel->channel();
  const auto refuse = [&](const std::string& why) {
    return MakeError(Code::kFailedPrecondition,
                     fmt::format("run {}: golden channel {}: {}", run.name, name, why));
  };
  if (ByEvents(*compared.channel)) {
    const auto& events = compared.events;
    const bool all_match = compared.gap.empty() && events.problems.empty() &&
                           events.matches.size() == events.golden_count &&
                           events.matches.size() == events.observed_count;
    if (!all_match) return refuse("other events than the golden's; no tolerance makes it pass");
    std::int64_t most = 0;
    for (const golden::EventMatch& match : events.matches) {
      most = std::max(most, std::abs(match.latency_ns));
    }
    return 1e-9 * static_cast<double>(most);
  }
  // Without value tolerance, as here, most changes are unseen near the end; what they need is
  // measured.
  const bool is_measured = which == v1::DerivedTolerance::VALUE && compared.tube.unseen_change_at;
  if (!compared.gap.empty() && !is_measured) return refuse(compared.gap);
  if (which == v1::DerivedTolerance::TIME) {
    if (!compared.time.known()) return refuse("no time tolerance makes it pass");
    return compared.time.measured();
  }
  return std::max(0.0, compared.value.measured());
}

struct Needs {
  std::vector<double> values;
  double mean = 0;
  double deviation = 0;
  double largest = 0;
};

void Summarize(Needs& needs) {
  const auto n = static_cast<double>(needs.values.size());
  for (const double value : needs.values) needs.mean += value / n;
  double squares = 0;
  for (const double value : needs.values) squares += (value - needs.mean) * (value - needs.mean);
  needs.deviation = n > 1 ? std::sqrt(squares / (n - 1)) : 0;
  needs.largest = *std::max_element(needs.values.begin(), needs.values.end());
}

bool AllAlike(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(),
                     [&](double value) { return value == values.front(); });
}

// The first run of each condition and of each outcome, but the golden's own.
std::vector<const DerivationRun*> Distinct(const std::vector<DerivationRun>& runs,
                                           std::vector<std::string>& notes) {
  std::map<std::string, const DerivationRun*> first;
  std::map<std::string, const DerivationRun*> first_outcome;
  std::vector<const DerivationRun*> distinct;
  for (const DerivationRun& run : runs) {
    if (run.is_goldens_own) {
      notes.push_back(
          fmt::format("run {} is of the condition the golden was recorded under; it "
                      "does not count",
                      run.name));
      continue;
    }
    const auto [found, is_new] = first.emplace(run.condition, &run);
    if (!is_new) {
      notes.push_back(fmt::format("run {} repeats the condition of {}; it does not count", run.name,
                                  found->second->name));
      continue;
    }
    const auto [same, is_news] = first_outcome.emplace(run.outcome, &run);
    if (run.outcome.empty() || is_news) {
      distinct.push_back(&run);
    } else {
      notes.push_back(
          fmt::format("run {} has the trace of {}, so that nothing was varied; it does "
                      "not count",
                      run.name, same->second->name));
    }
  }
  return distinct;
}

// The tolerance all but the uncovered share of runs needs at most. Sets `factor` where there is
// one.
Result<double> Bound(const Needs& needs, const DerivationPlan& plan, double& factor) {
  if (plan.method == v1::ToleranceBasis::NORMAL) {
    const auto n = static_cast<std::int64_t>(needs.values.size());
    RIG_TRY_ASSIGN(factor, statistics::OneSidedToleranceFactor(n, plan.confidence, plan.coverage));
    return needs.mean + std::max(0.0, factor) * needs.deviation;
  }
  RIG_TRY_ASSIGN(const statistics::ToleranceLimits limits,
                 statistics::NonparametricTolerance(needs.values, statistics::ToleranceSide::kUpper,
                                                    plan.confidence, plan.coverage));
  return limits.high;
}

// Whether the conditions are enough for the method, whatever the needs.
Status CheckCount(std::size_t conditions, const DerivationPlan& plan) {
  std::int64_t needed = 2;
  if (plan.method == v1::ToleranceBasis::NORMAL) {
    RIG_TRY(statistics::OneSidedToleranceFactor(2, plan.confidence, plan.coverage));
  } else {
    RIG_TRY_ASSIGN(needed, statistics::NonparametricSampleSize(statistics::ToleranceSide::kUpper,
                                                               plan.confidence, plan.coverage));
  }
  if (static_cast<std::int64_t>(conditions) >= needed) return {};
  return MakeError(
      Code::kFailedPrecondition,
      fmt::format(
          "{} distinct condition{}, expected at least {} for {} % of runs with {} % "
          "confidence; on a virtual bench runs of one trace are one condition, whatever their "
          "seeds",
          conditions, conditions == 1 ? "" : "s", needed, 100 * plan.coverage,
          100 * plan.confidence));
}

void SetTolerance(Which which, double bound, v1::GoldenChannel& channel) {
  if (which == v1::DerivedTolerance::TIME) {
    channel.set_time_tolerance(static_cast<std::int64_t>(std::ceil(1e9 * bound)));
    return;
  }
  channel.set_value_tolerance(bound);
  channel.clear_range_tolerance();
  channel.clear_point_tolerance();
}

Status CheckPlan(const v1::Golden& golden, const DerivationPlan& plan) {
  if (const auto problem = golden::FindGoldenProblem(golden)) {
    return MakeError(Code::kInvalidArgument, problem->what);
  }
  for (const std::string& name : plan.by_time) {
    const bool known = std::any_of(golden.channels().begin(), golden.channels().end(),
                                   [&](const auto& channel) { return channel.channel() == name; });
    if (known) continue;
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: expected a channel of golden {}", name, golden.golden()));
  }
  return {};
}

}  // namespace

Result<Derivation> DeriveTolerances(const v1::Golden& golden,
                                    const std::vector<DerivationRun>& runs,
                                    const DerivationPlan& plan) {
  RIG_TRY(CheckPlan(golden, plan));
  Derivation result{golden, {}};
  const std::vector<const DerivationRun*> distinct = Distinct(runs, result.notes);
  RIG_TRY(CheckCount(distinct.size(), plan));
  const v1::Golden probe = Probe(golden, plan);
  std::vector<Needs> needs(static_cast<std::size_t>(golden.channels_size()));
  v1::ToleranceBasis basis;
  for (const DerivationRun* run : distinct) {
    RIG_TRY_ASSIGN(const TraceReader trace, TraceReader::Open(run->trace_file));
    const auto time =
        plan.by_time.empty() ? golden::TimeMargin::kSkip : golden::TimeMargin::kMeasure;
    RIG_TRY_ASSIGN(const golden::GoldenComparison compared,
                   golden::CompareGolden(probe, trace, time));
    if (compared.alignment.known() && compared.alignment.margin() < 0) {
      return MakeError(
          Code::kFailedPrecondition,
          fmt::format("run {}: as a whole {} s off the golden, limit {} s; no tolerance "
                      "makes it pass",
                      run->name, compared.alignment.measured(), compared.alignment.limit()));
    }
    for (std::size_t i = 0; i < needs.size(); ++i) {
      const v1::GoldenChannel& channel = golden.channels(static_cast<int>(i));
      if (!channel.phases().empty()) continue;
      RIG_TRY_ASSIGN(const double need, Need(compared.channels[i], *run, Sought(channel, plan)));
      needs[i].values.push_back(need);
    }
    basis.add_runs(fmt::format("{}, seed {}, {}", run->name, run->seed, run->trace_sha256));
  }
  basis.set_method(plan.method);
  basis.set_coverage(plan.coverage);
  basis.set_confidence(plan.confidence);
  basis.set_conditions(static_cast<std::uint32_t>(distinct.size()));
  bool any = false;
  for (std::size_t i = 0; i < needs.size(); ++i) {
    v1::GoldenChannel& channel = *result.golden.mutable_channels(static_cast<int>(i));
    channel.clear_derived();
    if (!channel.phases().empty()) {
      result.notes.push_back(channel.channel() + ": has tolerances of phases; they stay as chosen");
      continue;
    }
    if (AllAlike(needs[i].values)) {
      result.notes.push_back(
          fmt::format("{}: no spread over {} conditions, each needs {}; its tolerances stay as "
                      "chosen",
                      channel.channel(), distinct.size(), needs[i].values.front()));
      continue;
    }
    Summarize(needs[i]);
    double factor = 0;
    RIG_TRY_ASSIGN(const double bound, Bound(needs[i], plan, factor));
    const Which which = Sought(channel, plan);
    SetTolerance(which, bound, channel);
    v1::DerivedTolerance& derived = *channel.mutable_derived();
    derived.set_tolerance(which);
    derived.set_mean(needs[i].mean);
    derived.set_deviation(needs[i].deviation);
    derived.set_largest(needs[i].largest);
    derived.set_factor(factor);
    any = true;
  }
  if (!any) {
    return MakeError(Code::kFailedPrecondition,
                     fmt::format("golden {}: nothing to derive; {}", golden.golden(),
                                 fmt::join(result.notes, "; ")));
  }
  if (const auto problem = golden::FindGoldenProblem(result.golden)) {
    return MakeError(Code::kFailedPrecondition, problem->what);
  }
  *result.golden.mutable_basis() = basis;
  result.golden.clear_approval();
  return result;
}

}  // namespace rig
