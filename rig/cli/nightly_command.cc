#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "reports/reports.h"
#include "rig/base/digest.h"
#include "rig/cli/commands.h"
#include "rig/cli/options.h"
#include "rig/cli/show.h"
#include "rig/cli/terminal.h"
#include "rig/controller/nightly.h"
#include "rig/controller/qualify.h"
#include "rig/record/record.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

struct NightlyOptions : CommonOptions {
  std::vector<std::string> devices;
  std::string recordings;
  bool resume = false;
};

// report.html and junit.xml beside night.json.
Status WriteReports(const v1::NightRecord& night, const std::string& evidence) {
  const fs::path folder = NightFolder(evidence, night.night());
  std::vector<v1::RunRecord> records;
  for (const v1::NightRun& run : night.runs()) {
    if (run.run().empty()) continue;
    RIG_TRY_ASSIGN(v1::RunRecord record, LoadRunRecord(fs::path(evidence) / "runs" / run.run()));
    records.push_back(std::move(record));
  }
  RIG_TRY(WriteFileAtomically(folder / "junit.xml", JUnitXml(night, records)));
  RIG_TRY_ASSIGN(const std::string html, NightHtml(night, evidence));
  return WriteFileAtomically(folder / "report.html", html);
}

int Nightly(const NightlyOptions& options) {
  Progress progress(options.json);
  NightEvents events;
  events.planned = [&](const v1::NightRecord& night) {
    std::size_t due = 0;
    for (const v1::NightRun& run : night.runs()) due += run.verdict() == v1::VERDICT_UNSET ? 1 : 0;
    progress.Expect(due);
    progress.Note(
        fmt::format("night {}: {} scenarios, {} to run", night.night(), night.runs_size(), due));
  };
  events.progress = [&](const v1::RunOrder& order, RunTime t) { progress.Reached(order.run(), t); };
  events.ended = [&](const v1::NightRun& run) { progress.Ended(run.run(), run); };
  const auto night = RunNight({.devices = options.devices,
                               .evidence = options.evidence,
                               .workers = options.Workers(),
                               .recordings = options.recordings,
                               .resume = options.resume},
                              events);
  if (!night) {
    PrintError(night.error().message);
    return kRigError;
  }
  const Status reported = WriteReports(*night, options.evidence);
  if (!reported) PrintError("report: " + reported.error().message);
  if (options.json) {
    fmt::print("{}\n", ToJson(*night));
  } else {
    ShowNight(*night);
    fmt::print("report {}/report.html\n", NightFolder(options.evidence, night->night()));
  }
  return reported ? ExitCodeOf(night->verdict()) : kRigError;
}

struct QualifyCommandOptions : CommonOptions {
  std::string device;
  bool hidden = false;
};

int RunQualification(const QualifyCommandOptions& options) {
  Progress progress(options.json);
  QualifyEvents events;
  events.step = [&](const std::string& step) { progress.Note(step); };
  events.planned = [&](std::size_t runs) { progress.Expect(runs); };
  events.ended = [&](const v1::NightRun& run) { progress.Ended(run.run(), run); };
  const auto qualification = Qualify({.device = options.device,
                                      .evidence = options.evidence,
                                      .workers = options.Workers(),
                                      .hidden = options.hidden},
                                     events);
  if (!qualification) {
    PrintError(qualification.error().message);
    return kRigError;
  }
  if (options.json) {
    fmt::print("{}\n", ToJson(*qualification));
  } else {
    ShowQualification(*qualification);
  }
  return ExitCodeOf(QualificationVerdict(*qualification));
}

}  // namespace

void AddNightlyCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<NightlyOptions>();
  CLI::App* command =
      app.add_subcommand("nightly", "Run every scenario of devices, report and compare");
  command->footer(
      "Examples:\n"
      "  rig nightly scenarios/patient_monitor scenarios/infusion_pump\n"
      "  rig nightly scenarios/* --resume\n"
      "  rig nightly scenarios/* --recordings ~/physionet\n");
  command->add_option("DIR", options->devices, "Device folders")
      ->required()
      ->check(CLI::ExistingDirectory);
  AddRecordings(*command, options->recordings);
  command->add_flag("--resume", options->resume,
                    "Go on with the newest night that was interrupted");
  options->AddEvidence(*command);
  options->AddWorkers(*command);
  options->AddJson(*command);
  command->callback([options, &exit_code] { exit_code = Nightly(*options); });
}

void AddQualifyCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<QualifyCommandOptions>();
  CLI::App* command =
      app.add_subcommand("qualify", "Prove with planted defects that a device's suite can fail");
  command->footer(
      "Examples:\n"
      "  rig qualify scenarios/infusion_pump\n"
      "  rig qualify scenarios/infusion_pump --hidden\n");
  command->add_option("DEVICE", options->device, "Device folder")
      ->required()
      ->check(CLI::ExistingDirectory);
  command->add_flag("--hidden", options->hidden,
                    "The defects of mutants/hidden.yaml, which the scenarios are not expected to "
                    "find: see rig falsify");
  options->AddEvidence(*command);
  options->AddWorkers(*command);
  options->AddJson(*command);
  command->callback([options, &exit_code] { exit_code = RunQualification(*options); });
}

}  // namespace rig
