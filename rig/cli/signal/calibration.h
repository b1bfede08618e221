#pragma once

#include <CLI/CLI.hpp>

namespace rig {

// `rig signal calibration`: a record's gains against the calibration pulses in it.
void AddCalibrationCommand(CLI::App& command, int& exit_code);

}  // namespace rig
