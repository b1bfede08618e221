#include "tests/usb/device_node.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace rig::usb {
namespace {

// Longer than any program keeps its side waiting that is not stopped for good.
constexpr timeval kPatience{2, 0};

int Listen(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const bool listens =
      ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(listener, 16) == 0;
  if (listens) return listener;
  ::close(listener);
  return -1;
}

}  // namespace

DeviceNode::DeviceNode(const std::filesystem::path& file, const std::filesystem::path& socket) {
  std::filesystem::create_directories(file.parent_path());
  if (::mkfifo(file.c_str(), 0666) == 0) {
    fifo_ = ::open(file.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    ::fcntl(fifo_, F_SETPIPE_SZ, 4096);  // one page, which one byte takes
  }
  Raise(false);
  std::filesystem::create_directories(socket.parent_path());
  listener_ = Listen(socket);
}

DeviceNode::~DeviceNode() {
  Close();
  ::close(fifo_);
}

int DeviceNode::Accept() const {
  const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (socket < 0) return -1;
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  return socket;
}

void DeviceNode::Close() {
  if (listener_ >= 0) ::close(listener_);
  listener_ = -1;
}

void DeviceNode::Raise(bool up) {
  if (up == raised_) return;
  char byte = 0;
  const ssize_t moved = up ? ::read(fifo_, &byte, 1) : ::write(fifo_, &byte, 1);
  if (moved == 1) raised_ = up;
}

}  // namespace rig::usb
