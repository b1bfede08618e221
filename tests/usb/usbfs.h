#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "tests/usb/attached_device.h"
#include "tests/usb/ioctl_channel.h"

struct usbdevfs_setinterface;

namespace rig::usb {

// An open device file under /dev/bus/usb: the kernel's usbfs (linux/usbdevice_fs.h,
// drivers/usb/core/devio.c) over an attached device. Without isochronous transfers and streams.
// Not thread-safe.
class UsbfsFile {
 public:
  UsbfsFile(std::uint64_t id, int socket, std::shared_ptr<AttachedDevice> device)
      : id_(id), channel_(socket), device_(std::move(device)) {}
  ~UsbfsFile();

  int socket() const { return channel_.socket(); }
  const AttachedDevice& device() const { return *device_; }
  bool HasDone() const { return device_->HasDone(id_); }

  // Answers the call that made the socket readable, or begins to. False: the program closed it.
  bool Serve(RunTime now);
  // Answers a call that waits, when it can or when its time is over.
  void Resume(RunTime now);
  // Whether a call waits that ends by time.
  std::optional<RunTime> until() const;

 private:
  enum class Waits { kNo, kForUrb, kForOwn };
  void Call(const IoctlChannel::Call& call, RunTime now);
  void Answer(int error) { channel_.Answer(error == 0 ? 0 : -1, error); }
  void Submit(std::uint64_t urb_address, RunTime now);
  void Reap(std::uint64_t pointer_address, bool wait, RunTime now);
  bool GiveUrb();
  void Synchronous(const IoctlChannel::Call& call, RunTime now);
  void EndSynchronous(const Transfer& transfer);
  void DriverCall(std::uint64_t argument);
  void GetDriver(std::uint64_t argument);
  int SelectAlternate(const usbdevfs_setinterface& asked);
  int Claim(std::uint8_t interface);
  int ClaimOf(std::uint8_t endpoint);
  int Disconnect(std::uint8_t interface);
  int Release(std::uint8_t interface);
  int SetConfiguration(std::uint8_t value);
  template <typename T>
  T Fetch(std::uint64_t address) {
    T value{};
    channel_.Read(address, &value, sizeof value);
    return value;
  }

  const std::uint64_t id_;
  IoctlChannel channel_;
  const std::shared_ptr<AttachedDevice> device_;
  Waits waits_ = Waits::kNo;
  std::uint64_t pointer_address_ = 0;  // where the reaped URB's address goes
  std::optional<RunTime> until_;
};

}  // namespace rig::usb
