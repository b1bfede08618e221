#include <fmt/format.h>

#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "reports/reports.h"
#include "rig/campaign/campaign.h"
#include "rig/campaign/falsify.h"
#include "rig/cli/commands.h"
#include "rig/cli/options.h"
#include "rig/cli/terminal.h"
#include "rig/controller/nightly.h"
#include "rig/record/record.h"

namespace rig {
namespace {

// Of a campaign or search: more would outgrow the memory that their records are held in.
constexpr std::uint64_t kMostRuns = 1'000'000;

// What both commands say of the runs they make.
struct TrialCommandOptions : CommonOptions {
  std::string scenario;
  std::string bench;
  std::string firmware;
  std::vector<std::string> set;
  std::string keep = "all";
  std::uint64_t seed = 1;

  void AddTo(CLI::App& command, const std::string& seed_text) {
    command.add_option("SCENARIO", scenario, "Scenario file with parameters")
        ->required()
        ->check(CLI::ExistingFile);
    command.add_option("--bench", bench, "Bench file; default: the device's bench/virtual.yaml")
        ->check(CLI::ExistingFile);
    command.add_option("--firmware", firmware, "ELF or HEX instead of the bench file's")
        ->type_name("ELF")
        ->check(CLI::ExistingFile);
    AddSet(command, set);
    command.add_option("--seed", seed, seed_text)
        ->check(IsCount(0, std::numeric_limits<std::uint64_t>::max()))
        ->capture_default_str();
    command
        .add_option("--keep", keep,
                    "Traces that stay: all, or failing (and the one with the least margin); "
                    "records always stay")
        ->check(CLI::IsMember({"all", "failing"}))
        ->capture_default_str();
    AddEvidence(command);
    AddWorkers(command);
    AddJson(command);
  }

  Result<TrialOptions> Trials() const {
    TrialOptions options;
    options.scenario = scenario;
    options.bench = bench;
    options.firmware = firmware;
    RIG_TRY_ASSIGN(options.set, ParseSet(set));
    options.evidence = evidence;
    options.workers = Workers();
    options.keep = keep == "failing" ? KeepTraces::kFailing : KeepTraces::kAll;
    return options;
  }
};

std::string ConditionText(const v1::Condition& condition) {
  std::string text;
  for (const v1::Setting& setting : condition.parameters()) {
    text += fmt::format("{}={}, ", setting.name(), setting.value());
  }
  return text + fmt::format("seed {}", condition.seed());
}

std::string MarginText(const v1::CampaignRun& run) {
  switch (run.margin_kind()) {
    case v1::VALUE:
      return fmt::format("{:.3g} % of the limit ({})", run.margin() * 100, run.check());
    case v1::TIME:
      return fmt::format("{:.3g} % of the time ({})", run.margin() * 100, run.check());
    case v1::VERDICT_ONLY:
      return fmt::format("verdict only ({})", run.check());
    default:
      return "none";
  }
}

// Draws the progress of runs; `json` keeps it quiet.
TrialEvents Show(Progress& progress) {
  TrialEvents events;
  events.planned = [&](const std::string& folder, const v1::CampaignPlan& plan,
                       const std::string& sha256) {
    progress.Expect(plan.compare_random() ? 2 * plan.runs() : plan.runs());
    progress.Note(
        fmt::format("{}: {}, {} {} runs; plan {}/plan.json, SHA-256 {}", plan.name(), plan.method(),
                    plan.conditions().empty() || plan.has_sequential() ? "at most" : "exactly",
                    plan.runs(), folder, sha256));
  };
  events.progress = [&](const v1::RunOrder& order, RunTime t) { progress.Reached(order.run(), t); };
  events.ended = [&](const v1::RunOrder& order, const v1::RunRecord& record) {
    progress.Ended(order.run(), Summarise(record));
  };
  return events;
}

struct CampaignCommandOptions : TrialCommandOptions {
  std::string method;
  std::size_t runs = 0;
  std::size_t points = 0;
  double confidence = 0.95;
  std::vector<double> sequential;  // none, or p0, p1, alpha, beta
};

void ShowRecord(const v1::CampaignRecord& record, const std::string& evidence) {
  std::map<v1::Verdict, int> counts;
  for (const v1::CampaignRun& run : record.runs()) ++counts[run.verdict()];
  TextTable table{{"verdict", "runs"}, {}};
  for (const auto& [verdict, count] : counts) {
    table.rows.push_back({std::string(VerdictText(verdict)), std::to_string(count)});
  }
  fmt::print("{}", RenderTable(table, UseColour(stdout)));
  if (record.least() >= 0) {
    const v1::CampaignRun& least = record.runs(record.least());
    fmt::print("least margin: {}\n  at {}\n  {}/runs/{}\n", MarginText(least),
               ConditionText(least.condition()), evidence, least.run());
  }
  fmt::print("{}\ncampaign {}/campaigns/{}/campaign.json; verdict {}\n", record.statement(),
             evidence, record.name(), VerdictText(record.verdict()));
}

void ShowRecord(const v1::SearchRecord& record, const std::string& evidence) {
  TextTable table{{"search", "simulations", "found", "least margin", "at"}, {}};
  for (const v1::Search& search : record.searches()) {
    const bool any = search.least() >= 0;
    const v1::CampaignRun least = any ? search.runs(search.least()) : v1::CampaignRun();
    table.rows.push_back({search.method(), std::to_string(search.simulations()),
                          search.found() ? "counterexample" : "nothing",
                          any ? MarginText(least) : "none",
                          any ? ConditionText(least.condition()) : ""});
  }
  fmt::print("{}", RenderTable(table, UseColour(stdout)));
  for (const v1::Search& search : record.searches()) {
    if (search.errors() == 0 && search.undecided() == 0) continue;
    fmt::print("{}: of {} runs {} were rig errors and {} inconclusive\n", search.method(),
               search.runs_size(), search.errors(), search.undecided());
  }
  if (record.counterexample() >= 0) {
    fmt::print("counterexample {}\nrepeat it: {}\n", record.counterexample_file(), record.replay());
  } else {
    fmt::print("no counterexample within the budget; this is no proof that there is none\n");
  }
  fmt::print("search {}/searches/{}/search.json\n", evidence, record.name());
}

// Prints what was made, or why nothing was, and tells the exit code.
template <typename Record>
int Report(const CommonOptions& options, const Result<Record>& record, v1::Verdict verdict) {
  if (!record) {
    PrintError(record.error().message);
    return kRigError;
  }
  if (options.json) {
    fmt::print("{}\n", ToJson(*record));
  } else {
    ShowRecord(*record, options.evidence);
  }
  return ExitCodeOf(verdict);
}

// What is wrong with how many were asked for; empty: nothing.
std::string WrongCount(const CampaignCommandOptions& options) {
  const bool grid = options.method == "grid";
  if (grid && (options.points == 0 || options.runs > 0)) {
    return "--method grid: expected --points, at least 2, and no --runs";
  }
  if (!grid && (options.runs == 0 || options.points > 0)) {
    return "--method " + options.method + ": expected --runs, at least 1, and no --points";
  }
  if (!options.sequential.empty() && options.method != "random") {
    return "--sequential: a test of random conditions; expected --method random";
  }
  return "";
}

int Campaign(const CampaignCommandOptions& options) {
  const auto trials = options.Trials();
  const std::string wrong = trials ? WrongCount(options) : trials.error().message;
  if (!wrong.empty()) {
    PrintError(wrong);
    return kUsage;
  }
  CampaignOptions campaign;
  campaign.trials = *trials;
  campaign.method = CampaignMethod::kRandom;
  if (options.method == "grid") campaign.method = CampaignMethod::kGrid;
  if (options.method == "lhs") campaign.method = CampaignMethod::kLatinHypercube;
  campaign.runs = options.runs;
  campaign.points = options.points;
  campaign.seed = options.seed;
  campaign.confidence = options.confidence;
  if (const auto& test = options.sequential; !test.empty()) {
    campaign.sequential = {test[0], test[1], test[2], test[3]};
  }
  Progress progress(options.json);
  const auto record = RunCampaign(campaign, Show(progress));
  return Report(options, record, record ? record->verdict() : v1::ERROR);
}

struct FalsifyCommandOptions : TrialCommandOptions {
  std::string method = "cmaes";
  std::size_t budget = 100;
  bool compare_random = false;
  std::string output;
};

int RunFalsify(const FalsifyCommandOptions& options) {
  auto trials = options.Trials();
  if (!trials) {
    PrintError(trials.error().message);
    return kUsage;
  }
  FalsifyOptions falsify;
  falsify.trials = *trials;
  falsify.method = options.method == "random" ? SearchMethod::kRandom : SearchMethod::kCmaEs;
  falsify.budget = options.budget;
  falsify.seed = options.seed;
  falsify.compare_random = options.compare_random;
  falsify.output = options.output;
  Progress progress(options.json);
  const auto record = Falsify(falsify, {.trials = Show(progress), .ended = {}});
  return Report(options, record, record ? SearchVerdict(*record) : v1::ERROR);
}

}  // namespace

void AddCampaignCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<CampaignCommandOptions>();
  CLI::App* command = app.add_subcommand(
      "campaign", "Run a scenario over the ranges of its parameters and say what that supports");
  command->footer(
      "Examples:\n"
      "  rig campaign scenarios/patient_monitor/scenarios/param_rhythm.yaml --method random "
      "--runs 59\n"
      "  rig campaign param_rhythm.yaml --method random --runs 200 --sequential 0.005 0.05 0.05 "
      "0.05\n"
      "  rig campaign param_occlusion.yaml --method grid --points 4 --keep failing\n"
      "Only random conditions support a claim (59 passes of 59: 95 % confident of 95 %). The plan "
      "is written before the first run.\n");
  command->add_option("--method", options->method, "grid, lhs (Latin hypercube) or random")
      ->required()
      ->check(CLI::IsMember({"grid", "lhs", "random"}));
  command->add_option("--runs", options->runs, "How many, with lhs and random")
      ->check(IsCount(1, kMostRuns));
  command->add_option("--points", options->points, "Points per range, with grid")
      ->check(IsCount(2, kMostRuns));
  command->add_option("--confidence", options->confidence, "Of the claim")
      ->check(NumberIn(0.5, 0.9999))
      ->capture_default_str();
  command
      ->add_option("--sequential", options->sequential,
                   "Stop as soon as Wald's test decides between these shares of failing "
                   "conditions, at these risks; --runs is then the most")
      ->type_name("P0 P1 ALPHA BETA")
      ->expected(4)
      ->check(NumberIn(1e-9, 0.9999));
  options->AddTo(*command, "Seed of the design; with lhs and random also of the runs' seeds");
  command->callback([options, &exit_code] { exit_code = Campaign(*options); });
}

void AddFalsifyCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<FalsifyCommandOptions>();
  CLI::App* command = app.add_subcommand(
      "falsify", "Search the ranges of a scenario's parameters for values that make it fail");
  command->footer(
      "Examples:\n"
      "  rig falsify scenarios/patient_monitor/scenarios/param_rhythm.yaml --firmware new.elf\n"
      "  rig falsify param_occlusion.yaml --budget 200 --compare-random --keep failing\n"
      "Exit code 1: a counterexample was found; 0: none within the budget, which is no proof; 2: "
      "none, "
      "but runs were inconclusive.\n");
  command->add_option("--method", options->method, "cmaes (restarted, growing) or random")
      ->check(CLI::IsMember({"cmaes", "random"}))
      ->capture_default_str();
  command->add_option("--budget", options->budget, "Simulations at most")
      ->check(IsCount(1, kMostRuns))
      ->capture_default_str();
  command->add_flag("--compare-random", options->compare_random,
                    "Also search uniformly at random with the same budget");
  command
      ->add_option("--output", options->output,
                   "Where the counterexample goes as a scenario, beside the original")
      ->type_name("FILE");
  options->AddTo(*command, "Seed of the search; every run has the scenario's own");
  command->callback([options, &exit_code] { exit_code = RunFalsify(*options); });
}

}  // namespace rig
