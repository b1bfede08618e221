#include "rig/base/folder.h"

#include <algorithm>

namespace rig {

namespace fs = std::filesystem;

Result<std::vector<fs::path>> ListFolder(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    found.push_back(entries->path());
  }
  if (error) {
    const bool absent = error == std::errc::no_such_file_or_directory;
    return MakeError(absent ? Code::kNotFound : Code::kUnavailable,
                     folder.string() + ": " + error.message());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace rig
