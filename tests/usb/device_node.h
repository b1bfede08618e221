#pragma once

#include <filesystem>

namespace rig::usb {

// A file under a testbed's /dev that programs can open, poll and call. As a device file of usbfs is
// writable when an URB is over, so is this: it is a FIFO, with room when it is raised and full
// otherwise, so that a program that waits uses no processor.
class DeviceNode {
 public:
  // `socket`: where the preloaded library looks for who answers its calls.
  DeviceNode(const std::filesystem::path& file, const std::filesystem::path& socket);
  DeviceNode(const DeviceNode&) = delete;
  DeviceNode& operator=(const DeviceNode&) = delete;
  ~DeviceNode();

  // Readable when a program opened the file; -1 when it cannot be opened any more.
  int listener() const { return listener_; }
  // The socket of the program that opened it; -1: none.
  int Accept() const;
  // No more are to open it. Those who have it keep it.
  void Close();
  void Raise(bool up);

 private:
  int listener_ = -1;
  int fifo_ = -1;
  bool raised_ = true;
};

}  // namespace rig::usb
