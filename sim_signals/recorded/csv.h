#pragma once

#include <filesystem>
#include <memory>

#include "sim_signals/recorded/recording.h"

namespace rig {

// Comma-separated values. The first line names the columns with their units, "time [s],II [mV]".
// The first column is the time, at a steady rate, unless the options give a rate; then every column
// is a channel, and a file without a line of names has channels "1", "2", … without units. An empty
// cell or "nan" is a missing sample.
//
// Steady: every time within a quarter of a period of i / rate.
//
// Errors: as OpenRecording.
Result<std::unique_ptr<Recording>> OpenCsv(const std::filesystem::path& path,
                                           const RecordingOptions& options);

}  // namespace rig
