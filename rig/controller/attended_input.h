#pragma once

#include <string>

#include "rig/base/result.h"
#include "rig/capability/capability.h"

namespace rig {

// Lines that a person types, or a pipe brings, while a bench goes on: the outputs of a real one
// hold only as long as it is kept supplied.
class AttendedInput {
 public:
  // `fd`, to be read by nothing else, and the clock outlive this.
  AttendedInput(int fd, BenchClock& clock) : fd_(fd), clock_(clock) {}

  // The next line, without its end, however long it takes. Errors: ABORTED at the end of the input;
  // UNAVAILABLE when it cannot be read; as BenchClock::AdvanceTo.
  Result<std::string> ReadLine();

 private:
  // Waits for more, a little. Errors: as ReadLine, but the end.
  Status Receive();

  int fd_;
  BenchClock& clock_;
  std::string received_;
  bool ended_ = false;
};

}  // namespace rig
