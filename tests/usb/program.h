#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "rig/base/result.h"

namespace rig::usb {

// An independent program on the same bus, with a deadline: "dfu-util", "flashrom". It sees the
// bus that is up when it starts. Killed with all it started when this goes.
class Program {
 public:
  // The first word is looked up in PATH. Its output and errors are captured; it has no input.
  // Errors: UNAVAILABLE.
  static Result<Program> Start(const std::vector<std::string>& words);
  Program(Program&& other) noexcept;
  Program& operator=(Program&&) = delete;
  ~Program();

  struct Ended {
    int exit_code;  // 128 and the signal's number when it crashed
    std::string output;
  };
  // Errors: DEADLINE_EXCEEDED, when it was killed, with what it had said.
  Result<Ended> Wait(std::chrono::milliseconds most);

 private:
  Program(pid_t child, int output) : child_(child), output_(output) {}
  bool ReadUntil(std::chrono::steady_clock::time_point deadline);
  int Stop();
  pid_t child_;
  int output_;
  std::string text_;
};

// Starts it and waits for it.
Result<Program::Ended> RunProgram(const std::vector<std::string>& words,
                                  std::chrono::milliseconds most = std::chrono::seconds(30));

}  // namespace rig::usb
