#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>

#include "tests/firmware/serial_device.h"

namespace rig {

// A device that programs reach through a socket file, one after the other.
class DeviceAtSocket {
 public:
  DeviceAtSocket(SerialDevice& device, const std::string& path)
      : device_(device), listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    EXPECT_LT(path.size(), sizeof address.sun_path);
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    thread_ = std::thread([this] { Serve(); });
  }
  DeviceAtSocket(const DeviceAtSocket&) = delete;
  DeviceAtSocket& operator=(const DeviceAtSocket&) = delete;
  ~DeviceAtSocket() { Unplug(); }

  // The device may be looked at and changed meanwhile.
  template <typename F>
  auto Locked(F f) {
    const std::scoped_lock lock(mutex_);
    return f();
  }
  // The same afterwards, without it.
  void Unplug() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    if (listener_ >= 0) ::close(listener_);
    listener_ = -1;
  }

 private:
  static bool Ready(int descriptor) {
    pollfd wait{descriptor, POLLIN, 0};
    return ::poll(&wait, 1, 20) > 0;
  }
  void Serve() {
    while (!stop_) {
      if (!Ready(listener_)) continue;
      const int program = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      while (!stop_ && ServeOnce(program)) {
      }
      ::close(program);
    }
  }
  bool ServeOnce(int program) {
    if (!Ready(program)) return true;
    std::array<char, 65536> bytes;
    const ssize_t size = ::recv(program, bytes.data(), bytes.size(), 0);
    if (size <= 0) return false;
    const std::string said = Locked([&] {
      return device_.Take({bytes.data(), static_cast<std::size_t>(size)});
    });
    return said.empty() || ::send(program, said.data(), said.size(), MSG_NOSIGNAL) ==
                               static_cast<ssize_t>(said.size());
  }

  std::mutex mutex_;
  SerialDevice& device_;
  int listener_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace rig
