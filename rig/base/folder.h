#pragma once

#include <filesystem>
#include <vector>

#include "rig/base/result.h"

namespace rig {

// What is in a folder, sorted. Errors: NOT_FOUND when there is none; UNAVAILABLE when it cannot be
// read to its end: what was not seen is not known.
Result<std::vector<std::filesystem::path>> ListFolder(const std::filesystem::path& folder);

}  // namespace rig
