// `rig signal`: what the rig can play, and how it looks.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "reports/reports.h"
#include "rig/cli/commands.h"
#include "rig/cli/options.h"
#include "rig/cli/signal/calibration.h"
#include "rig/cli/signal/rendering.h"
#include "rig/cli/signal/signal_files.h"
#include "rig/cli/terminal.h"
#include "sim_signals/catalogue/describe.h"

namespace rig {
namespace {

nlohmann::ordered_json JsonOf(const GeneratorDescription& generator) {
  auto parameters = nlohmann::ordered_json::array();
  for (const ParameterDescription& p : generator.parameters) {
    parameters.push_back({{"key", p.key},
                          {"unit", p.unit},
                          {"default", p.value},
                          {"range", p.range},
                          {"text", p.text},
                          {"source", p.source}});
  }
  return {{"kind", generator.kind}, {"key", generator.key},       {"unit", generator.unit},
          {"text", generator.text}, {"source", generator.source}, {"parameters", parameters}};
}

int List(bool json) {
  const auto generators = Generators();
  if (json) {
    auto all = nlohmann::ordered_json::array();
    for (const GeneratorDescription& generator : generators) all.push_back(JsonOf(generator));
    fmt::print("{}\n", all.dump(2));
    return kPassed;
  }
  TextTable table{{"kind", "name", "unit", "what it makes"}, {}};
  for (const GeneratorDescription& generator : generators) {
    table.rows.push_back({generator.kind, generator.key, generator.unit, generator.text});
  }
  fmt::print("{}`rig signal show NAME` lists the parameters of one.\n",
             RenderTable(table, UseColour(stdout)));
  return kPassed;
}

void Print(const GeneratorDescription& generator) {
  fmt::print("{} {}: {}\n", generator.kind, generator.key, generator.text);
  if (!generator.unit.empty()) fmt::print("unit: {}\n", generator.unit);
  if (!generator.source.empty()) fmt::print("source: {}\n", generator.source);
  if (generator.parameters.empty()) return;
  TextTable table{{"parameter", "default", "range", "meaning"}, {}};
  for (const ParameterDescription& p : generator.parameters) {
    table.rows.push_back(
        {p.key, p.value, p.range, p.source.empty() ? p.text : p.text + " (" + p.source + ")"});
  }
  fmt::print("{}", RenderTable(table, UseColour(stdout)));
}

int Show(const std::string& name, bool json) {
  auto found = nlohmann::ordered_json::array();
  std::string known;
  for (const GeneratorDescription& generator : Generators()) {
    known += (known.empty() ? "" : ", ") + generator.key;
    if (generator.key != name) continue;
    found.push_back(JsonOf(generator));
    if (!json) Print(generator);
  }
  if (found.empty()) {
    PrintError(fmt::format("no generator \"{}\"; expected one of: {}", name, known));
    return kRigError;
  }
  if (json) fmt::print("{}\n", found.dump(2));
  return kPassed;
}

struct RenderOptions {
  RenderOrder order;
  SignalFiles files;
  std::string png;
};

Status RunRender(const RenderOptions& options) {
  if (!options.files.empty()) RIG_TRY(WriteSignals(options.order, options.files));
  if (!options.png.empty()) RIG_TRY(DrawSignals(options.order, options.png));
  if (!options.files.empty() || !options.png.empty()) return {};
  RIG_TRY_ASSIGN(const std::string plot, PlotSignals(options.order, TerminalColumns()));
  fmt::print("{}", plot);
  return {};
}

void AddRender(CLI::App& command, int& exit_code) {
  auto options = std::make_shared<RenderOptions>();
  CLI::App* render =
      command.add_subcommand("render", "Render signals of one body to files, or plot them");
  render->add_option("--body", options->order.body,
                     "YAML of a body step, with \"SECONDS:\" before it one from then on; repeated");
  render
      ->add_option("--play", options->order.play,
                   "NAME=YAML of a source, or NAME[UNIT]= where it has none of its own; repeated")
      ->required();
  render->add_option("--seed", options->order.seed, "Of the random numbers")->capture_default_str();
  render->add_option("--duration", options->order.duration_s, "Seconds")
      ->capture_default_str()
      ->check(NumberIn(1e-3, kLongestS));
  render
      ->add_option("--rate", options->order.rate_hz,
                   "Samples per second; the period is in whole nanoseconds")
      ->capture_default_str()
      ->check(NumberIn(0.1, 1e6));
  render->add_option("--csv", options->files.csv, "CSV file: time and a column for each signal");
  render->add_option("--truth", options->files.truth,
                     "CSV file: time, channel, value of the truth");
  render->add_option("--wfdb", options->files.wfdb,
                     "WFDB header; the samples and the ECG's truth (.atr) go beside it");
  render->add_option("--edf", options->files.edf, "EDF+ file, the ECG's truth as its annotations");
  render->add_option("--png", options->png, "PNG picture of the signals and their truth");
  render->footer(
      "Without a file the signals are plotted on the terminal.\n\nExamples:\n"
      "  rig signal render --body 'rhythm: {sinus: {rate: 72 bpm}}' --play 'ii=ecg: {lead: ii}' "
      "\\\n"
      "    --play 'finger=ppg: {wavelength: red}' --duration 5\n"
      "  rig signal render --body 'rhythm: {sinus: {rate: 80 bpm}}' \\\n"
      "    --body '10: rhythm: {ventricular_fibrillation: {}}' --play 'ecg=ecg: {}' \\\n"
      "    --duration 20 --rate 250 --wfdb vf.hea --truth vf_truth.csv --png vf.png");
  render->callback([options, &exit_code] {
    const Status done = RunRender(*options);
    if (!done) PrintError(done.error().message);
    exit_code = done ? kPassed : kRigError;
  });
}

}  // namespace

void AddSignalCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("signal", "Show what can be played, and render it");
  command->require_subcommand(1);
  CLI::App* list = command->add_subcommand("list", "Sources, parts of the body, artefacts, plants");
  auto list_json = std::make_shared<bool>(false);
  list->add_flag("--json", *list_json, "Machine-readable result on standard output");
  list->callback([list_json, &exit_code] { exit_code = List(*list_json); });
  CLI::App* show =
      command->add_subcommand("show", "Parameters of one: unit, range, default, source");
  auto name = std::make_shared<std::string>();
  auto show_json = std::make_shared<bool>(false);
  show->add_option("NAME", *name, "As `rig signal list` shows it")->required();
  show->add_flag("--json", *show_json, "Machine-readable result on standard output");
  show->footer("Example:\n  rig signal show ecg");
  show->callback([name, show_json, &exit_code] { exit_code = Show(*name, *show_json); });
  AddRender(*command, exit_code);
  AddCalibrationCommand(*command, exit_code);
}

}  // namespace rig
