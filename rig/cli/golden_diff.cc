#include "rig/cli/golden_diff.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "reports/reports.h"
#include "rig/base/units.h"
#include "rig/check/golden/compare.h"
#include "rig/check/golden/golden.h"
#include "rig/check/golden/points.h"
#include "rig/cli/terminal.h"
#include "rig/controller/golden_runs.h"
#include "rig/record/record.h"

namespace rig {
namespace {

using golden::ChannelComparison;
using golden::EventProblem;
using golden::ShowTime;
using nlohmann::ordered_json;

constexpr const char* kKinds[] = {"missing", "extra", "late", "early", "out of order"};

double InSeconds(std::int64_t ns) { return 1e-9 * static_cast<double>(ns); }

std::string ShowValue(const v1::GoldenChannel& channel, double si) {
  return channel.unit() == "1" ? fmt::format("{:.6g}", si) : Display(si, channel.unit(), 6);
}

bool ByEvents(const ChannelComparison& compared) {
  return compared.channel->compare() == v1::GoldenChannel::EVENTS ||
         compared.channel->compare() == v1::GoldenChannel::MESSAGES;
}

std::string Closest(const ChannelComparison& compared) {
  if (ByEvents(compared)) {
    const golden::LatencySummary latency = golden::Summarize(compared.events.matches);
    return fmt::format("{} of {} matched; latency {} … {}, median {}, 95 % {}",
                       compared.events.matches.size(), compared.events.golden_count,
                       ShowTime(latency.least), ShowTime(latency.most), ShowTime(latency.median),
                       ShowTime(latency.percentile95));
  }
  if (!compared.value.known()) return "not compared";
  const double margin = compared.value.margin();
  return fmt::format("{} {} at {}", ShowValue(*compared.channel, std::fabs(margin)),
                     margin >= 0 ? "to spare" : "outside", ShowTime(compared.tube.closest_at));
}

std::string ShowEvent(const golden::Event& event) {
  return event.text.empty() ? fmt::format("{}", event.value) : event.text;
}

void PrintChannel(const ChannelComparison& compared) {
  for (const golden::Excursion& excursion : compared.tube.excursions) {
    fmt::print("  {}: outside from {} for {} by up to {}\n", compared.channel->channel(),
               ShowTime(excursion.begin), ShowTime(excursion.end - excursion.begin),
               ShowValue(*compared.channel, excursion.depth));
  }
  for (const EventProblem& problem : compared.events.problems) {
    fmt::print("  {}: {} at {} {}", compared.channel->channel(), ShowEvent(problem.event),
               ShowTime(problem.event.ns), kKinds[static_cast<int>(problem.kind)]);
    if (problem.latency_ns != 0) fmt::print(" by {}", ShowTime(problem.latency_ns));
    fmt::print("\n");
  }
  if (!compared.gap.empty()) fmt::print("  {}: {}\n", compared.channel->channel(), compared.gap);
}

void PrintTable(const golden::GoldenComparison& compared) {
  TextTable table{{"channel", "verdict", "closest approach", "outside"}, {}};
  for (const ChannelComparison& channel : compared.channels) {
    const std::size_t outside = channel.tube.excursions.size() + channel.events.problems.size();
    table.rows.push_back({channel.channel->channel(), std::string(VerdictText(VerdictOf(channel))),
                          Closest(channel), std::to_string(outside)});
  }
  fmt::print("{}", RenderTable(table, UseColour(stdout)));
  for (const ChannelComparison& channel : compared.channels) PrintChannel(channel);
  if (compared.alignment.known()) {
    fmt::print("alignment: the run {} later than the golden, limit {} s\n",
               ShowTime(compared.offset_ns), compared.alignment.limit());
  }
}

ordered_json AsJson(const ChannelComparison& compared) {
  ordered_json json{{"channel", compared.channel->channel()},
                    {"unit", compared.channel->unit()},
                    {"verdict", VerdictText(VerdictOf(compared))}};
  if (ByEvents(compared)) {
    const golden::LatencySummary latency = golden::Summarize(compared.events.matches);
    json["matched"] = compared.events.matches.size();
    json["golden_events"] = compared.events.golden_count;
    json["observed_events"] = compared.events.observed_count;
    json["latency_s"] = {{"least", InSeconds(latency.least)},
                         {"median", InSeconds(latency.median)},
                         {"percentile_95", InSeconds(latency.percentile95)},
                         {"most", InSeconds(latency.most)}};
    auto problems = ordered_json::array();
    for (const EventProblem& problem : compared.events.problems) {
      problems.push_back({{"kind", kKinds[static_cast<int>(problem.kind)]},
                          {"at_s", InSeconds(problem.event.ns)},
                          {"event", ShowEvent(problem.event)},
                          {"latency_s", InSeconds(problem.latency_ns)}});
    }
    json["problems"] = problems;
  } else {
    if (compared.value.known()) {
      json["closest"] = compared.value.margin();
      json["closest_at_s"] = InSeconds(compared.tube.closest_at);
      json["value_there"] = compared.tube.value_there;
      json["tolerance_there"] = compared.value.limit();
    }
    if (compared.time.known()) json["time_tolerance_needed_s"] = compared.time.measured();
    auto excursions = ordered_json::array();
    for (const golden::Excursion& excursion : compared.tube.excursions) {
      excursions.push_back({{"start_s", InSeconds(excursion.begin)},
                            {"length_s", InSeconds(excursion.end - excursion.begin)},
                            {"depth", excursion.depth}});
    }
    json["excursions"] = excursions;
  }
  if (!compared.gap.empty()) json["gap"] = compared.gap;
  return json;
}

// Of the run the trace lies with; nothing is known of a trace that lies alone.
struct RunFacts {
  RunOrigin origin;
  uncertainty::Budgets budgets;
  bool known = false;
};

Result<RunFacts> FactsOf(const std::string& trace, const v1::Golden& golden) {
  const auto record = RecordOfTrace(trace);
  if (!record && record.error().code == Code::kNotFound) return RunFacts();
  if (!record) return tl::unexpected(record.error());
  RIG_TRY(CheckWholeRun(*record, trace));
  if (record->scenario() != golden.scenario()) {
    return MakeError(
        Code::kFailedPrecondition,
        fmt::format("run {} is of scenario {}, golden {} of {}; expected a run of the "
                    "golden's scenario",
                    record->run(), record->scenario(), golden.golden(), golden.scenario()));
  }
  RunFacts facts{
      {record->scenario(), record->scenario_file().sha256(), record->bench_file().sha256()},
      {},
      true};
  for (const v1::UncertaintyBudget& budget : record->budgets()) {
    facts.budgets.emplace(budget.channel(), budget);
  }
  return facts;
}

}  // namespace

Result<v1::Verdict> DiffGoldenFile(const GoldenOptions& options) {
  RIG_TRY_ASSIGN(const LoadedGolden golden, LoadGolden(options.file));
  RIG_TRY_ASSIGN(const std::string file, FindTrace(options.run, options.evidence));
  RIG_TRY_ASSIGN(const RunFacts facts, FactsOf(file, golden.message));
  RIG_TRY_ASSIGN(const TraceReader trace, TraceReader::Open(file));
  RIG_TRY_ASSIGN(const golden::GoldenComparison compared,
                 golden::CompareGolden(golden.message, trace, golden::TimeMargin::kMeasure));
  RIG_TRY_ASSIGN(v1::CheckResult judged,
                 JudgeGolden(golden.message, trace, facts.origin, facts.budgets, v1::GUARD_BAND));
  if (!facts.known) {
    judged.set_verdict(Worst(judged.verdict(), v1::INCONCLUSIVE));
    judged.set_reason("no record lies with the trace, so that its origin is unknown; " +
                      judged.reason());
  }
  if (options.json) {
    auto channels = ordered_json::array();
    for (const ChannelComparison& channel : compared.channels) channels.push_back(AsJson(channel));
    ordered_json json{{"golden", options.file},
                      {"trace", file},
                      {"verdict", VerdictText(judged.verdict())},
                      {"reason", judged.reason()},
                      {"channels", channels}};
    if (compared.alignment.known()) {
      json["alignment"] = {{"later_s", InSeconds(compared.offset_ns)},
                           {"at_least", compared.at_least},
                           {"limit_s", compared.alignment.limit()}};
    }
    fmt::print("{}\n", json.dump(2));
    return judged.verdict();
  }
  PrintTable(compared);
  fmt::print("{}: {}\n", VerdictText(judged.verdict()), judged.reason());
  return judged.verdict();
}

}  // namespace rig
