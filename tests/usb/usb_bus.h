#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/usb/attached_device.h"
#include "tests/usb/device_node.h"
#include "tests/usb/usb_testbed.h"
#include "tests/usb/usbfs.h"

namespace rig::usb {

// A USB bus in software, under the real libusb: its devices lie under /sys and /dev/bus/usb for
// this program and those it starts, which run under libumockdev-preload.so.0 for it (usb_main.cc;
// rig_tests with USB). One at a time in a process. Programs must have closed their device files
// before it goes.
//
// It has a time of its own, in microframes of 125 us. With kWall a thread keeps it up with the wall
// clock: when that thread is late, it catches up one microframe after the other, so that no device
// starves because the machine was busy. With kStepped only Step moves it, and what devices do
// depends on nothing else.
//
// Thread-safe. Devices are called by the bus's thread (or Step) with the bus locked: look at them
// through Locked, and do not use libusb in there.
class UsbBus {
 public:
  enum class Pace { kWall, kStepped };
  explicit UsbBus(Pace pace = Pace::kWall);
  UsbBus(const UsbBus&) = delete;
  UsbBus& operator=(const UsbBus&) = delete;
  ~UsbBus();

  // Plugs a device in, which stays its owner's, until it is unplugged or the bus goes. One whose
  // descriptors the kernel would refuse (enumeration.h) does not appear.
  void Plug(EmulatedDevice& device, PlugOptions options = {});
  // Pending transfers end with "no device". Nothing, when it is not plugged in.
  void Unplug(EmulatedDevice& device);
  // The same socket, another address. What is about to come back by itself does so at once.
  void Replug(EmulatedDevice& device);
  // Nothing, when it is not plugged in. Faults that did not come up go when it is unplugged.
  void Schedule(EmulatedDevice& device, Fault fault);
  // Transfers that began since it was plugged in, of all kinds. 0 when it is not plugged in.
  unsigned transfers(EmulatedDevice& device);
  // Its address; 0: it is not plugged in.
  unsigned address(EmulatedDevice& device);
  bool plugged(EmulatedDevice& device) { return address(device) != 0; }
  // The same for who has the bus locked.
  unsigned AddressLocked(const EmulatedDevice& device) {
    const Slot* slot = Find(device);
    return slot == nullptr ? 0 : slot->address;
  }

  RunTime now();
  // The same for who has the bus locked.
  RunTime NowLocked() const { return now_; }
  // kStepped.
  void Step(unsigned microframes);
  // Waits until something is so, asked with the bus locked after each of its turns; false: it was
  // not within that time of the wall clock.
  bool Await(const std::function<bool()>& condition, std::chrono::milliseconds most);

  template <typename F>
  auto Locked(F f) {
    const std::scoped_lock lock(mutex_);
    return f();
  }

 private:
  struct Slot {
    std::shared_ptr<AttachedDevice> device;
    unsigned address;
    UsbTestbed::Place place;
    unsigned configuration;  // as /sys says
    DeviceNode node;
    std::vector<std::unique_ptr<UsbfsFile>> files;
  };
  struct Arrival {
    EmulatedDevice* device;
    PlugOptions options;
    std::optional<Descriptors> descriptors;  // none: as it says then
    RunTime at;
  };
  void Attach(EmulatedDevice& device, Descriptors descriptors, PlugOptions options);
  void Detach(Slot& slot);
  // Lets in one program that opened the file; false: none waits.
  bool Open(Slot& slot);
  Slot* Find(const EmulatedDevice& device);
  std::string ParentOf(const std::string& port) const;
  unsigned FreeAddress() const;
  void AdvanceTo(RunTime t);
  void Microframe();
  void Depart();
  void Settle();
  void Run();
  void Turn();
  void Wake() const;
  std::chrono::nanoseconds UntilNextTurn() const;
  RunTime WallTime() const;

  const Pace pace_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  const int wake_;  // an eventfd
  std::mutex mutex_;
  std::condition_variable turned_;
  UsbTestbed testbed_;
  std::unique_ptr<EmulatedDevice> root_hub_;
  std::vector<std::unique_ptr<Slot>> slots_;  // also of devices that have gone and are still open
  std::vector<Arrival> arrivals_;
  RunTime now_{};
  unsigned last_address_ = 0;
  std::uint64_t files_opened_ = 0;
  std::atomic<bool> stops_ = false;
  std::thread thread_;
};

}  // namespace rig::usb
