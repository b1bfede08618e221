#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "tests/usb/attached_device.h"

struct _UMockdevTestbed;

namespace rig::usb {

// What programs under libumockdev-preload.so.0 see of /sys and /dev, this one and those it starts:
// nothing at first. One at a time in a process.
class UsbTestbed {
 public:
  UsbTestbed();
  UsbTestbed(const UsbTestbed&) = delete;
  UsbTestbed& operator=(const UsbTestbed&) = delete;
  ~UsbTestbed();

  // Its folder, which stands for /.
  std::filesystem::path root() const;
  // Where a device lies: its folder in /sys, its file in /dev.
  struct Place {
    std::string sysfs;
    std::string file;  // "/dev/bus/usb/001/002"
  };
  // Adds a device below `parent` (a folder in /sys, empty for the root hub); Announce tells udev.
  Place Add(const std::string& parent, const std::string& name, unsigned address,
            const Descriptors& descriptors, const PlugOptions& options);
  void Announce(const Place& place, const char* action);
  void SetConfiguration(const Place& place, unsigned value);
  void Remove(const Place& place);

 private:
  struct Unref {
    void operator()(_UMockdevTestbed* testbed) const;
  };
  std::unique_ptr<_UMockdevTestbed, Unref> testbed_;
};

}  // namespace rig::usb
