#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "rig/base/digest.h"
#include "rig/check/golden/golden.h"
#include "rig/cli/commands.h"
#include "rig/cli/golden_diff.h"
#include "rig/cli/golden_record.h"
#include "rig/cli/terminal.h"
#include "rig/controller/environment.h"
#include "rig/controller/golden_runs.h"
#include "rig/controller/perform.h"

namespace rig {
namespace {

using OptionsPtr = std::shared_ptr<GoldenOptions>;
using nlohmann::ordered_json;

// What is known of the difference to what was approved last: its digest, not its contents.
std::string SinceLastApproval(const v1::Golden& golden) {
  if (golden.approval().content_sha256().empty()) return "first approval of this file";
  const std::string last = fmt::format("{} on {}", golden.approval().by(), golden.approval().at());
  if (golden.approval().content_sha256() == GoldenContentSha256(golden)) {
    return "unchanged since the approval by " + last;
  }
  return "changed since the approval by " + last +
         "; what was approved then is not kept here, compare with it before relying on this";
}

Status Approve(const GoldenOptions& options) {
  RIG_TRY_ASSIGN(LoadedGolden golden, LoadGolden(options.file));
  const std::string since = SinceLastApproval(golden.message);
  const std::string by = options.by.empty() ? DescribeEnvironment().operator_name() : options.by;
  RIG_TRY(ApproveGolden(golden.message, by, options.reason, NowUtc()));
  RIG_TRY_ASSIGN(const std::vector<std::string> requirements, RequirementsOf(options.file));
  RIG_TRY(WriteGolden(options.file, golden.message));
  if (options.json) {
    fmt::print("{}\n", ordered_json{{"golden", options.file},
                                    {"by", by},
                                    {"reason", options.reason},
                                    {"approved", true},
                                    {"since_last", since},
                                    {"requirements", requirements}}
                           .dump(2));
    return {};
  }
  fmt::print("{}: approved by {}: {}; {}; {}\n", options.file, by, options.reason, since,
             DescribeRequirements(requirements));
  return {};
}

void PrintDerivation(const GoldenOptions& options, const Derivation& derivation,
                     const std::vector<std::string>& requirements) {
  auto channels = ordered_json::array();
  for (const v1::GoldenChannel& channel : derivation.golden.channels()) {
    if (!channel.has_derived()) continue;
    const v1::DerivedTolerance& derived = channel.derived();
    const bool is_time = derived.tolerance() == v1::DerivedTolerance::TIME;
    const double now =
        is_time ? 1e-9 * static_cast<double>(channel.time_tolerance()) : channel.value_tolerance();
    channels.push_back({{"channel", channel.channel()},
                        {"tolerance", is_time ? "time" : "value"},
                        {"derived", now},
                        {"unit", is_time ? "s" : channel.unit()},
                        {"mean", derived.mean()},
                        {"deviation", derived.deviation()},
                        {"largest", derived.largest()},
                        {"factor", derived.factor()}});
    if (options.json) continue;
    fmt::print(
        "{}: {} tolerance {:.6g} {}; runs needed {:.6g} on average, deviation {:.6g}, at "
        "most {:.6g}\n",
        channel.channel(), is_time ? "time" : "value", now, is_time ? "s" : channel.unit(),
        derived.mean(), derived.deviation(), derived.largest());
  }
  const v1::ToleranceBasis& basis = derivation.golden.basis();
  if (options.json) {
    fmt::print("{}\n", ordered_json{{"golden", options.file},
                                    {"method", options.method},
                                    {"coverage", basis.coverage()},
                                    {"confidence", basis.confidence()},
                                    {"conditions", basis.conditions()},
                                    {"channels", channels},
                                    {"notes", derivation.notes},
                                    {"requirements", requirements}}
                           .dump(2));
    return;
  }
  for (const std::string& note : derivation.notes) fmt::print("{}\n", note);
  fmt::print(
      "{}: of each channel by itself, not of all at once: {:g} % confident that at least {:g} % of "
      "such runs need no more, from {} distinct conditions ({}); not approved any more; {}\n",
      options.file, 100 * basis.confidence(), 100 * basis.coverage(), basis.conditions(),
      options.method, DescribeRequirements(requirements));
}

Status Derive(const GoldenOptions& options) {
  RIG_TRY_ASSIGN(const LoadedGolden golden, LoadGolden(options.file));
  std::vector<DerivationRun> runs;
  for (const std::string& name : options.runs) {
    RIG_TRY_ASSIGN(const std::string trace, FindTrace(name, options.evidence));
    RIG_TRY_ASSIGN(DerivationRun run, AsDerivationRun(golden.message, trace));
    runs.push_back(std::move(run));
  }
  const DerivationPlan plan{.method = options.method == "normal"
                                          ? v1::ToleranceBasis::NORMAL
                                          : v1::ToleranceBasis::NON_PARAMETRIC,
                            .coverage = options.coverage,
                            .confidence = options.confidence,
                            .by_time = {options.by_time.begin(), options.by_time.end()}};
  RIG_TRY_ASSIGN(const Derivation derivation, DeriveTolerances(golden.message, runs, plan));
  RIG_TRY_ASSIGN(const std::vector<std::string> requirements, RequirementsOf(options.file));
  RIG_TRY(WriteGolden(options.file, derivation.golden));
  PrintDerivation(options, derivation, requirements);
  return {};
}

int Report(const Status& status) {
  if (status) return kPassed;
  PrintError(status.error().message);
  return kRigError;
}

void AddRecord(CLI::App& golden, const OptionsPtr& options, int& exit_code) {
  CLI::App* record =
      golden.add_subcommand("record", "Run a scenario and propose channels of it as golden");
  record->footer(
      "Example:\n"
      "  rig golden record scenarios/infusion_pump/scenarios/flow_100.yaml \\\n"
      "    --to scenarios/infusion_pump/golden/flow_100.yaml \\\n"
      "    --channel 'plant.line.delivered_volume:0.1 mL, 1 % of range:1 s' \\\n"
      "    --channel 'device.alarm_priority:0:200 ms:events' --alignment '100 ms'\n");
  record->add_option("SCENARIO", options->scenario)->required()->check(CLI::ExistingFile);
  record->add_option("--to", options->file, "Golden file to write")->required()->type_name("FILE");
  record
      ->add_option("--channel", options->channels,
                   "CHANNEL:VALUE_TOLERANCE:TIME_TOLERANCE[:linear|events|messages], repeated; a "
                   "value tolerance is 'X', 'P % of range', 'P % of point' or several with commas")
      ->required();
  record->add_option("--phase", options->phases, "PHASE:FROM:TO, repeated");
  record->add_option("--in-phase", options->phase_tolerances,
                     "PHASE:CHANNEL:VALUE_TOLERANCE:TIME_TOLERANCE, repeated");
  record->add_option("--alignment", options->alignment,
                     "How much earlier or later the run as a whole may be; default: not shifted");
  record->add_option("--from-inconclusive", options->from_inconclusive,
                     "Take an inconclusive run, for this reason; it is stored in the golden");
  record->add_option("--bench", options->bench, "Bench file; default: the device's virtual bench")
      ->check(CLI::ExistingFile);
  options->AddEvidence(*record);
  options->AddWorkers(*record);
  options->AddJson(*record);
  record->callback([options, &exit_code] { exit_code = Report(RecordGoldenFile(*options)); });
}

void AddDiff(CLI::App& golden, const OptionsPtr& options, int& exit_code) {
  CLI::App* diff = golden.add_subcommand("diff", "Compare a run with a golden trace");
  diff->footer("Example:\n  rig golden diff golden/flow_100.yaml infusion_pump.flow_100.0002\n");
  diff->add_option("GOLDEN", options->file)->required()->check(CLI::ExistingFile);
  diff->add_option("RUN", options->run, "Run folder, run name or trace file")->required();
  options->AddEvidence(*diff);
  options->AddJson(*diff);
  diff->callback([options, &exit_code] {
    const auto verdict = DiffGoldenFile(*options);
    if (!verdict) PrintError(verdict.error().message);
    exit_code = verdict ? ExitCodeOf(*verdict) : static_cast<int>(kRigError);
  });
}

void AddDerive(CLI::App& golden, const OptionsPtr& options, int& exit_code) {
  CLI::App* derive = golden.add_subcommand(
      "derive", "Replace a golden's tolerances by what repeated or varied runs need");
  derive->footer(
      "Example:\n"
      "  for seed in $(seq 59); do rig run scenarios/flow_100.yaml --seed $seed; done\n"
      "  rig golden derive golden/flow_100.yaml evidence/runs/infusion_pump.flow_100.*\n");
  derive->add_option("GOLDEN", options->file)->required()->check(CLI::ExistingFile);
  derive->add_option("RUN", options->runs, "Run folders, run names or trace files")->required();
  derive->add_option("--method", options->method, "How the runs' needs become a tolerance")
      ->check(CLI::IsMember({"non-parametric", "normal"}))
      ->capture_default_str();
  derive->add_option("--coverage", options->coverage, "Share of runs that shall stay inside")
      ->check(NumberIn(0.01, 0.9999))
      ->capture_default_str();
  derive->add_option("--confidence", options->confidence)
      ->check(NumberIn(0.01, 0.9999))
      ->capture_default_str();
  derive->add_option("--time", options->by_time,
                     "Channel whose time tolerance is derived instead of its value's, repeated");
  options->AddEvidence(*derive);
  options->AddJson(*derive);
  derive->callback([options, &exit_code] { exit_code = Report(Derive(*options)); });
}

void AddApprove(CLI::App& golden, const OptionsPtr& options, int& exit_code) {
  CLI::App* approve = golden.add_subcommand("approve", "Approve a golden trace: who and why");
  approve->footer(
      "Example:\n  rig golden approve golden/flow_100.yaml --reason 'flow start-up measured and "
      "reviewed, CR-12'\n");
  approve->add_option("GOLDEN", options->file)->required()->check(CLI::ExistingFile);
  approve->add_option("--reason", options->reason, "Why this is right")->required();
  approve->add_option("--by", options->by, "Who approves; default: RIG_OPERATOR or the login name");
  options->AddJson(*approve);
  approve->callback([options, &exit_code] { exit_code = Report(Approve(*options)); });
}

}  // namespace

void AddGoldenCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<GoldenOptions>();
  CLI::App* golden =
      app.add_subcommand("golden", "Record, compare, derive and approve golden traces");
  golden->require_subcommand(1);
  AddRecord(*golden, options, exit_code);
  AddDiff(*golden, options, exit_code);
  AddDerive(*golden, options, exit_code);
  AddApprove(*golden, options, exit_code);
}

}  // namespace rig
