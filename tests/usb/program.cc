#include "tests/usb/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace rig::usb {

Result<Program> Program::Start(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return MakeError(Code::kUnavailable, "no pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    // System calls alone, up to exec. What the preloaded library opened is not closed by itself.
    ::setpgid(0, 0);
    const int nothing = ::open("/dev/null", O_RDONLY);
    const bool set = ::dup2(nothing, 0) == 0 && ::dup2(pipe[1], 1) == 1 && ::dup2(pipe[1], 2) == 2;
    ::close_range(3, ~0U, 0);
    if (set) ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(pipe[1]);
  if (child < 0) {
    ::close(pipe[0]);
    return MakeError(Code::kUnavailable, words[0] + ": cannot be started");
  }
  ::setpgid(child, child);
  return Program(child, pipe[0]);
}

Program::Program(Program&& other) noexcept
    : child_(std::exchange(other.child_, -1)),
      output_(std::exchange(other.output_, -1)),
      text_(std::move(other.text_)) {}

Program::~Program() {
  Stop();
  if (output_ >= 0) ::close(output_);
}

// Kills it, if it still runs, and what it started. Returns its status.
int Program::Stop() {
  if (child_ < 0) return 0;
  ::kill(-child_, SIGKILL);
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  child_ = -1;
  return status;
}

// All it says, up to its end; false: it was not over by then.
bool Program::ReadUntil(std::chrono::steady_clock::time_point deadline) {
  std::array<char, 4096> bytes{};
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd polled{output_, POLLIN, 0};
    if (::poll(&polled, 1, static_cast<int>(left.count())) <= 0) continue;
    const ssize_t got = ::read(output_, bytes.data(), bytes.size());
    if (got <= 0) return true;
    text_.append(bytes.data(), static_cast<std::size_t>(got));
  }
}

Result<Program::Ended> Program::Wait(std::chrono::milliseconds most) {
  const bool ended = ReadUntil(std::chrono::steady_clock::now() + most);
  if (!ended) {
    Stop();
    return MakeError(Code::kDeadlineExceeded, "the program took too long; it said: " + text_);
  }
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  child_ = -1;
  return Ended{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), std::move(text_)};
}

Result<Program::Ended> RunProgram(const std::vector<std::string>& words,
                                  std::chrono::milliseconds most) {
  RIG_TRY_ASSIGN(Program program, Program::Start(words));
  return program.Wait(most);
}

}  // namespace rig::usb
