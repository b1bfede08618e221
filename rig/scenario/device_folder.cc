#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <system_error>

#include "rig/base/names.h"
#include "rig/scenario/scenario.h"

namespace rig {
namespace {

namespace fs = std::filesystem;
using Ids = std::set<std::string>;

constexpr std::string_view kOwnId = "an id of its own";

std::vector<std::string> List(const Ids& ids) { return {ids.begin(), ids.end()}; }

// Whether a list of a file refers to known ids only.
template <typename References>
Status CheckReferences(const SourceMap& where, const std::string& path,
                       const References& references, std::string_view what, const Ids& known) {
  for (int i = 0; i < references.size(); ++i) {
    if (known.contains(references[i])) continue;
    return where.Refuse(fmt::format("{}[{}]", path, i),
                        fmt::format("no {} \"{}\"", what, references[i]),
                        OneOf(references[i], List(known)));
  }
  return {};
}

Status CheckDevice(const SourceMap& where, const std::string& device, const std::string& expected) {
  if (device == expected) return {};
  return where.Refuse("device", fmt::format("device \"{}\"", device),
                      fmt::format("\"{}\", as in requirements.yaml", expected));
}

Result<Ids> CheckRequirements(const v1::Requirements& file, const SourceMap& where) {
  if (!IsName(file.device())) {
    return where.Refuse("device", fmt::format("device \"{}\"", file.device()), kNameForm);
  }
  Ids ids;
  for (int i = 0; i < file.requirements_size(); ++i) {
    const v1::Requirement& requirement = file.requirements(i);
    const std::string path = fmt::format("requirements[{}]", i);
    if (!ids.insert(requirement.id()).second) {
      return where.Refuse(path + ".id", fmt::format("requirement \"{}\" again", requirement.id()),
                          kOwnId);
    }
    // Whoever leaves a requirement unverified says why.
    const std::string& reason = requirement.not_covered();
    if (requirement.has_not_covered() && reason.find_first_not_of(" \t\r\n") == std::string::npos) {
      return where.Refuse(path + ".not_covered", "blank text",
                          "the reason why no scenario verifies it");
    }
  }
  return ids;
}

Status CheckDefinitions(const v1::Requirements& file, const SourceMap& where) {
  Ids names;
  for (int i = 0; i < file.definitions_size(); ++i) {
    const std::string& name = file.definitions(i).name();
    const std::string at = fmt::format("definitions[{}].name", i);
    if (!IsName(name)) return where.Refuse(at, fmt::format("\"{}\"", name), kNameForm);
    if (!names.insert(name).second) {
      return where.Refuse(at, fmt::format("definition \"{}\" again", name), kOwnId);
    }
  }
  return {};
}

Status CheckRisks(const v1::Risks& file, const SourceMap& where, const std::string& device,
                  const Ids& requirements) {
  RIG_TRY(CheckDevice(where, file.device(), device));
  Ids risks;
  Ids controls;
  for (int i = 0; i < file.risks_size(); ++i) {
    const v1::Risk& risk = file.risks(i);
    const std::string path = fmt::format("risks[{}]", i);
    if (!risks.insert(risk.id()).second) {
      return where.Refuse(path + ".id", fmt::format("risk \"{}\" again", risk.id()), kOwnId);
    }
    for (int j = 0; j < risk.controls_size(); ++j) {
      const v1::RiskControl& control = risk.controls(j);
      const std::string below = fmt::format("{}.controls[{}]", path, j);
      if (!controls.insert(control.id()).second) {
        return where.Refuse(below + ".id", fmt::format("risk control \"{}\" again", control.id()),
                            kOwnId);
      }
      RIG_TRY(CheckReferences(where, below + ".requirements", control.requirements(), "requirement",
                              requirements));
    }
  }
  return {};
}

Status CheckMutants(const v1::Mutants& file, const SourceMap& where, const std::string& device,
                    const Ids& requirements) {
  RIG_TRY(CheckDevice(where, file.device(), device));
  Ids ids;
  Ids defines;
  for (int i = 0; i < file.mutants_size(); ++i) {
    const v1::Mutant& mutant = file.mutants(i);
    const std::string path = fmt::format("mutants[{}]", i);
    if (!ids.insert(mutant.id()).second) {
      return where.Refuse(path + ".id", fmt::format("mutant \"{}\" again", mutant.id()), kOwnId);
    }
    if (!defines.insert(mutant.define()).second) {
      return where.Refuse(path + ".define", fmt::format("define \"{}\" again", mutant.define()),
                          "a define of its own");
    }
    if (!requirements.contains(mutant.violates())) {
      return where.Refuse(path + ".violates",
                          fmt::format("no requirement \"{}\"", mutant.violates()),
                          OneOf(mutant.violates(), List(requirements)));
    }
  }
  return {};
}

// Whether a file is meant as YAML but would not be taken for a scenario: ".yml", ".YAML".
bool HasOtherYamlExtension(const fs::path& path) {
  std::string extension = path.extension().string();
  if (extension == ".yaml") return false;
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return extension == ".yml" || extension == ".yaml";
}

// The *.yaml of a folder, sorted; none where there is no such folder. Errors: INVALID_ARGUMENT for
// a file that somebody may believe to be run, and is not.
Result<std::vector<fs::path>> ListScenarios(const fs::path& directory) {
  std::vector<fs::path> scenarios;
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const fs::path& path = entries->path();
    if (path.filename().string().starts_with('.')) continue;
    if (HasOtherYamlExtension(path)) {
      return MakeError(Code::kInvalidArgument,
                       fmt::format("{}: extension {}; expected .yaml, no other is run",
                                   path.string(), path.extension().string()));
    }
    if (path.extension() == ".yaml") scenarios.push_back(path);
  }
  std::sort(scenarios.begin(), scenarios.end());
  return scenarios;
}

}  // namespace

Result<DeviceFolder> LoadDeviceFolder(const fs::path& directory) {
  DeviceFolder device;
  device.directory = directory;
  device.bench = directory / "bench" / "virtual.yaml";
  RIG_TRY_ASSIGN(device.requirements_at,
                 LoadYamlFile(directory / "requirements.yaml", device.requirements));
  device.name = device.requirements.device();
  RIG_TRY_ASSIGN(const Ids requirements,
                 CheckRequirements(device.requirements, device.requirements_at));
  RIG_TRY(CheckDefinitions(device.requirements, device.requirements_at));
  RIG_TRY_ASSIGN(const SourceMap risks_at, LoadYamlFile(directory / "risks.yaml", device.risks));
  RIG_TRY(CheckRisks(device.risks, risks_at, device.name, requirements));
  for (const auto& [file, mutants] :
       {std::pair{"mutants.yaml", &device.mutants}, {"hidden.yaml", &device.hidden}}) {
    const fs::path path = directory / "mutants" / file;
    std::error_code error;
    if (!fs::exists(path, error)) continue;
    RIG_TRY_ASSIGN(const SourceMap mutants_at, LoadYamlFile(path, *mutants));
    RIG_TRY(CheckMutants(*mutants, mutants_at, device.name, requirements));
  }
  RIG_TRY_ASSIGN(device.scenarios, ListScenarios(directory / "scenarios"));
  RIG_TRY_ASSIGN(device.recorded, ListScenarios(directory / "recorded"));
  return device;
}

Result<fs::path> DeviceFolderOf(const fs::path& scenario) {
  // As the user wrote it where that tells, otherwise in full: the scenario may be named from its
  // own folder.
  const auto holds_scenarios = [](const fs::path& folder) {
    return folder.filename() == "scenarios" || folder.filename() == "recorded";
  };
  fs::path folder = scenario.lexically_normal().parent_path();
  if (!holds_scenarios(folder) || folder.parent_path().empty()) {
    folder = fs::absolute(scenario).lexically_normal().parent_path();
  }
  const fs::path device = folder.parent_path();
  std::error_code error;
  if (holds_scenarios(folder) && fs::exists(device / "requirements.yaml", error)) return device;
  return MakeError(Code::kNotFound,
                   fmt::format("{}: not in a device folder; expected it in <device>/scenarios or "
                               "<device>/recorded, beside <device>/requirements.yaml",
                               scenario.string()));
}

Status CheckScenarioNames(const std::vector<fs::path>& scenarios) {
  std::map<std::string, fs::path> first;
  for (const fs::path& path : scenarios) {
    const auto scenario = LoadScenario(path);
    if (!scenario) continue;  // whoever runs it says what is wrong with it
    const std::string& name = scenario->message.scenario();
    const auto [known, fresh] = first.emplace(name, path);
    std::error_code error;
    if (fresh || fs::equivalent(known->second, path, error)) continue;
    return scenario->where.Refuse(
        "scenario", fmt::format("scenario \"{}\" again, first in {}", name, known->second.string()),
        "a name of its own");
  }
  return {};
}

Status CheckAgainstDevice(const LoadedScenario& scenario, const DeviceFolder& device) {
  Ids requirements;
  for (const v1::Requirement& requirement : device.requirements.requirements()) {
    requirements.insert(requirement.id());
  }
  Ids controls;
  for (const v1::Risk& risk : device.risks.risks()) {
    for (const v1::RiskControl& control : risk.controls()) controls.insert(control.id());
  }
  RIG_TRY(CheckReferences(scenario.where, "verifies", scenario.message.verifies(), "requirement",
                          requirements));
  return CheckReferences(scenario.where, "controls", scenario.message.controls(), "risk control",
                         controls);
}

}  // namespace rig
