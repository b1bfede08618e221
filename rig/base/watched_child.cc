#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include "rig/base/child.h"

namespace rig {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMostOutput = std::size_t{1} << 20;
// Between looks whether a program that has closed its output has ended, too.
constexpr int kEndPollMs = 5;

void Limit(int resource, std::uint64_t most) {
  const rlimit limit{most, most};
  ::setrlimit(resource, &limit);
}

void KillGroup(int) { ::kill(0, SIGKILL); }

// Between fork and exec: system calls alone, here and below.
[[noreturn]] void Become(char* const* argv, const char* folder, int output,
                         const ChildLimits& limits) {
  const int nothing = ::open("/dev/null", O_RDONLY);
  const bool set = nothing >= 0 && ::dup2(nothing, 0) >= 0 && ::dup2(output, 1) >= 0 &&
                   ::dup2(output, 2) >= 0 && ::chdir(folder) == 0;
  if (!set) ::_exit(127);
  // Nothing else of this process's is its business.
  ::close_range(3, ~0U, 0);
  ::signal(SIGTERM, SIG_DFL);
  Limit(RLIMIT_AS, limits.memory_bytes);
  Limit(RLIMIT_CPU, limits.cpu_s);
  Limit(RLIMIT_FSIZE, limits.file_bytes);
  Limit(RLIMIT_CORE, 0);
  ::execv(argv[0], argv);
  ::_exit(127);
}

// In the child: leads the group of the program and of all it starts, of which nothing is left when
// the parent dies, and ends as the program does.
[[noreturn]] void Lead(char* const* argv, const char* folder, int output, pid_t parent,
                       const ChildLimits& limits) {
  ::setpgid(0, 0);
  sigset_t heard;
  sigemptyset(&heard);
  sigaddset(&heard, SIGTERM);
  ::signal(SIGTERM, KillGroup);
  ::sigprocmask(SIG_UNBLOCK, &heard, nullptr);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127);  // it died before that
  const pid_t program = ::_Fork();
  if (program == 0) Become(argv, folder, output, limits);
  // The output ends with the program's.
  ::close_range(0, ~0U, 0);
  int status = 127 << 8;
  while (program > 0 && ::waitpid(program, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFSIGNALED(status)) ::_exit(WEXITSTATUS(status));
  Limit(RLIMIT_CORE, 0);
  ::signal(WTERMSIG(status), SIG_DFL);
  ::kill(::getpid(), WTERMSIG(status));
  ::_exit(127);
}

// A running program; killed, with all of its group, and waited for when this goes.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::kill(-id_, SIGKILL);
    if (ended_) return;
    ::kill(id_, SIGKILL);  // before it had a group of its own
    while (::waitpid(id_, &status_, 0) < 0 && errno == EINTR) {
    }
  }
  bool HasEnded() {
    if (!ended_) ended_ = ::waitpid(id_, &status_, WNOHANG) == id_;
    return ended_;
  }
  int status() const { return status_; }

 private:
  pid_t id_;
  bool ended_ = false;
  int status_ = 0;
};

std::string LastLine(std::string_view output) {
  while (!output.empty() && (output.back() == '\n' || output.back() == '\r')) {
    output.remove_suffix(1);
  }
  const std::size_t begin = output.find_last_of("\r\n");
  return std::string(output.substr(begin == std::string_view::npos ? 0 : begin + 1).substr(0, 200));
}

void Append(std::string& output, std::string_view bytes) {
  output += bytes;
  if (output.size() > kMostOutput) output.erase(0, output.size() - kMostOutput);
}

// Whether it ended by the deadline; its output on the way.
bool Follow(Child& child, int pipe, steady_clock::time_point deadline, std::string& output,
            const std::function<void(std::string_view)>& watch) {
  std::array<char, 4096> bytes;
  bool open = true;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd wait{pipe, POLLIN, 0};
    const int most = open ? 100 : kEndPollMs;
    ::poll(open ? &wait : nullptr, open ? 1 : 0,
           static_cast<int>(std::min<std::int64_t>(left, most)));
    // Asked before the read: what it wrote before its end is then in the pipe.
    const bool ended = child.HasEnded();
    const ssize_t size = open ? ::read(pipe, bytes.data(), bytes.size()) : 0;
    if (size > 0) {
      const std::string_view some(bytes.data(), static_cast<std::size_t>(size));
      Append(output, some);
      watch(some);
    } else if (ended) {
      return true;
    } else {
      open = open && size != 0;
      watch({});
    }
  }
}

}  // namespace

Result<ChildEnd> RunWatched(const std::vector<std::string>& command,
                            const std::filesystem::path& folder, const ChildLimits& limits,
                            const std::function<void(std::string_view)>& watch) {
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  int ends[2];
  if (::access(argv[0], X_OK) != 0 || ::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
    return MakeError(Code::kUnavailable, command[0] + ": cannot be started");
  }
  ::fcntl(ends[1], F_SETFL, 0);  // the child's end waits
  const pid_t parent = ::getpid();
  const pid_t id = ::fork();
  if (id == 0) Lead(argv.data(), folder.c_str(), ends[1], parent, limits);
  ::close(ends[1]);
  if (id < 0) {
    ::close(ends[0]);
    return MakeError(Code::kUnavailable, command[0] + ": cannot be started");
  }
  Child child(id);
  ChildEnd end{};
  const auto deadline = steady_clock::now() + std::chrono::seconds(limits.wall_s);
  const bool in_time = Follow(child, ends[0], deadline, end.output, watch);
  ::close(ends[0]);
  const std::string last = LastLine(end.output);
  const std::string said = last.empty() ? "it said nothing" : "the last it said: " + last;
  if (!in_time) {
    return MakeError(Code::kDeadlineExceeded,
                     fmt::format("{} did not end within {} s and was killed; {}", command[0],
                                 limits.wall_s, said));
  }
  if (!WIFEXITED(child.status())) {
    return MakeError(Code::kDataLoss, fmt::format("{} was ended by signal {} ({}); {}", command[0],
                                                  WTERMSIG(child.status()),
                                                  ::sigabbrev_np(WTERMSIG(child.status())), said));
  }
  end.exit_status = WEXITSTATUS(child.status());
  return end;
}

}  // namespace rig
