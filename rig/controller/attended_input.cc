#include "rig/controller/attended_input.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace rig {
namespace {

// Far less than what is ahead in a card's stream.
constexpr int kWaitMs = 10;

}  // namespace

Status AttendedInput::Receive() {
  pollfd input{fd_, POLLIN, 0};
  const int ready = ::poll(&input, 1, kWaitMs);
  if (ready == 0 || (ready < 0 && errno == EINTR)) return {};
  std::array<char, 4096> part{};
  const ssize_t got = ::read(fd_, part.data(), part.size());
  if (got < 0 && errno == EINTR) return {};
  if (got < 0) {
    return MakeError(Code::kUnavailable, std::string("reading the input: ") + std::strerror(errno));
  }
  ended_ = got == 0;
  received_.append(part.data(), static_cast<std::size_t>(got));
  return {};
}

Result<std::string> AttendedInput::ReadLine() {
  while (true) {
    const std::size_t end = received_.find('\n');
    if (end != std::string::npos || (ended_ && !received_.empty())) {
      std::string line = received_.substr(0, end);
      received_.erase(0, end == std::string::npos ? end : end + 1);
      return line;
    }
    if (ended_) return MakeError(Code::kAborted, "the input ended");
    RIG_TRY(Receive());
    RIG_TRY(clock_.AdvanceTo(clock_.Now()));
  }
}

}  // namespace rig
