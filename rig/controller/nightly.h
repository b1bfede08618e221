#pragma once

#include <functional>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/controller/worker.h"
#include "rig/v1/record.pb.h"

namespace rig {

struct NightOptions {
  std::vector<std::string> devices;  // device folders
  std::string evidence;
  WorkerOptions workers;
  // Folder of recorded signals; empty: the devices' recorded/ is left out.
  std::string recordings;
  // Goes on with the newest night that is not complete. Runs it already has count if scenario,
  // bench and firmware are still the same files; others run again, as another attempt.
  bool resume = false;
};

struct NightEvents {
  std::function<void(const v1::NightRecord&)> planned;
  std::function<void(const v1::RunOrder&, RunTime)> progress;
  std::function<void(const v1::NightRun&)> ended;
};

// Runs every scenario of the devices, keeps <evidence>/nights/<night>/night.json up to date after
// each, and compares with the previous complete night. A scenario that cannot even be loaded is an
// ERROR of the night. Errors: NOT_FOUND, INVALID_ARGUMENT for a device folder; UNAVAILABLE,
// RESOURCE_EXHAUSTED for the evidence.
Result<v1::NightRecord> RunNight(const NightOptions& options, const NightEvents& events);

// The night's folder.
std::string NightFolder(const std::string& evidence, const std::string& night);

// One run as a line of a night or of a summary table.
v1::NightRun Summarise(const v1::RunRecord& record);

}  // namespace rig
