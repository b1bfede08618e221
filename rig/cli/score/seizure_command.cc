#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "reports/reports.h"
#include "rig/base/digest.h"
#include "rig/check/score/cinc2015.h"
#include "rig/check/score/seizures.h"
#include "rig/cli/options.h"
#include "rig/cli/score/event_table.h"
#include "rig/cli/score/measures.h"
#include "rig/cli/score/score_command.h"
#include "rig/cli/terminal.h"

namespace rig {
namespace {

struct SeizureOptions : CommonOptions {
  std::string reference;
  std::string test;
  std::string duration;
  double least_sensitivity = -1;  // percent; below 0: no limit
  double most_false_per_day = -1;
};

// How long was recorded; both tables and --duration, as far as they tell, agree to what SzCORE
// resolves.
Result<double> RecordedSeconds(const SeizureOptions& options, const EventTable& reference,
                               const EventTable& test) {
  double recorded_s = reference.recorded_s;
  std::string source = options.reference;
  const auto agree = [&](double s, const std::string& name) -> Status {
    if (!(s > 0)) return {};
    if (!(recorded_s > 0)) {
      recorded_s = s;
      source = name;
    }
    if (std::fabs(s - recorded_s) < 0.1) return {};
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("{}: {:g} s recorded; expected {:g} s as {}", name, s, recorded_s, source));
  };
  if (!options.duration.empty()) {
    RIG_TRY_ASSIGN(const std::int64_t ns, ParseDuration("--duration", options.duration));
    RIG_TRY(agree(static_cast<double>(ns) * 1e-9, "--duration"));
  }
  RIG_TRY(agree(test.recorded_s, options.test));
  if (recorded_s > 0) return recorded_s;
  return MakeError(
      Code::kInvalidArgument,
      options.reference + ": tells no recordingDuration; expected that column or --duration TIME");
}

Result<int> ScoreSeizures(const SeizureOptions& options) {
  RIG_TRY_ASSIGN(const EventTable reference, ReadEventTable(options.reference));
  RIG_TRY_ASSIGN(const EventTable test, ReadEventTable(options.test));
  RIG_TRY_ASSIGN(const double recorded_s, RecordedSeconds(options, reference, test));
  RIG_TRY_ASSIGN(const score::EventScore events,
                 score::ScoreEvents(reference.events, test.events, recorded_s, {}));
  Measures measures;
  measures.AddShare("seizure sensitivity", events.sensitivity);
  measures.AddShare("precision", events.precision);
  RIG_TRY(
      measures.AddRate("false detections", events.false_positives, recorded_s / 86400, "per 24 h"));
  if (options.least_sensitivity >= 0) {
    measures.Require("seizure sensitivity", true, options.least_sensitivity / 100);
  }
  if (options.most_false_per_day >= 0) {
    measures.Require("false detections", false, options.most_false_per_day);
  }
  const nlohmann::ordered_json more{
      {"reference", options.reference}, {"test", options.test}, {"recorded_s", recorded_s}};
  return Tell(measures, more, "", options.json);
}

struct CincOptions : CommonOptions {
  std::string truth;
  std::string answers;
};

Result<int> ScoreCinc(const CincOptions& options) {
  RIG_TRY_ASSIGN(const std::string truth_text, ReadFile(options.truth));
  RIG_TRY_ASSIGN(const auto truth, score::ParseAlarmList(truth_text, options.truth));
  RIG_TRY_ASSIGN(const std::string answer_text, ReadFile(options.answers));
  RIG_TRY_ASSIGN(const auto answers, score::ParseAlarmList(answer_text, options.answers));
  RIG_TRY_ASSIGN(const auto sets, score::DecideAlarms(truth, answers));
  if (sets.empty()) {
    PrintError(options.truth + ": holds no alarm; nothing to score");
    return kInconclusive;
  }
  TextTable table{{"set", "score", "TP", "TN", "FP", "FN"}, {}};
  nlohmann::ordered_json all;
  for (const auto& [set, d] : sets) {
    RIG_TRY_ASSIGN(const double value, score::Cinc2015Score(d));
    table.rows.push_back({set, fmt::format("{:.2f}", value), std::to_string(d.true_positives),
                          std::to_string(d.true_negatives), std::to_string(d.false_positives),
                          std::to_string(d.false_negatives)});
    all["sets"][set] = {{"score", value},
                        {"tp", d.true_positives},
                        {"tn", d.true_negatives},
                        {"fp", d.false_positives},
                        {"fn", d.false_negatives}};
  }
  fmt::print("{}", options.json ? all.dump(2) + "\n" : RenderTable(table, UseColour(stdout)));
  return kPassed;
}

int CodeOrError(const Result<int>& code) { return code ? *code : TellError(code.error()); }

}  // namespace

void AddScoreSeizures(CLI::App& score, int& exit_code) {
  auto options = std::make_shared<SeizureOptions>();
  CLI::App* command = score.add_subcommand(
      "seizures", "Seizure events as SzCORE: any overlap, 30 s before, 60 s after, FP per 24 h");
  command->footer(
      "Tables: comma or tab separated, with a header; columns onset and duration in seconds,\n"
      "optionally eventType (sz… a seizure, bckg background) and recordingDuration.\n"
      "Examples:\n"
      "  rig score seizures ref.tsv detected.tsv\n"
      "  rig score seizures ref.csv detected.csv --duration '24 h' --max-false-per-day 1\n");
  command->add_option("REF", options->reference)->required()->check(CLI::ExistingFile);
  command->add_option("TEST", options->test)->required()->check(CLI::ExistingFile);
  command->add_option("--duration", options->duration, "How long was recorded")->type_name("TIME");
  command->add_option("--min-sensitivity", options->least_sensitivity, "Limit, in percent")
      ->check(NumberIn(0, 100));
  command->add_option("--max-false-per-day", options->most_false_per_day, "Limit, per 24 h")
      ->check(NumberIn(0));
  options->AddJson(*command);
  command->callback([options, &exit_code] { exit_code = CodeOrError(ScoreSeizures(*options)); });
}

void AddScoreCinc2015(CLI::App& score, int& exit_code) {
  auto options = std::make_shared<CincOptions>();
  CLI::App* command = score.add_subcommand(
      "cinc2015", "False alarm suppression, CinC 2015: (TP+TN)/(TP+TN+FP+5 FN), by set");
  command->footer("Example:\n  rig score cinc2015 ALARMS answers.txt\n");
  command->add_option("TRUTH", options->truth, "\"record,type,0|1\" lines")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_option("ANSWERS", options->answers, "\"record,0|1\" lines; 1: a true alarm")
      ->required()
      ->check(CLI::ExistingFile);
  options->AddJson(*command);
  command->callback([options, &exit_code] { exit_code = CodeOrError(ScoreCinc(*options)); });
}

}  // namespace rig
