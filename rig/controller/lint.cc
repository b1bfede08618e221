#include "rig/controller/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "rig/agreement/allowances.h"
#include "rig/bench/bench.h"
#include "rig/controller/golden_runs.h"
#include "rig/controller/prepare.h"
#include "rig/scenario/scenario.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

Result<PreparedRun> PrepareToLint(const std::string& path, std::string bench) {
  if (bench.empty()) {
    RIG_TRY_ASSIGN(bench, DefaultBench(path));
  }
  v1::RunOrder order;
  order.set_scenario(path);
  order.set_bench(bench);
  return PrepareRun(order, Recordings::kMayBeAbsent);
}

std::vector<std::string> LintScenario(const std::string& path, const std::string& bench) {
  const auto prepared = PrepareToLint(path, bench);
  if (!prepared) return {prepared.error().message};
  return {};
}

std::vector<std::string> LintBench(const fs::path& path) {
  const auto bench = LoadBench(path);
  if (!bench) return {bench.error().message};
  return {};
}

// What a bench may differ by from another: each allowance is for a scenario and check that there
// are.
std::vector<std::string> LintAgreement(const fs::path& path) {
  Allowances allowances;
  const Status loaded = allowances.Load(path);
  if (!loaded) return {loaded.error().message};
  const auto device = LoadDeviceFolder(path.parent_path().parent_path());
  if (!device) return {device.error().message};
  std::vector<fs::path> files = device->scenarios;
  files.insert(files.end(), device->recorded.begin(), device->recorded.end());
  for (const fs::path& file : files) {
    const auto run = PrepareToLint(file.string(), "");
    if (!run) continue;  // says so itself
    std::vector<std::string> checks;
    for (const PreparedCheck& check : run->checks) checks.push_back(check.message.id());
    allowances.NoteScenario(device->name, run->scenario.message.scenario(), checks);
  }
  return allowances.ForNothing();
}

// A requirement is verified by a check of some scenario, or says why not; never both.
void LintCoverage(const DeviceFolder& device, const std::set<std::string>& verified,
                  std::vector<std::string>& problems) {
  for (const v1::Requirement& requirement : device.requirements.requirements()) {
    const bool covered = verified.contains(requirement.id());
    const std::string where =
        (device.directory / "requirements.yaml").string() + ": " + requirement.id();
    if (!covered && requirement.not_covered().empty()) {
      problems.push_back(where +
                         ": no scenario verifies it; expected a check that does, or not_covered");
    }
    if (covered && !requirement.not_covered().empty()) {
      problems.push_back(where + ": is verified; expected no not_covered");
    }
  }
}

// Those no check uses, too: whoever reads them must know.
void LintGoldens(const DeviceFolder& device, const std::string& bench,
                 std::vector<std::string>& problems) {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(device.directory / "golden", none)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    for (std::string& reason : StaleReasons(file, bench)) problems.push_back(std::move(reason));
  }
}

std::vector<std::string> LintDevice(const std::string& directory, const std::string& bench) {
  const auto device = LoadDeviceFolder(directory);
  if (!device) return {device.error().message};
  std::vector<std::string> problems = LintBench(device->bench);
  std::set<std::string> verified;
  std::set<std::string> names;
  std::vector<fs::path> scenarios = device->scenarios;
  scenarios.insert(scenarios.end(), device->recorded.begin(), device->recorded.end());
  for (std::size_t i = 0; i < scenarios.size(); ++i) {
    for (std::string& problem : LintScenario(scenarios[i].string(), bench)) {
      problems.push_back(std::move(problem));
    }
    const auto scenario = LoadScenario(scenarios[i]);
    if (!scenario) continue;
    const v1::Scenario& message = scenario->message;
    if (!names.insert(message.scenario()).second) {
      problems.push_back(fmt::format("{}: scenario {} again; expected a name of its own",
                                     scenario->where.At("scenario"), message.scenario()));
    }
    // Not everyone has the recordings: what only they verify, an ordinary night would not.
    if (i >= device->scenarios.size()) continue;
    for (const v1::Check& check : message.checks()) {
      const auto& ids = check.verifies().empty() ? message.verifies() : check.verifies();
      verified.insert(ids.begin(), ids.end());
    }
  }
  LintCoverage(*device, verified, problems);
  const fs::path agreement = device->directory / "bench" / "agreement.yaml";
  if (fs::exists(agreement)) {
    for (std::string& problem : LintAgreement(agreement)) problems.push_back(std::move(problem));
  }
  LintGoldens(*device, bench, problems);
  return problems;
}

}  // namespace

std::vector<std::string> Lint(const std::string& path, const std::string& bench) {
  if (fs::is_directory(path)) return LintDevice(path, bench);
  const fs::path folder = fs::absolute(path).parent_path();
  const std::string kind = folder.filename().string();
  if (kind == "scenarios" || kind == "recorded") return LintScenario(path, bench);
  if (kind == "bench" && fs::path(path).filename() == "agreement.yaml") {
    return LintAgreement(fs::absolute(path));
  }
  if (kind == "bench") return LintBench(path);
  if (kind == "golden") return StaleReasons(path, bench);
  // requirements.yaml, risks.yaml, mutants/mutants.yaml: only right together.
  const fs::path device = kind == "mutants" ? folder.parent_path() : folder;
  if (fs::exists(device / "requirements.yaml")) {
    const auto loaded = LoadDeviceFolder(device);
    if (!loaded) return {loaded.error().message};
    return {};
  }
  return {path +
          ": lies in no device folder; expected <device>/scenarios, recorded, bench, golden or "
          "mutants, or the folder"};
}

}  // namespace rig
