#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "reports/reports.h"
#include "rig/cli/commands.h"
#include "rig/cli/options.h"
#include "rig/cli/terminal.h"
#include "rig/controller/bench_lock.h"
#include "rig/controller/fixture_survey.h"

namespace rig {
namespace {

struct ListOptions : CommonOptions {
  std::vector<std::string> benches;
};

struct ProbeOptions : CommonOptions {
  std::string bench;
};

int RunList(const ListOptions& options) {
  std::vector<LoadedBench> benches;
  for (const std::string& file : options.benches) {
    auto bench = LoadBench(file);
    if (!bench) {
      PrintError(bench.error().message);
      return kRigError;
    }
    benches.push_back(std::move(*bench));
  }
  const auto devices = SurveyFixtures(benches);
  if (!devices) {
    PrintError(devices.error().message);
    return kRigError;
  }
  TextTable table{
      {"kind", "port", "id", "name", "serial", "kernel driver", "fits", "named by", "problem"}, {}};
  auto all = nlohmann::ordered_json::array();
  for (const SurveyedDevice& one : *devices) {
    table.rows.push_back({one.kind, one.port, one.id, one.name, one.serial, one.holder, one.fits,
                          fmt::format("{}", fmt::join(one.named_by, " ")), one.problem});
    all.push_back({{"kind", one.kind},
                   {"port", one.port},
                   {"id", one.id},
                   {"name", one.name},
                   {"serial", one.serial},
                   {"kernel_driver", one.holder},
                   {"fits", one.fits},
                   {"named_by", one.named_by},
                   {"problem", one.problem}});
  }
  if (options.json) {
    fmt::print("{}\n", all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    fmt::print("{}{} plugged in\n", RenderTable(table, UseColour(stdout)), devices->size());
  }
  return kPassed;
}

int RunProbe(const ProbeOptions& options) {
  const auto bench = LoadBench(options.bench);
  if (!bench) {
    PrintError(bench.error().message);
    return kRigError;
  }
  // Asking a card lets its outputs go.
  const auto lock = BenchLock::Take(*bench);
  if (!lock) {
    PrintError(lock.error().message);
    return kRigError;
  }
  TextTable table{
      {"fixture", "driver", "answers", "maker", "model", "serial", "firmware", "problem"}, {}};
  auto all = nlohmann::ordered_json::array();
  bool good = true;
  for (const ProbedFixture& one : ProbeFixtures(*bench)) {
    good = good && one.problem.empty();
    const FixtureIdentity& who = one.identity;
    table.rows.push_back({one.fixture, one.driver, one.answers, who.maker, who.model, who.serial,
                          who.firmware, one.problem});
    all.push_back({{"fixture", one.fixture},
                   {"driver", one.driver},
                   {"answers", one.answers},
                   {"maker", who.maker},
                   {"model", who.model},
                   {"serial", who.serial},
                   {"firmware", who.firmware},
                   {"problem", one.problem}});
  }
  if (options.json) {
    fmt::print("{}\n", all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    fmt::print("{}", RenderTable(table, UseColour(stdout)));
  }
  return good ? kPassed : kRigError;
}

}  // namespace

void AddFixturesCommand(CLI::App& app, int& exit_code) {
  CLI::App* fixtures = app.add_subcommand("fixtures", "What is plugged in, and does it answer");
  fixtures->require_subcommand(1);
  auto list_options = std::make_shared<ListOptions>();
  CLI::App* list = fixtures->add_subcommand("list", "USB devices and serial ports of this machine");
  list->footer(
      "Examples:\n"
      "  rig fixtures list\n"
      "  rig fixtures list --bench bench/rack_2.yaml --json\n");
  list->add_option("--bench", list_options->benches,
                   "Bench files: which fixture means which device")
      ->check(CLI::ExistingFile);
  list_options->AddJson(*list);
  list->callback([list_options, &exit_code] { exit_code = RunList(*list_options); });

  auto probe_options = std::make_shared<ProbeOptions>();
  CLI::App* probe =
      fixtures->add_subcommand("probe", "Open each fixture of a bench on its own: who is it?");
  probe->footer(
      "Exit code 3 when one does not answer; the table says why, and what is the likely cause.\n"
      "Loaders are not asked: most could not answer without taking the board's firmware away.\n"
      "Outputs of supplies, relays and hubs stay as they are; those of a card are let go.\n"
      "Examples:\n"
      "  rig fixtures probe bench/rack_2.yaml\n");
  probe->add_option("BENCH", probe_options->bench, "Bench file")
      ->required()
      ->check(CLI::ExistingFile);
  probe_options->AddJson(*probe);
  probe->callback([probe_options, &exit_code] { exit_code = RunProbe(*probe_options); });
}

}  // namespace rig
