#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "rig/base/units.h"
#include "rig/check/score/alarms.h"
#include "rig/cli/options.h"
#include "rig/cli/score/condition.h"
#include "rig/cli/score/measures.h"
#include "rig/cli/score/score_command.h"

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

std::string LatencyText(const score::AlarmScore& alarms) {
  const std::vector<double>& latencies = alarms.latencies_s;
  std::string text = fmt::format(
      "events: {} alarmed in time, {} late, {} missing; not scored: {} with the alarm already on, "
      "{} undecided\n",
      alarms.in_time, alarms.late, alarms.missing, alarms.masked, alarms.undecided);
  text += fmt::format("alarms: {} true, {} false; not scored: {} repeated, {} undecided\n",
                      alarms.true_alarms, alarms.false_alarms, alarms.repeated_alarms,
                      alarms.undecided_alarms);
  if (latencies.empty()) return text + "latency from the true event: no event was alarmed\n";
  double sum = 0;
  for (const double latency : latencies) sum += latency;
  return text + fmt::format(
                    "latency from the true event: mean {:.3f} s, median {:.3f} s, 90 % {:.3f} s, "
                    "95 % {:.3f} s, max {:.3f} s of {}\n",
                    sum / static_cast<double>(latencies.size()), score::Quantile(latencies, 0.5),
                    score::Quantile(latencies, 0.9), score::Quantile(latencies, 0.95),
                    latencies.back(), latencies.size());
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
          {"latencies_s", alarms.latencies_s}};
}

Result<int> Score(const AlarmOptions& options) {
  RIG_TRY_ASSIGN(const ScoreCondition truth, ParseScoreCondition(options.truth));
  RIG_TRY_ASSIGN(const ScoreCondition alarm, ParseScoreCondition(options.alarm));
  RIG_TRY_ASSIGN(const std::int64_t limit, ParseDuration("--within", options.within));
  score::AlarmScore alarms;
  std::set<std::string> seen;
  std::vector<std::string> replays;
  for (const std::string& run : options.runs) {
    RIG_TRY_ASSIGN(const std::string file, FindTrace(run, options.evidence));
    RIG_TRY_ASSIGN(const TraceReader trace, TraceReader::Open(file));
    score::AlarmRun observed;
    observed.end_ns = Nanoseconds(trace.end());
    RIG_TRY_ASSIGN(observed.truth, ObserveCondition(trace, truth, file));
    RIG_TRY_ASSIGN(observed.alarm, ObserveCondition(trace, alarm, file));
    RIG_TRY_ASSIGN(const std::string digest, ObservedDigest(trace, truth, alarm));
    if (!seen.insert(digest).second) {
      replays.push_back(run);
      continue;
    }
    score::ScoreAlarms(observed, limit, alarms);
  }
  Measures measures;
  measures.AddShare("alarm sensitivity", alarms.Sensitivity());
  measures.AddShare("alarm positive predictivity", alarms.Predictivity());
  if (alarms.observed_s > 0) {
    RIG_TRY(measures.AddRate("false alarms", alarms.false_alarms, alarms.observed_s / 3600,
                             "per hour"));
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
  command->add_option("RUN", options->runs, "Run folders, run names or trace files")->required();
  command->add_option("--truth", options->truth, "Holds while the event lasts")->required();
  command->add_option("--alarm", options->alarm, "Holds while the device alarms")->required();
  command->add_option("--within", options->within, "Longest latency")
      ->required()
      ->type_name("TIME");
  command->add_option("--min-sensitivity", options->least_sensitivity, "Limit, in percent")
      ->check(CLI::Range(0.0, 100.0));
  command->add_option("--min-predictivity", options->least_predictivity, "Limit, in percent")
      ->check(CLI::Range(0.0, 100.0));
  command->add_option("--max-false-per-hour", options->most_false_per_hour, "Limit, per hour")
      ->check(CLI::NonNegativeNumber);
  options->AddEvidence(*command);
  options->AddJson(*command);
  command->callback([options, &exit_code] {
    const auto code = Score(*options);
    exit_code = code ? *code : TellError(code.error());
  });
}

}  // namespace rig
