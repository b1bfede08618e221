#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "sim_signals/recorded/recording.h"

namespace rig {

// GDF and SCP-ECG, which Debian's biosig reads: its save2gdf runs as a child process with limits on
// time, memory and the size of what it writes, and unpacks the file into a folder that lives as
// long as the recording.
//
// Scaling is exact to the six digits that save2gdf prints of a channel's physical range.
//
// Errors: FAILED_PRECONDITION where the tool is not installed, naming the package; DATA_LOSS with
// what the tool said; UNIMPLEMENTED for a type of sample that is not read.
Result<std::unique_ptr<Recording>> OpenThroughBiosig(const std::filesystem::path& path);

// The folders in which save2gdf is looked for, as PATH has them. For tests.
Result<std::unique_ptr<Recording>> OpenThroughBiosig(const std::filesystem::path& path,
                                                     std::string_view search_path);

}  // namespace rig
