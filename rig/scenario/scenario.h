#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/base/strict_yaml.h"
#include "rig/v1/bench.pb.h"
#include "rig/v1/device.pb.h"
#include "rig/v1/scenario.pb.h"

namespace rig {

struct LoadedScenario {
  std::filesystem::path path;
  std::string sha256;  // of the file
  v1::Scenario message;
  SourceMap where;
};

// What a record's file begins with that lies in the folder `--recordings` names.
inline constexpr std::string_view kRecordings = "recordings:";

// The records of a step, as its signal and on top of it.
std::vector<const v1::Record*> RecordsOf(const v1::Play& play);

// Values of a scenario's parameters instead of its own: quantities as text, by name.
using ParameterValues = std::map<std::string, std::string, std::less<>>;

// Loads and checks what the file alone can tell: unique check ids, none from "rig." on, steps
// within the duration, pulse ends within the duration, plants named once, checks' verifies a subset
// of the scenario's, parameters used and within their ranges. What was loaded has its parameters'
// values in place, and numbers of console commands in their text. Errors: INVALID_ARGUMENT at
// file:line:column, or naming the value of `set`; NOT_FOUND.
Result<LoadedScenario> LoadScenario(const std::filesystem::path& file,
                                    const ParameterValues& set = {});

// One device under test: its folder's files.
struct DeviceFolder {
  std::filesystem::path directory;
  std::string name;
  v1::Requirements requirements;
  SourceMap requirements_at;
  v1::Risks risks;
  v1::Mutants mutants;                           // empty when there is no mutants/mutants.yaml
  v1::Mutants hidden;                            // the same of mutants/hidden.yaml
  std::vector<std::filesystem::path> scenarios;  // scenarios/*.yaml, sorted
  // recorded/*.yaml, sorted: scenarios of recorded signals that not everyone has.
  std::vector<std::filesystem::path> recorded;
  std::filesystem::path bench;  // bench/virtual.yaml
};

// Loads requirements.yaml, risks.yaml, mutants/*.yaml and cross-checks ids; lists the scenarios.
// Errors: as LoadScenario; INVALID_ARGUMENT for a file in scenarios/ or recorded/ that is YAML by
// another extension than .yaml.
Result<DeviceFolder> LoadDeviceFolder(const std::filesystem::path& directory);

// The device folder a scenario file lies in: <device>/scenarios/<file> or <device>/recorded/<file>.
// Errors: NOT_FOUND.
Result<std::filesystem::path> DeviceFolderOf(const std::filesystem::path& scenario);

// Whether the scenario files, all of one device, have names of their own: results, evidence and
// kills are known by name. Passes over files that do not load, and takes one file named twice for
// the same scenario. Errors: INVALID_ARGUMENT at file:line:column.
Status CheckScenarioNames(const std::vector<std::filesystem::path>& scenarios);

// Whether the scenario's ids exist in its device. Errors: INVALID_ARGUMENT at file:line:column.
Status CheckAgainstDevice(const LoadedScenario& scenario, const DeviceFolder& device);

}  // namespace rig
