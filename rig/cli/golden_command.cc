#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "rig/base/digest.h"
#include "rig/base/strict_yaml.h"
#include "rig/base/units.h"
#include "rig/check/golden/golden.h"
#include "rig/cli/commands.h"
#include "rig/cli/options.h"
#include "rig/cli/terminal.h"
#include "rig/controller/environment.h"
#include "rig/controller/perform.h"
#include "rig/controller/prepare.h"
#include "rig/record/record.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

struct GoldenOptions : CommonOptions {
  std::string scenario;
  std::string file;
  std::string run;
  std::vector<std::string> channels;
  std::string by;
  std::string reason;
};

// "plant.line.delivered_volume:0.1 mL:1 s"
Result<GoldenTolerance> ParseTolerance(const std::string& text, const TraceReader& trace) {
  const auto first = text.find(':');
  const auto second = first == std::string::npos ? first : text.find(':', first + 1);
  if (second == std::string::npos) {
    return MakeError(Code::kInvalidArgument,
                     text +
                         ": expected CHANNEL:VALUE_TOLERANCE:TIME_TOLERANCE such as "
                         "'plant.line.delivered_volume:0.1 mL:1 s'");
  }
  GoldenTolerance tolerance;
  tolerance.channel = text.substr(0, first);
  const v1::ChannelIndex* channel = trace.Find(tolerance.channel);
  if (channel == nullptr)
    return MakeError(Code::kNotFound, text + ": the run recorded no such channel");
  RIG_TRY_ASSIGN(const PhysicalQuantity value,
                 ParseQuantity(text.substr(first + 1, second - first - 1)));
  RIG_TRY_ASSIGN(const Unit unit, ParseUnit(channel->unit()));
  if (!(value.dimension == unit.dimension) || !(value.si >= 0)) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: expected a tolerance in {}", text, channel->unit()));
  }
  tolerance.value = value.si;
  RIG_TRY_ASSIGN(const std::int64_t time, ParseDuration("time tolerance", text.substr(second + 1)));
  tolerance.time = Duration(time);
  return tolerance;
}

void Tell(const GoldenOptions& options, const nlohmann::ordered_json& machine,
          const std::string& person) {
  fmt::print("{}\n", options.json ? machine.dump(2) : person);
}

// Runs the scenario and proposes its channels as golden; nobody has approved them yet.
Status Record(const GoldenOptions& options) {
  v1::RunOrder order;
  order.set_evidence(options.evidence);
  order.set_scenario(options.scenario);
  order.set_skip_golden(true);
  RIG_TRY_ASSIGN(const std::string bench, DefaultBench(options.scenario));
  order.set_bench(bench);
  RIG_TRY_ASSIGN(const PreparedRun prepared, PrepareRun(order));
  RIG_TRY(OpenRunFolder(prepared.device, prepared.scenario.message.scenario(), order));
  v1::RunRecord record;
  WorkerEvents events;
  events.ended = [&](const v1::RunOrder&, const v1::RunRecord& ended) { record = ended; };
  RIG_TRY(RunWorkers({order}, options.Workers(), events));
  if (record.verdict() == v1::ERROR) return MakeError(Code::kAborted, record.error());
  if (record.verdict() == v1::FAIL) {
    return MakeError(
        Code::kFailedPrecondition,
        "the run fails a check; expected one that passes, a golden trace is what is right");
  }
  RIG_TRY_ASSIGN(const TraceReader trace,
                 TraceReader::Open(fs::path(RunFolder(order)) / "trace.h5"));
  std::vector<GoldenTolerance> tolerances;
  for (const std::string& channel : options.channels) {
    RIG_TRY_ASSIGN(GoldenTolerance tolerance, ParseTolerance(channel, trace));
    tolerances.push_back(std::move(tolerance));
  }
  RIG_TRY_ASSIGN(v1::Golden golden, RecordGolden(trace, tolerances));
  golden.set_golden(fs::path(options.file).stem().string());
  golden.set_scenario(record.scenario());
  golden.set_scenario_sha256(record.scenario_file().sha256());
  golden.set_firmware_sha256(record.firmware().sha256());
  std::error_code ignored;  // the write below says what is wrong
  fs::create_directories(fs::absolute(options.file).parent_path(), ignored);
  RIG_TRY(WriteFileAtomically(options.file, WriteYaml(golden)));
  Tell(options, {{"golden", options.file}, {"run", record.run()}, {"approved", false}},
       fmt::format("{}: recorded from run {}, not approved yet", options.file, record.run()));
  return {};
}

Result<v1::Golden> Load(const std::string& file) {
  v1::Golden golden;
  RIG_TRY(LoadYamlFile(file, golden));
  return golden;
}

Result<v1::Verdict> Diff(const GoldenOptions& options) {
  RIG_TRY_ASSIGN(const v1::Golden golden, Load(options.file));
  RIG_TRY_ASSIGN(const std::string file, FindTrace(options.run, options.evidence));
  RIG_TRY_ASSIGN(const TraceReader trace, TraceReader::Open(file));
  RIG_TRY_ASSIGN(const std::vector<std::string> lines, DiffGolden(golden, trace));
  RIG_TRY_ASSIGN(const v1::CheckResult judged, JudgeGolden(golden, trace, ""));
  if (options.json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"golden", options.file},
                                              {"trace", file},
                                              {"verdict", VerdictText(judged.verdict())},
                                              {"reason", judged.reason()},
                                              {"channels", lines}}
                           .dump(2));
    return judged.verdict();
  }
  for (const std::string& line : lines) fmt::print("{}\n", line);
  fmt::print("{}: {}\n", VerdictText(judged.verdict()), judged.reason());
  return judged.verdict();
}

Status Approve(const GoldenOptions& options) {
  RIG_TRY_ASSIGN(v1::Golden golden, Load(options.file));
  const std::string by = options.by.empty() ? DescribeEnvironment().operator_name() : options.by;
  RIG_TRY(ApproveGolden(golden, by, options.reason, NowUtc()));
  RIG_TRY(WriteFileAtomically(options.file, WriteYaml(golden)));
  Tell(options,
       {{"golden", options.file}, {"by", by}, {"reason", options.reason}, {"approved", true}},
       fmt::format("{}: approved by {}: {}", options.file, by, options.reason));
  return {};
}

int Report(const Status& status) {
  if (status) return kPassed;
  PrintError(status.error().message);
  return kRigError;
}

}  // namespace

void AddGoldenCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<GoldenOptions>();
  CLI::App* golden = app.add_subcommand("golden", "Record, compare and approve golden traces");
  golden->require_subcommand(1);

  CLI::App* record =
      golden->add_subcommand("record", "Run a scenario and propose channels of it as golden");
  record->footer(
      "Example:\n"
      "  rig golden record scenarios/infusion_pump/scenarios/flow_100.yaml \\\n"
      "    --to scenarios/infusion_pump/golden/flow_100.yaml \\\n"
      "    --channel 'plant.line.delivered_volume:0.1 mL:1 s' --channel 'observed.lamp_red:0.1:50 "
      "ms'\n");
  record->add_option("SCENARIO", options->scenario)->required()->check(CLI::ExistingFile);
  record->add_option("--to", options->file, "Golden file to write")->required()->type_name("FILE");
  record
      ->add_option("--channel", options->channels,
                   "CHANNEL:VALUE_TOLERANCE:TIME_TOLERANCE, repeated")
      ->required();
  options->AddEvidence(*record);
  options->AddWorkers(*record);
  options->AddJson(*record);
  record->callback([options, &exit_code] { exit_code = Report(Record(*options)); });

  CLI::App* diff = golden->add_subcommand("diff", "Compare a run with a golden trace");
  diff->footer("Example:\n  rig golden diff golden/flow_100.yaml infusion_pump.flow_100.0002\n");
  diff->add_option("GOLDEN", options->file)->required()->check(CLI::ExistingFile);
  diff->add_option("RUN", options->run, "Run folder, run name or trace file")->required();
  options->AddEvidence(*diff);
  options->AddJson(*diff);
  diff->callback([options, &exit_code] {
    const auto verdict = Diff(*options);
    if (!verdict) PrintError(verdict.error().message);
    exit_code = verdict ? ExitCodeOf(*verdict) : static_cast<int>(kRigError);
  });

  CLI::App* approve = golden->add_subcommand("approve", "Approve a golden trace: who and why");
  approve->footer(
      "Example:\n  rig golden approve golden/flow_100.yaml --reason 'flow start-up measured and "
      "reviewed, CR-12'\n");
  approve->add_option("GOLDEN", options->file)->required()->check(CLI::ExistingFile);
  approve->add_option("--reason", options->reason, "Why this is right")->required();
  approve->add_option("--by", options->by, "Who approves; default: RIG_OPERATOR or the login name");
  options->AddJson(*approve);
  approve->callback([options, &exit_code] { exit_code = Report(Approve(*options)); });
}

}  // namespace rig
