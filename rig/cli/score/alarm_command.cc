#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "rig/base/units.h"
#include "rig/check/score/alarms.h"
#include "rig/cli/options.h"
#include "rig/cli/score/condition.h"
#include "rig/cli/score/measures.h"
#include "rig/cli/score/score_command.h"
#include "rig/cli/score/scored_run.h"

namespace rig {
namespace {

struct AlarmOptions : CommonOptions {
  std::vector<std::string> runs;
  std::string truth;
  std::string alarm;
  std::string within;
  double least_sensitivity = -1;  // percent; below 0: no limit
  double least_predictivity = -1;
  double most_false_per_hour = -1;
};

// Two runs whose recorded values are the same are one observation.
Result<std::string> ObservedDigest(const TraceReader& trace, const ScoreCondition& truth,
                                   const ScoreCondition& alarm) {
  RIG_TRY_ASSIGN(const v1::TraceIndex index, trace.Index());
  std::string digest;
  for (const v1::ChannelIndex& channel : index.channels()) {
    if (channel.name() == truth.channel || channel.name() == alarm.channel) {
      digest += channel.sha256();
    }
  }
  return digest;
}

constexpr double kLatencyQuantiles[] = {0.5, 0.9, 0.95};

// Of all events; infinite where too many are missing or open.
std::string ShowLatency(double s) {
  return std::isfinite(s) ? fmt::format("{:.3f} s", s) : "not bounded";
}

// NaN and infinite are no numbers of JSON.
nlohmann::ordered_json Number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json QuantilesJson(const score::AlarmScore& alarms) {
  auto all = nlohmann::ordered_json::object();
  for (const double p : kLatencyQuantiles) {
    const auto quantile = score::LatencyQuantile(alarms, p);
    if (!quantile) continue;
    all[fmt::format("{:g} %", 100 * p)] = {{"value_s", Number(quantile->value)},
                                           {"low_s", Number(quantile->low)},
                                           {"high_s", Number(quantile->high)}};
  }
  return all;
}

std::string LatencyText(const score::AlarmScore& alarms) {
  std::string text = fmt::format(
      "events: {} alarmed in time, {} late, {} missing; open: {} with the alarm already on, {} "
      "undecided\n",
      alarms.in_time, alarms.late, alarms.missing, alarms.masked, alarms.undecided);
  text += fmt::format("alarms: {} true, {} false, {} repeated; open: {} undecided\n",
                      alarms.true_alarms, alarms.false_alarms, alarms.repeated_alarms,
                      alarms.undecided_alarms);
  double sum_s = 0;
  for (const double latency : alarms.latencies_s) sum_s += latency;
  text += "latency from the true event";
  if (!alarms.latencies_s.empty()) {
    const auto count = alarms.latencies_s.size();
    text +=
        fmt::format(", mean of the {} alarmed {:.3f} s", count, sum_s / static_cast<double>(count));
  }
  for (const double p : kLatencyQuantiles) {
    const auto quantile = score::LatencyQuantile(alarms, p);
    if (!quantile) continue;
    text += fmt::format(", {:g} % {} (95 %: {} to {})", 100 * p, ShowLatency(quantile->value),
                        ShowLatency(quantile->low), ShowLatency(quantile->high));
  }
  return text + "\n";
}

nlohmann::ordered_json LatencyJson(const score::AlarmScore& alarms) {
  return {{"in_time", alarms.in_time},
          {"late", alarms.late},
          {"missing", alarms.missing},
          {"masked", alarms.masked},
          {"undecided", alarms.undecided},
          {"true_alarms", alarms.true_alarms},
          {"false_alarms", alarms.false_alarms},
          {"repeated_alarms", alarms.repeated_alarms},
          {"undecided_alarms", alarms.undecided_alarms},
          {"observed_s", alarms.observed_s},
          {"latencies_s", alarms.latencies_s},
          {"latency_quantiles", QuantilesJson(alarms)}};
}

Result<int> Score(const AlarmOptions& options) {
  RIG_TRY_ASSIGN(const ScoreCondition truth, ParseScoreCondition(options.truth));
  RIG_TRY_ASSIGN(const ScoreCondition alarm, ParseScoreCondition(options.alarm));
  RIG_TRY_ASSIGN(const std::int64_t limit, ParseDuration("--within", options.within));
  score::AlarmScore alarms;
  std::set<std::string> seen;
  std::vector<std::string> replays;
  std::optional<ScoredRun> first;
  for (const std::string& run : options.runs) {
    RIG_TRY_ASSIGN(ScoredRun scored, OpenScoredRun(run, options.evidence));
    if (first) RIG_TRY(CheckOneKind(*first, scored));
    const std::string& file = scored.file;
    const TraceReader& trace = scored.trace;
    score::AlarmRun observed;
    observed.end_ns = Nanoseconds(trace.end());
    RIG_TRY_ASSIGN(observed.truth, ObserveCondition(trace, truth, file));
    RIG_TRY_ASSIGN(observed.alarm, ObserveCondition(trace, alarm, file));
    RIG_TRY_ASSIGN(const std::string digest, ObservedDigest(trace, truth, alarm));
    if (seen.insert(digest).second) {
      score::ScoreAlarms(observed, limit, alarms);
    } else {
      replays.push_back(run);
    }
    if (!first) first = std::move(scored);
  }
  Measures measures;
  measures.AddShare("alarm sensitivity", alarms.Sensitivity(), alarms.OpenEvents());
  measures.AddShare("alarm positive predictivity", alarms.Predictivity(), alarms.undecided_alarms);
  if (alarms.observed_s > 0) {
    RIG_TRY(measures.AddRate("false alarms", alarms.false_alarms, alarms.observed_s / 3600,
                             "per hour", alarms.undecided_alarms));
  }
  if (options.least_sensitivity >= 0) {
    measures.Require("alarm sensitivity", true, options.least_sensitivity / 100);
  }
  if (options.least_predictivity >= 0) {
    measures.Require("alarm positive predictivity", true, options.least_predictivity / 100);
  }
  if (options.most_false_per_hour >= 0) {
    measures.Require("false alarms", false, options.most_false_per_hour);
  }
  std::string text = LatencyText(alarms);
  for (const std::string& run : replays) {
    text += run + ": is a replay of an earlier run, not counted again\n";
  }
  nlohmann::ordered_json more = LatencyJson(alarms);
  more["replays"] = replays;
  return Tell(measures, more, text, options.json);
}

}  // namespace

void AddScoreAlarms(CLI::App& score, int& exit_code) {
  auto options = std::make_shared<AlarmOptions>();
  CLI::App* command = score.add_subcommand(
      "alarms", "Alarms of runs against the truth: latency, sensitivity, +P, false alarms");
  command->footer(
      "Conditions: CHANNEL, 'not CHANNEL' or 'CHANNEL >= VALUE' (also > <= <).\n"
      "Examples:\n"
      "  rig score alarms patient_monitor.asystole.0001 --truth truth.ecg.asystole \\\n"
      "    --alarm device.asystole --within '10 s'\n"
      "  rig score alarms evidence/runs/* --truth 'truth.ecg.rate < 40 bpm' \\\n"
      "    --alarm device.bradycardia --within '10 s' --max-false-per-hour 1\n");
  command->add_option("RUN", options->runs, "Run folders, run names or trace files in one")
      ->required();
  command->add_option("--truth", options->truth, "Holds while the event lasts")->required();
  command->add_option("--alarm", options->alarm, "Holds while the device alarms")->required();
  command->add_option("--within", options->within, "Longest latency")
      ->required()
      ->type_name("TIME");
  command->add_option("--min-sensitivity", options->least_sensitivity, "Limit, in percent")
      ->check(NumberIn(0, 100));
  command->add_option("--min-predictivity", options->least_predictivity, "Limit, in percent")
      ->check(NumberIn(0, 100));
  command->add_option("--max-false-per-hour", options->most_false_per_hour, "Limit, per hour")
      ->check(NumberIn(0));
  options->AddEvidence(*command);
  options->AddJson(*command);
  command->callback([options, &exit_code] {
    const auto code = Score(*options);
    exit_code = code ? *code : TellError(code.error());
  });
}

}  // namespace rig
