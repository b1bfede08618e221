#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::usb {

// What a program under libumockdev-preload.so.0 asks of a device file it opened: its end of the
// socket (umockdev 0.17, libumockdev-preload.c: `remote_emulate`). While its ioctl waits for the
// answer, its memory can be read and written.
//
// Not umockdev's own UMockdevIoctlBase: that has a thread and a main loop of its own, goes through
// both for each answer, and copies whole buffers both ways. Here the bus's one thread does it all.
class IoctlChannel {
 public:
  // Takes a connected socket.
  explicit IoctlChannel(int socket) : socket_(socket) {}
  IoctlChannel(const IoctlChannel&) = delete;
  IoctlChannel& operator=(const IoctlChannel&) = delete;
  ~IoctlChannel();

  struct Call {
    unsigned long request;  // 0: a read() or write() of the file
    std::uint64_t argument;
  };
  int socket() const { return socket_; }
  // The call that made the socket readable; none: the program closed the file.
  std::optional<Call> Receive();
  // False: the program has gone.
  bool Read(std::uint64_t address, void* to, std::size_t size);
  // Until Answer, which sends it.
  void Write(std::uint64_t address, std::string_view bytes);
  // Ends the call: what ioctl() returns, and errno.
  void Answer(int result, int error);

 private:
  void Queue(unsigned long command, unsigned long first, unsigned long second);
  bool Flush();
  int socket_;
  std::string queued_;
};

}  // namespace rig::usb
