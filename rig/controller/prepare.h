#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fixtures/image/firmware_image.h"
#include "rig/bench/bench.h"
#include "rig/check/alarm/alarm_judge.h"
#include "rig/check/formula/formula.h"
#include "rig/scenario/scenario.h"
#include "rig/v1/golden.pb.h"
#include "rig/v1/record.pb.h"

namespace rig {

struct PreparedCheck {
  v1::Check message;
  std::optional<Formula> formula;
  std::optional<v1::Golden> golden;
  std::string golden_path;
  // One of the results of an alarm check that is no formula: the message's id is "<check
  // id>.<alarm_result>".
  std::string alarm_result;
  SoundSource alarm_sound;
};

// Everything a run needs, loaded and checked against each other, before anything is switched on.
struct PreparedRun {
  LoadedScenario scenario;  // with the order's own seed, duration and record in it
  LoadedBench bench;
  std::string device;
  std::vector<v1::File> files;  // everything loaded, by path, as it was then
  std::vector<PreparedCheck> checks;
};

// Whether records in the folder of recordings must be there, as for a run, or not, as for lint.
enum class Recordings { kNeeded, kMayBeAbsent };

// Loads and cross-checks scenario, device and bench; parses formulas, loads golden traces.
// Errors: INVALID_ARGUMENT or NOT_FOUND, one line with file:line:column.
Result<PreparedRun> PrepareRun(const v1::RunOrder& order,
                               Recordings recordings = Recordings::kNeeded);

// The id of the check that every run gets beside the scenario's own: a powered device that falls
// silent fails it.
inline constexpr char kReportingCheck[] = "rig.reporting";

// The image an order names, or else the bench file's. Errors: as LoadFirmwareImage.
Result<FirmwareImage> LoadOrderedImage(const v1::RunOrder& order, const LoadedBench& bench);

// Notes in the order every file as it is now, firmware included: what the worker must find
// unchanged. Errors: as LoadOrderedImage.
Status NamePlannedFiles(const PreparedRun& run, v1::RunOrder& order);

// A bench for a scenario that names none: <device>/bench/virtual.yaml. Errors: NOT_FOUND.
Result<std::string> DefaultBench(const std::string& scenario);

}  // namespace rig
