#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rig/base/result.h"

namespace rig {

// A program of others, run on a file that may be anything: within limits, and with nothing but the
// files it is given.

// The program in the folders of a PATH; empty: in none.
std::filesystem::path FindProgram(std::string_view name, std::string_view search_path);

// A new folder, removed with all that is in it when this goes.
class TemporaryFolder {
 public:
  // Errors: UNAVAILABLE.
  static Result<TemporaryFolder> Make();
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) {
    other.path_.clear();
  }
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

struct ChildLimits {
  unsigned wall_s = 60;
  unsigned cpu_s = 30;
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;
  std::uint64_t file_bytes = std::uint64_t{4} << 30;
};

// Runs the program to its end in the folder of `log`, which takes its output, without input.
// Errors: UNAVAILABLE when it cannot be started; DATA_LOSS when it fails, crashes or exceeds a
// limit, with the log's last line.
Status RunLimited(const std::vector<std::string>& command, const std::filesystem::path& log,
                  const ChildLimits& limits);

// How a watched program ended of itself.
struct ChildEnd {
  int exit_status;
  std::string output;  // both streams as they came; the last megabyte
};

// Runs the program in a folder, without input, and hands its output (both streams) on as it comes;
// empty pieces, several a second, show that it runs while it says nothing. It has none of this
// process's other files, and is killed, with all of its process group, when this process dies.
//
// Any exit status is a result. Errors: UNAVAILABLE when it cannot be started; DEADLINE_EXCEEDED
// when it takes longer than `wall_s`: it is then killed in the same way; DATA_LOSS when it crashes
// or exceeds another limit, with its last line.
Result<ChildEnd> RunWatched(const std::vector<std::string>& command,
                            const std::filesystem::path& folder, const ChildLimits& limits,
                            const std::function<void(std::string_view)>& watch);

}  // namespace rig
