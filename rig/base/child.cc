#include "rig/base/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace rig {
namespace {

void Limit(int resource, std::uint64_t most) {
  const rlimit limit{most, most};
  ::setrlimit(resource, &limit);
}

// In the child, between fork and exec: system calls alone.
[[noreturn]] void Become(char* const* argv, const char* folder, int log,
                         const ChildLimits& limits) {
  const int nothing = ::open("/dev/null", O_RDONLY);
  const bool set = nothing >= 0 && ::dup2(nothing, 0) >= 0 && ::dup2(log, 1) >= 0 &&
                   ::dup2(log, 2) >= 0 && ::chdir(folder) == 0;
  if (!set) ::_exit(127);
  Limit(RLIMIT_AS, limits.memory_bytes);
  Limit(RLIMIT_CPU, limits.cpu_s);
  Limit(RLIMIT_FSIZE, limits.file_bytes);
  Limit(RLIMIT_CORE, 0);
  ::signal(SIGALRM, SIG_DFL);
  ::alarm(limits.wall_s);  // outlives exec, and ends it
  ::execv(argv[0], argv);
  ::_exit(127);
}

std::string LastLine(const std::filesystem::path& log) {
  std::ifstream stream(log);
  std::string line, last;
  for (int i = 0; i < 1000 && std::getline(stream, line); ++i) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line.substr(0, 200);
  }
  return last;
}

std::string HowItEnded(int status) {
  if (WIFEXITED(status)) return fmt::format("ended with {}", WEXITSTATUS(status));
  const int by = WTERMSIG(status);
  if (by == SIGALRM || by == SIGXCPU) return "took too long";
  if (by == SIGXFSZ) return "wrote too much";
  return fmt::format("crashed ({})", ::strsignal(by));
}

}  // namespace

std::filesystem::path FindProgram(std::string_view name, std::string_view search_path) {
  while (!search_path.empty()) {
    const std::size_t colon = std::min(search_path.find(':'), search_path.size());
    std::filesystem::path program = std::filesystem::path(search_path.substr(0, colon)) / name;
    if (program.is_absolute() && ::access(program.c_str(), X_OK) == 0) return program;
    search_path.remove_prefix(std::min(colon + 1, search_path.size()));
  }
  return {};
}

Result<TemporaryFolder> TemporaryFolder::Make() {
  std::error_code failed;
  std::string name = (std::filesystem::temp_directory_path(failed) / "rig-XXXXXX").string();
  if (failed || ::mkdtemp(name.data()) == nullptr) {
    return MakeError(Code::kUnavailable, name + ": no temporary folder can be made");
  }
  return TemporaryFolder(name);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Status RunLimited(const std::vector<std::string>& command, const std::filesystem::path& log,
                  const ChildLimits& limits) {
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const std::string folder = log.parent_path().string();
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return MakeError(Code::kUnavailable, log.string() + ": cannot be written");
  const pid_t child = ::fork();
  if (child == 0) Become(argv.data(), folder.c_str(), file, limits);
  ::close(file);
  if (child < 0) return MakeError(Code::kUnavailable, command[0] + ": cannot be started");
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return MakeError(Code::kUnavailable, command[0] + ": cannot be waited for");
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  const std::string last = LastLine(log);
  return MakeError(Code::kDataLoss, fmt::format("{} {}{}", command[0], HowItEnded(status),
                                                last.empty() ? "" : ": " + last));
}

}  // namespace rig
