#include "tests/usb/ioctl_channel.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace rig::usb {
namespace {

enum Command : unsigned long { kIoctl = 1, kDone = 3, kReadMemory = 5, kWriteMemory = 6 };

struct Message {
  unsigned long command, first, second;
};

bool ReceiveAll(int socket, void* to, std::size_t size) {
  auto* bytes = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t got = ::recv(socket, bytes, size, 0);
    if (got <= 0) return false;
    bytes += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

IoctlChannel::~IoctlChannel() { ::close(socket_); }

std::optional<IoctlChannel::Call> IoctlChannel::Receive() {
  Message message{};
  if (!ReceiveAll(socket_, &message, sizeof message)) return std::nullopt;
  if (message.command != kIoctl) return Call{0, 0};
  return Call{message.first, message.second};
}

void IoctlChannel::Queue(unsigned long command, unsigned long first, unsigned long second) {
  const Message message{command, first, second};
  queued_.append(reinterpret_cast<const char*>(&message), sizeof message);
}

bool IoctlChannel::Flush() {
  std::string_view rest = queued_;
  while (!rest.empty()) {
    const ssize_t sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  const bool all = rest.empty();
  queued_.clear();
  return all;
}

bool IoctlChannel::Read(std::uint64_t address, void* to, std::size_t size) {
  if (size == 0) return true;
  Queue(kReadMemory, address, size);
  return Flush() && ReceiveAll(socket_, to, size);
}

void IoctlChannel::Write(std::uint64_t address, std::string_view bytes) {
  if (bytes.empty()) return;
  Queue(kWriteMemory, address, bytes.size());
  queued_ += bytes;
}

void IoctlChannel::Answer(int result, int error) {
  Queue(kDone, static_cast<unsigned long>(result), static_cast<unsigned long>(error));
  Flush();
}

}  // namespace rig::usb
