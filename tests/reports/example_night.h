#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "rig/v1/record.pb.h"

namespace rig {

// A night of two monitor scenarios, one of which fails, and one pump scenario that did not run,
// with records and traces in `evidence`.
struct ExampleNight {
  std::filesystem::path evidence;
  v1::NightRecord night;
  std::vector<v1::RunRecord> runs;
};

// `minutes`: length of the monitor's traces.
ExampleNight MakeExampleNight(const std::string& folder, int minutes);

// A trace as a monitor run leaves it.
void WriteMonitorTrace(const std::filesystem::path& file, int minutes);

}  // namespace rig
