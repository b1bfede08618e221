#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "reports/reports.h"
#include "rig/cli/commands.h"
#include "rig/cli/options.h"
#include "rig/cli/picture.h"
#include "rig/cli/terminal.h"
#include "rig/controller/bench_check.h"
#include "rig/controller/lint.h"
#include "rig/record/record.h"
#include "rig/record/trace_reader.h"

namespace rig {
namespace {

struct LintOptions : CommonOptions {
  std::vector<std::string> files;
  std::string bench;
};

int RunLint(const LintOptions& options) {
  auto all = nlohmann::ordered_json::array();
  std::size_t problems = 0;
  for (const std::string& file : options.files) {
    for (const std::string& problem : Lint(file, options.bench)) {
      ++problems;
      all.push_back(problem);
      if (!options.json) fmt::print("{}\n", problem);
    }
  }
  if (options.json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"files", options.files}, {"problems", all}}.dump(2));
  } else {
    fmt::print("{} checked, {}\n", options.files.size(),
               problems == 0 ? "clean" : fmt::format("{} problem(s)", problems));
  }
  return problems == 0 ? kPassed : kRigError;
}

struct TraceOptions : CommonOptions {
  std::string run;
  bool csv = false;
  bool plot = false;
  std::string png;
  std::vector<std::string> channels;
};

Status ShowTrace(const TraceOptions& options) {
  RIG_TRY_ASSIGN(const std::string file, FindTrace(options.run, options.evidence));
  RIG_TRY_ASSIGN(const TraceReader trace, TraceReader::Open(file));
  for (const std::string& channel : options.channels) {
    if (trace.Find(channel) != nullptr) continue;
    std::string known;
    for (const std::string& name : trace.Names()) known += (known.empty() ? "" : ", ") + name;
    return MakeError(Code::kNotFound,
                     fmt::format("{}: no channel {}; expected one of {}", file, channel, known));
  }
  const auto channels = options.channels.empty() ? trace.Names() : options.channels;
  if (options.csv) return WriteTraceCsv(trace, channels, stdout);
  if (options.plot) {
    RIG_TRY_ASSIGN(const std::string plot, PlotTrace(trace, channels, TerminalColumns()));
    fmt::print("{}", plot);
    return {};
  }
  if (!options.png.empty()) {
    RIG_TRY_ASSIGN(const std::string svg, TraceSvg(trace, options.channels, file));
    return WritePng(svg, options.png);
  }
  RIG_TRY_ASSIGN(const v1::TraceIndex index, trace.Index());
  if (options.json) {
    fmt::print("{}\n", ToJson(index));
    return {};
  }
  TextTable table{{"channel", "unit", "kind", "values", "SHA-256"}, {}};
  for (const v1::ChannelIndex& channel : index.channels()) {
    table.rows.push_back({channel.name(), channel.unit(), v1::ChannelKind_Name(channel.kind()),
                          std::to_string(channel.count()), channel.sha256().substr(0, 16)});
  }
  fmt::print("{}until {:.3f} s; trace SHA-256 {}\n", RenderTable(table, UseColour(stdout)),
             1e-9 * static_cast<double>(index.end_ns()), index.sha256());
  return {};
}

int RunTrace(const TraceOptions& options) {
  const Status shown = ShowTrace(options);
  if (shown) return kPassed;
  PrintError(shown.error().message);
  return kRigError;
}

struct BenchOptions : CommonOptions {
  std::vector<std::string> benches;
};

// Those of the device folders in scenarios/, when none is named.
std::vector<std::string> BenchesHere() {
  std::vector<std::string> benches;
  std::error_code none;
  for (const auto& device : std::filesystem::directory_iterator("scenarios", none)) {
    const auto bench = device.path() / "bench" / "virtual.yaml";
    if (std::filesystem::exists(bench)) benches.push_back(bench.string());
  }
  std::sort(benches.begin(), benches.end());
  return benches;
}

int RunBenchCheck(BenchOptions options) {
  if (options.benches.empty()) options.benches = BenchesHere();
  if (options.benches.empty()) {
    PrintError("no bench: expected --bench FILE, or scenarios/<device>/bench/virtual.yaml here");
    return kUsage;
  }
  v1::Verdict worst = v1::PASS;
  auto all = nlohmann::ordered_json::array();
  for (const std::string& bench : options.benches) {
    const auto health = CheckBench(bench);
    if (!health) {
      PrintError(health.error().message);
      worst = v1::ERROR;
      continue;
    }
    worst = Worst(worst, health->verdict());
    TextTable table{{"fixture", "check", "measured", "expected", "verdict", "what to do"}, {}};
    for (const v1::HealthFinding& f : health->findings()) {
      const std::string verdict(VerdictText(f.verdict()));
      table.rows.push_back(
          {f.fixture(), f.what(), f.measured(), f.expected(), verdict, f.remedy()});
      all.push_back({{"bench", bench},
                     {"fixture", f.fixture()},
                     {"check", f.what()},
                     {"measured", f.measured()},
                     {"expected", f.expected()},
                     {"verdict", verdict}});
      if (f.known()) {
        all.back()["value"] = f.value();
        all.back()["limit"] = f.limit();
        all.back()["unit"] = f.unit();
        all.back()["how"] = f.how();
      }
      if (!f.remedy().empty()) all.back()["remedy"] = f.remedy();
    }
    if (!options.json) {
      fmt::print("{}\n{}fixtures checked in {:.1f} ms\n", bench,
                 RenderTable(table, UseColour(stdout)), 1e3 * health->took_s());
    }
  }
  if (options.json) fmt::print("{}\n", all.dump(2));
  return ExitCodeOf(worst);
}

}  // namespace

void AddLintCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<LintOptions>();
  CLI::App* command =
      app.add_subcommand("lint", "Check scenario, bench and device files without running them");
  command->footer(
      "Examples:\n"
      "  rig lint scenarios/patient_monitor\n"
      "  rig lint scenarios/infusion_pump/scenarios/occlusion.yaml\n");
  command->add_option("FILE", options->files, "Files or device folders")
      ->required()
      ->check(CLI::ExistingPath);
  command
      ->add_option("--bench", options->bench,
                   "Bench to check scenarios against; default: the device's own")
      ->check(CLI::ExistingFile);
  options->AddJson(*command);
  command->callback([options, &exit_code] { exit_code = RunLint(*options); });
}

void AddTraceCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<TraceOptions>();
  CLI::App* command = app.add_subcommand("trace", "List, export or draw what a run recorded");
  command->footer(
      "Examples:\n"
      "  rig trace patient_monitor.asystole.0001\n"
      "  rig trace evidence/runs/patient_monitor.asystole.0001 --plot --channels "
      "observed.ecg,observed.lamp_red\n"
      "  rig trace patient_monitor.asystole.0001 --png asystole.png\n"
      "  rig trace patient_monitor.asystole.0001 --csv --channels device.heart_rate > rate.csv\n");
  command->add_option("RUN", options->run, "Run folder, run name or trace file")->required();
  CLI::Option* csv = command->add_flag("--csv", options->csv, "time_s,channel,value rows");
  CLI::Option* plot = command->add_flag("--plot", options->plot, "Draw on the terminal");
  plot->excludes(csv);
  command->add_option("--png", options->png, "Draw into this PNG file, all that changes")
      ->excludes(csv)
      ->excludes(plot);
  command->add_option("--channels", options->channels, "Only these")->delimiter(',');
  options->AddEvidence(*command);
  options->AddJson(*command);
  command->callback([options, &exit_code] { exit_code = RunTrace(*options); });
}

void AddBenchCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* bench = app.add_subcommand("bench", "Look after benches");
  bench->require_subcommand(1);
  CLI::App* command = bench->add_subcommand("check", "Is the bench fit to run?");
  command->footer(
      "Examples:\n"
      "  rig bench check\n"
      "  rig bench check --bench scenarios/patient_monitor/bench/virtual.yaml\n");
  command
      ->add_option("--bench", options->benches,
                   "Bench files; default: those of the device folders in scenarios/")
      ->check(CLI::ExistingFile);
  options->AddJson(*command);
  command->callback([options, &exit_code] { exit_code = RunBenchCheck(*options); });
}

}  // namespace rig
