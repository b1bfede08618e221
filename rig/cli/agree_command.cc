#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <set>

#include "reports/agreement.h"
#include "rig/agreement/agreement.h"
#include "rig/base/digest.h"
#include "rig/cli/commands.h"
#include "rig/cli/options.h"
#include "rig/cli/terminal.h"
#include "rig/record/record.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

struct AgreeOptions : CommonOptions {
  std::string left;
  std::vector<std::string> right;
  std::vector<std::string> allowances;
  std::string html;
  bool all = false;
};

// The files named, or else agreement.yaml beside the bench files that the runs name.
Result<Allowances> LoadAllowances(const AgreeOptions& options, const EvidenceSide& left) {
  std::set<fs::path> files(options.allowances.begin(), options.allowances.end());
  if (options.allowances.empty()) {
    for (const v1::RunRecord& record : left.records) {
      const fs::path file = fs::path(record.bench_file().path()).parent_path() / "agreement.yaml";
      if (fs::exists(file)) files.insert(file);
    }
  }
  Allowances allowances;
  for (const fs::path& file : files) RIG_TRY(allowances.Load(file));
  return allowances;
}

int ExitCodeFor(v1::AgreementReport::Outcome outcome) {
  switch (outcome) {
    case v1::AgreementReport::AGREES:
    case v1::AgreementReport::ALLOWED:
      return kPassed;
    case v1::AgreementReport::UNEXPLAINED:
    case v1::AgreementReport::VERDICT_DIFFERS:
      return kFailed;
    default:
      return kRigError;
  }
}

Result<int> Agree(const AgreeOptions& options) {
  RIG_TRY_ASSIGN(const EvidenceSide left, LoadSide({options.left}));
  RIG_TRY_ASSIGN(const EvidenceSide right, LoadSide(options.right));
  RIG_TRY_ASSIGN(Allowances allowances, LoadAllowances(options, left));
  const v1::AgreementReport report = CompareSides(left, right, allowances);
  if (!options.html.empty()) RIG_TRY(WriteFileAtomically(options.html, AgreementHtml(report)));
  if (options.json) {
    fmt::print("{}\n", ToJson(report));
    return ExitCodeFor(report.outcome());
  }
  const TextTable table = AgreementTable(report, options.all);
  if (!table.rows.empty()) fmt::print("{}", RenderTable(table, UseColour(stdout)));
  for (const std::string& line : AgreementSummary(report)) fmt::print("{}\n", line);
  return ExitCodeFor(report.outcome());
}

}  // namespace

void AddAgreeCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<AgreeOptions>();
  CLI::App* command = app.add_subcommand("agree", "Do two benches come to the same verdicts?");
  command->footer(
      "The newest attempts of each scenario are compared, check by check: verdict, margin, margin\n"
      "in time. A difference may be as large as the expanded uncertainty of both sides together,\n"
      "and beside it what agreement.yaml allows, with its cause. Verdicts must be equal.\n"
      "Exit code 0: all agree or are allowed; 1: a verdict differs, also among attempts of one "
      "side\n"
      "on the same inputs, or a margin without a known cause; 3: runs are missing, are rig "
      "errors,\n"
      "had other inputs or one and the same bench.\n"
      "Examples:\n"
      "  rig agree evidence table/evidence\n"
      "  rig agree evidence table/*/evidence --html agreement.html\n"
      "  rig agree evidence table/evidence --allowances bench/agreement.yaml --all\n");
  command->add_option("LEFT", options->left, "Evidence folder, such as of a night")
      ->required()
      ->check(CLI::ExistingDirectory);
  command
      ->add_option("RIGHT", options->right, "Evidence folders of the other bench, taken together")
      ->required()
      ->check(CLI::ExistingDirectory);
  command
      ->add_option("--allowances", options->allowances,
                   "Declared differences; default: agreement.yaml beside the left bench files")
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  command->add_option("--html", options->html, "The comparison as a page")->type_name("FILE");
  command->add_flag("--all", options->all, "Also what plainly agrees");
  options->AddJson(*command);
  command->callback([options, &exit_code] {
    const auto done = Agree(*options);
    if (!done) PrintError(done.error().message);
    exit_code = done ? *done : static_cast<int>(kRigError);
  });
}

}  // namespace rig
