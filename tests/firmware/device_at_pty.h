#pragma once

#include <fcntl.h>
#include <poll.h>

#include <atomic>
#include <thread>

#include "rig/base/child.h"
#include "tests/firmware/serial_device.h"
#include "tests/fixtures/transport/pty.h"

namespace rig {

// A device that programs reach through a terminal of this machine, until it is unplugged.
class DeviceAtPty {
 public:
  explicit DeviceAtPty(SerialDevice& device)
      // The terminal stays in use between two programs, or its other end would report an error.
      : device_(device),
        held_(::open(pty_.port().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC)),
        thread_([this] { Serve(); }) {}
  DeviceAtPty(const DeviceAtPty&) = delete;
  DeviceAtPty& operator=(const DeviceAtPty&) = delete;
  ~DeviceAtPty() { Unplug(); }

  const std::string& port() const { return pty_.port(); }
  // The device may be looked at afterwards.
  void Unplug() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    if (held_ >= 0) ::close(held_);
    held_ = -1;
    pty_.HangUp();
  }

 private:
  void Serve() {
    while (!stop_) {
      const std::string heard = pty_.Receive(std::chrono::milliseconds(5));
      if (heard.empty()) continue;
      const std::string said = device_.Take(heard);
      if (!said.empty()) pty_.Send(said);
    }
  }

  SerialDevice& device_;
  Pty pty_;
  int held_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

// An independent program, found in PATH, with its output.
inline ChildEnd RunProgram(std::vector<std::string> command, const std::filesystem::path& folder) {
  const char* path = ::getenv("PATH");
  command[0] = FindProgram(command[0], path == nullptr ? "" : path).string();
  const auto end = RunWatched(command, folder, {}, [](std::string_view) {});
  EXPECT_TRUE(end.has_value()) << end.error().message;
  return end.value_or(ChildEnd{-1, ""});
}

}  // namespace rig
