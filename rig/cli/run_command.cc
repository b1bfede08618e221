#include <fmt/format.h>

#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rig/cli/commands.h"
#include "rig/cli/options.h"
#include "rig/cli/show.h"
#include "rig/cli/terminal.h"
#include "rig/controller/attempts.h"
#include "rig/controller/guard.h"
#include "rig/controller/nightly.h"
#include "rig/controller/perform.h"
#include "rig/controller/prepare.h"
#include "rig/record/record.h"
#include "rig/scenario/scenario.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

struct RunOptions : CommonOptions {
  std::vector<std::string> scenarios;
  std::string bench;
  std::string firmware;
  std::string record;
  std::string recordings;
  std::string from = "0 s";
  std::string duration;
  std::vector<std::string> set;
  std::uint64_t seed = 0;
  bool stop_at_fail = false;
  bool has_seed = false;
  bool has_from = false;
};

Result<v1::RunOrder> MakeOrder(const RunOptions& options, const std::string& scenario) {
  v1::RunOrder order;
  order.set_evidence(options.evidence);
  order.set_scenario(scenario);
  order.set_bench(options.bench);
  if (options.bench.empty()) {
    RIG_TRY_ASSIGN(const std::string bench, DefaultBench(scenario));
    order.set_bench(bench);
  }
  order.set_firmware(options.firmware);
  order.set_stop_at_fail(options.stop_at_fail);
  order.set_has_seed(options.has_seed);
  order.set_seed(options.seed);
  RIG_TRY_ASSIGN(const ParameterValues parameters, ParseSet(options.set));
  for (const auto& [name, value] : parameters) (*order.mutable_parameters())[name] = value;
  order.set_record_file(options.record);
  RIG_TRY_ASSIGN(const std::int64_t from, ParseDuration("--from", options.from));
  order.set_record_start_ns(from);
  order.set_recordings(options.recordings);
  if (!options.duration.empty()) {
    RIG_TRY_ASSIGN(const std::int64_t duration, ParseDuration("--duration", options.duration));
    order.set_duration_ns(duration);
  }
  RIG_TRY_ASSIGN(const PreparedRun run, PrepareRun(order));
  RIG_TRY(OpenRunFolder(run.device, run.scenario.message.scenario(), order));
  return order;
}

// What the command line alone can tell. Errors: INVALID_ARGUMENT.
Status CheckOptions(const RunOptions& options) {
  RIG_TRY(ParseSet(options.set));
  RIG_TRY(ParseDuration("--from", options.from));
  if (options.has_from && options.record.empty()) {
    return MakeError(Code::kInvalidArgument, "--from: expected --record with it");
  }
  if (options.duration.empty()) return {};
  RIG_TRY_ASSIGN(const std::int64_t duration, ParseDuration("--duration", options.duration));
  if (duration > 0) return {};
  return MakeError(Code::kInvalidArgument, "--duration: expected more than 0 s");
}

// Scenarios of one device are told apart by name. Those in no device folder are refused later.
// Errors: as CheckScenarioNames.
Status CheckNames(const std::vector<std::string>& scenarios) {
  std::map<fs::path, std::vector<fs::path>> of_device;
  for (const std::string& scenario : scenarios) {
    const auto device = DeviceFolderOf(scenario);
    if (device) of_device[fs::absolute(*device).lexically_normal()].emplace_back(scenario);
  }
  for (const auto& [device, paths] : of_device) RIG_TRY(CheckScenarioNames(paths));
  return {};
}

int Run(const RunOptions& options) {
  if (const Status fine = CheckOptions(options); !fine) {
    PrintError(fine.error().message);
    return kUsage;
  }
  if (const Status distinct = CheckNames(options.scenarios); !distinct) {
    PrintError(distinct.error().message);
    return kRigError;
  }
  std::vector<v1::RunOrder> orders;
  v1::Verdict worst = v1::PASS;
  for (const std::string& scenario : options.scenarios) {
    auto order = MakeOrder(options, scenario);
    if (order) {
      orders.push_back(std::move(*order));
    } else {
      PrintError(order.error().message);
      worst = v1::ERROR;
    }
  }
  Progress progress(options.json);
  progress.Expect(orders.size());
  std::vector<v1::RunRecord> records;
  WorkerEvents events;
  events.progress = [&](const v1::RunOrder& order, RunTime t) { progress.Reached(order.run(), t); };
  events.ended = [&](const v1::RunOrder& order, const v1::RunRecord& ended) {
    v1::RunRecord record = ended;
    const std::string flaky = Disagreement(record, EarlierAttempts(options.evidence, record), {});
    if (!flaky.empty()) MarkFlaky(flaky, record);
    worst = Worst(worst, record.verdict());
    records.push_back(record);
    progress.Ended(order.run(), Summarise(record));
  };
  const Status ran = RunWorkers(orders, options.Workers(), events);
  if (!ran) {
    PrintError(ran.error().message);
    worst = v1::ERROR;
  }
  if (options.json) fmt::print("[");
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (options.json) {
      fmt::print("{}{}", i == 0 ? "" : ",\n", ToJson(records[i]));
    } else {
      ShowRun(records[i], options.evidence);
    }
  }
  if (options.json) fmt::print("]\n");
  return ExitCodeOf(worst);
}

}  // namespace

void AddRunCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Run scenarios and judge them");
  command->footer(
      "Examples:\n"
      "  rig run scenarios/patient_monitor/scenarios/asystole.yaml\n"
      "  rig run replay.yaml --record data/100.hea --duration '30 min'\n"
      "  rig run brady.yaml --firmware build/candidate.elf --seed 7 --json\n"
      "  rig run scenarios/patient_monitor/scenarios/param_rhythm.yaml --set 'rate=145 bpm'\n");
  command->add_option("SCENARIO", options->scenarios, "Scenario files")
      ->required()
      ->check(CLI::ExistingFile);
  command
      ->add_option("--bench", options->bench,
                   "Bench file; default: the device's bench/virtual.yaml")
      ->check(CLI::ExistingFile);
  command->add_option("--firmware", options->firmware, "ELF or HEX instead of the bench file's")
      ->type_name("ELF");
  CLI::Option* seed = command->add_option("--seed", options->seed, "Seed instead of the scenario's")
                          ->check(IsCount(0, std::numeric_limits<std::uint64_t>::max()));
  AddSet(*command, options->set);
  command
      ->add_option("--record", options->record,
                   "Recording (WFDB header, EDF, aECG, CSV …) played instead of what the scenario "
                   "plays on its record_signal")
      ->type_name("FILE")
      ->check(CLI::ExistingFile);
  CLI::Option* from = command->add_option("--from", options->from, "Where in the record to begin")
                          ->type_name("TIME")
                          ->capture_default_str();
  AddRecordings(*command, options->recordings);
  command->add_option("--duration", options->duration, "Instead of the scenario's")
      ->type_name("TIME");
  command->add_flag("--stop-at-fail", options->stop_at_fail,
                    "End a run as soon as one of its formulas has failed for good");
  options->AddEvidence(*command);
  options->AddWorkers(*command);
  options->AddJson(*command);
  command->callback([options, seed, from, &exit_code] {
    options->has_seed = seed->count() > 0;
    options->has_from = from->count() > 0;
    exit_code = Run(*options);
  });
}

void AddWorkerCommand(CLI::App& app, int& exit_code) {
  struct Words {
    std::string folder;
    std::int64_t hang_limit_ms = 0;
  };
  auto words = std::make_shared<Words>();
  CLI::App* command = app.add_subcommand("worker", "Internal: carry out the order of a run folder");
  command->group("");  // not for people
  command->add_option("RUN", words->folder)->required();
  command->add_option("HANG_LIMIT_MS", words->hang_limit_ms)->required();
  command->callback([words, &exit_code] {
    exit_code = WorkerMain(words->folder, std::chrono::milliseconds(words->hang_limit_ms));
  });
}

void AddGuardCommand(CLI::App& app, int& exit_code) {
  struct Words {
    std::string bench, sha256, folder;
    std::int64_t hang_limit_ms = 0;
  };
  auto words = std::make_shared<Words>();
  CLI::App* command = app.add_subcommand("guard", "Internal: watch over who holds a bench");
  command->group("");  // not for people
  command->add_option("BENCH", words->bench)->required();
  command->add_option("SHA256", words->sha256)->required();
  command->add_option("FOLDER", words->folder)->required();
  command->add_option("HANG_LIMIT_MS", words->hang_limit_ms)->required();
  command->callback([words, &exit_code] {
    exit_code = GuardMain(words->bench, words->sha256, words->folder,
                          std::chrono::milliseconds(words->hang_limit_ms));
  });
}

}  // namespace rig
