#include "tests/usb/usbfs.h"

#include <linux/usb/ch9.h>
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace rig::usb {
namespace {

constexpr std::size_t kMostBytes = 16 << 20;  // usbfs_memory_mb's default
// A program that polls and finds nothing is held up this long: see UsbNode.
constexpr Duration kHold{1'000'000};
constexpr std::uint32_t kCapabilities =
    USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION | USBDEVFS_CAP_NO_PACKET_SIZE_LIM |
    USBDEVFS_CAP_BULK_SCATTER_GATHER | USBDEVFS_CAP_REAP_AFTER_DISCONNECT;

template <typename T>
std::string_view BytesOf(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

}  // namespace

UsbfsFile::~UsbfsFile() {
  device_->DiscardAll(id_);
  device_->ReleaseAll(id_);
}

std::optional<RunTime> UsbfsFile::until() const {
  return waits_ == Waits::kNo ? std::nullopt : until_;
}

bool UsbfsFile::Serve(RunTime now) {
  const std::optional<IoctlChannel::Call> call = channel_.Receive();
  if (!call) return false;
  Call(*call, now);
  return true;
}

void UsbfsFile::Call(const IoctlChannel::Call& call, RunTime now) {
  const auto number = [&] { return static_cast<std::uint8_t>(Fetch<unsigned>(call.argument)); };
  const bool reaps = call.request == USBDEVFS_REAPURB || call.request == USBDEVFS_REAPURBNDELAY ||
                     call.request == USBDEVFS_DISCARDURB ||
                     call.request == USBDEVFS_RELEASEINTERFACE;
  if (!device_->attached() && !reaps) return Answer(ENODEV);
  switch (call.request) {
    case USBDEVFS_GET_CAPABILITIES:
      channel_.Write(call.argument, BytesOf(kCapabilities));
      return Answer(0);
    case USBDEVFS_GET_SPEED:
      return channel_.Answer(device_->options().speed == 12 ? USB_SPEED_FULL : USB_SPEED_HIGH, 0);
    case USBDEVFS_CLAIMINTERFACE:
      return Answer(Claim(number()));
    case USBDEVFS_RELEASEINTERFACE:
      return Answer(Release(number()));
    case USBDEVFS_SETINTERFACE:
      return Answer(SelectAlternate(Fetch<usbdevfs_setinterface>(call.argument)));
    case USBDEVFS_SETCONFIGURATION:
      return Answer(SetConfiguration(number()));
    case USBDEVFS_GETDRIVER:
      return GetDriver(call.argument);
    case USBDEVFS_DISCONNECT_CLAIM: {
      const auto claim = Fetch<usbdevfs_disconnect_claim>(call.argument);
      const int error = Disconnect(static_cast<std::uint8_t>(claim.interface));
      return Answer(error == 0 || error == ENODATA
                        ? Claim(static_cast<std::uint8_t>(claim.interface))
                        : error);
    }
    case USBDEVFS_IOCTL:
      return DriverCall(call.argument);
    case USBDEVFS_CLEAR_HALT:
    case USBDEVFS_RESETEP: {
      const std::uint8_t endpoint = number();
      const int error = ClaimOf(endpoint);
      return Answer(error != 0 ? error : device_->ClearHalt(endpoint));
    }
    case USBDEVFS_RESET:
      return Answer(device_->Reset() ? 0 : ENODEV);
    case USBDEVFS_SUBMITURB:
      return Submit(call.argument, now);
    case USBDEVFS_DISCARDURB:
      return Answer(device_->Discard(id_, call.argument) ? 0 : EINVAL);
    case USBDEVFS_REAPURB:
    case USBDEVFS_REAPURBNDELAY:
      return Reap(call.argument, call.request == USBDEVFS_REAPURB, now);
    case USBDEVFS_CONTROL:
    case USBDEVFS_BULK:
      return Synchronous(call, now);
    default:
      return Answer(ENOTTY);
  }
}

int UsbfsFile::Claim(std::uint8_t interface) {
  if (!device_->HasInterface(interface)) return ENOENT;
  std::uint64_t& holder = device_->holder(interface);
  if (holder != 0 && holder != id_) return EBUSY;
  holder = id_;
  return 0;
}

// As the kernel does, a transfer claims the interface for who forgot to.
int UsbfsFile::ClaimOf(std::uint8_t endpoint) {
  const std::optional<std::uint8_t> interface = device_->InterfaceOf(endpoint);
  return interface ? Claim(*interface) : ENOENT;
}

int UsbfsFile::Release(std::uint8_t interface) {
  if (device_->holder(interface) != id_) return EINVAL;
  device_->holder(interface) = 0;
  return 0;
}

int UsbfsFile::Disconnect(std::uint8_t interface) {
  if (!device_->HasInterface(interface)) return EINVAL;
  std::uint64_t& holder = device_->holder(interface);
  if (holder == 0) return ENODATA;
  if (holder != AttachedDevice::kKernel) return EBUSY;
  holder = 0;
  return 0;
}

int UsbfsFile::SetConfiguration(std::uint8_t value) {
  for (unsigned interface = 0; interface < 256; ++interface) {
    const auto number = static_cast<std::uint8_t>(interface);
    if (device_->HasInterface(number) && device_->holder(number) != 0) return EBUSY;
  }
  return device_->SetConfiguration(value);
}

int UsbfsFile::SelectAlternate(const usbdevfs_setinterface& asked) {
  const auto interface = static_cast<std::uint8_t>(asked.interface);
  const int error = Claim(interface);
  if (error != 0) return error;
  return device_->SelectAlternate(interface, static_cast<std::uint8_t>(asked.altsetting));
}

void UsbfsFile::GetDriver(std::uint64_t argument) {
  auto driver = Fetch<usbdevfs_getdriver>(argument);
  const std::uint64_t holder = device_->holder(static_cast<std::uint8_t>(driver.interface));
  if (holder == 0) return Answer(ENODATA);
  const std::string_view name = holder == AttachedDevice::kKernel
                                    ? std::string_view(device_->options().kernel_driver)
                                    : "usbfs";
  std::memset(driver.driver, 0, sizeof driver.driver);
  std::memcpy(driver.driver, name.data(), std::min(name.size(), sizeof driver.driver - 1));
  channel_.Write(argument, BytesOf(driver));
  Answer(0);
}

void UsbfsFile::DriverCall(std::uint64_t argument) {
  const auto inner = Fetch<usbdevfs_ioctl>(argument);
  const auto interface = static_cast<std::uint8_t>(inner.ifno);
  if (static_cast<unsigned>(inner.ioctl_code) == USBDEVFS_DISCONNECT) {
    return Answer(Disconnect(interface));
  }
  if (static_cast<unsigned>(inner.ioctl_code) != USBDEVFS_CONNECT) return Answer(ENOTTY);
  if (!device_->HasInterface(interface)) return Answer(EINVAL);
  std::uint64_t& holder = device_->holder(interface);
  if (holder != 0) return Answer(EBUSY);
  if (device_->options().kernel_driver.empty()) return channel_.Answer(0, 0);
  holder = AttachedDevice::kKernel;
  channel_.Answer(1, 0);
}

void UsbfsFile::Submit(std::uint64_t urb_address, RunTime now) {
  const auto urb = Fetch<usbdevfs_urb>(urb_address);
  constexpr unsigned kFlags =
      USBDEVFS_URB_SHORT_NOT_OK | USBDEVFS_URB_ZERO_PACKET | USBDEVFS_URB_NO_INTERRUPT;
  const bool is_control = urb.type == USBDEVFS_URB_TYPE_CONTROL;
  const bool known =
      (urb.flags & ~kFlags) == 0 && urb.buffer_length >= 0 &&
      (is_control || urb.type == USBDEVFS_URB_TYPE_BULK || urb.type == USBDEVFS_URB_TYPE_INTERRUPT);
  if (!known) return Answer(EINVAL);
  const auto size = static_cast<std::size_t>(urb.buffer_length);
  if (size > kMostBytes) return Answer(ENOMEM);
  if (is_control ? size < 8 || urb.endpoint % 0x80 != 0 : urb.endpoint % 0x80 == 0) {
    return Answer(EINVAL);
  }
  if (const int error = is_control ? 0 : ClaimOf(urb.endpoint); error != 0) return Answer(error);
  Transfer transfer{id_,  urb_address, is_control ? std::uint8_t{0} : urb.endpoint,
                    size, {},          reinterpret_cast<std::uint64_t>(urb.buffer)};
  transfer.submitted = now;
  transfer.short_is_error = (urb.flags & USBDEVFS_URB_SHORT_NOT_OK) != 0;
  transfer.ends_with_empty_packet = (urb.flags & USBDEVFS_URB_ZERO_PACKET) != 0;
  if (is_control || (urb.endpoint & 0x80) == 0) {
    transfer.data.resize(size);
    if (!channel_.Read(transfer.buffer, transfer.data.data(), size)) return;
  }
  if (is_control) {
    transfer.length = std::min<std::size_t>(
        size - 8, static_cast<std::uint8_t>(transfer.data[6]) |
                      static_cast<std::size_t>(static_cast<std::uint8_t>(transfer.data[7])) << 8);
    transfer.buffer += 8;
  }
  transfer.in = ((is_control ? transfer.data[0] : urb.endpoint) & 0x80) != 0;
  Answer(device_->Submit(std::move(transfer)));
}

void UsbfsFile::Reap(std::uint64_t pointer_address, bool wait, RunTime now) {
  pointer_address_ = pointer_address;
  if (GiveUrb()) return;
  if (!device_->attached()) return Answer(ENODEV);
  // The file says that there is something, but it is for someone else who has it open.
  if (!wait && !device_->HasDone()) return Answer(EAGAIN);
  waits_ = Waits::kForUrb;
  until_ = wait ? std::optional<RunTime>() : now + kHold;
}

bool UsbfsFile::GiveUrb() {
  const std::optional<Transfer> done = device_->ReapUrb(id_);
  if (!done) return false;
  if (done->in) channel_.Write(done->buffer, std::string_view(done->data).substr(0, done->done));
  const int status = done->status;
  const int actual = static_cast<int>(done->done);
  channel_.Write(done->id + offsetof(usbdevfs_urb, status), BytesOf(status));
  channel_.Write(done->id + offsetof(usbdevfs_urb, actual_length), BytesOf(actual));
  channel_.Write(pointer_address_, BytesOf(done->id));
  waits_ = Waits::kNo;
  Answer(0);
  return true;
}

void UsbfsFile::Synchronous(const IoctlChannel::Call& call, RunTime now) {
  Transfer transfer{};
  transfer.owner = id_;
  transfer.id = AttachedDevice::kNoUrb;
  transfer.submitted = now;
  unsigned timeout_ms = 0;
  if (call.request == USBDEVFS_CONTROL) {
    const auto control = Fetch<usbdevfs_ctrltransfer>(call.argument);
    transfer.length = control.wLength;
    transfer.buffer = reinterpret_cast<std::uint64_t>(control.data);
    timeout_ms = control.timeout;
    transfer.data = std::string(BytesOf(control).substr(0, 8));
    transfer.in = (control.bRequestType & 0x80) != 0;
    if (!transfer.in) transfer.data.resize(8 + transfer.length);
  } else {
    const auto bulk = Fetch<usbdevfs_bulktransfer>(call.argument);
    if (bulk.len > kMostBytes) return Answer(ENOMEM);
    transfer.endpoint = static_cast<std::uint8_t>(bulk.ep);
    transfer.length = bulk.len;
    transfer.buffer = reinterpret_cast<std::uint64_t>(bulk.data);
    timeout_ms = bulk.timeout;
    transfer.in = (bulk.ep & 0x80) != 0;
    if (!transfer.in) transfer.data.resize(bulk.len);
    if (const int error = ClaimOf(transfer.endpoint); error != 0) return Answer(error);
  }
  const std::size_t header = transfer.endpoint == 0 ? 8 : 0;
  if (transfer.data.size() > header &&
      !channel_.Read(transfer.buffer, transfer.data.data() + header,
                     transfer.data.size() - header)) {
    return;
  }
  if (const int error = device_->Submit(std::move(transfer)); error != 0) return Answer(error);
  waits_ = Waits::kForOwn;
  until_ = timeout_ms == 0 ? std::optional<RunTime>()
                           : now + Duration(std::int64_t{timeout_ms} * 1'000'000);
}

void UsbfsFile::EndSynchronous(const Transfer& transfer) {
  waits_ = Waits::kNo;
  if (transfer.status != 0) {
    return Answer(transfer.status == -ENOENT ? ETIMEDOUT : -transfer.status);
  }
  if (transfer.in) channel_.Write(transfer.buffer, transfer.data);
  channel_.Answer(static_cast<int>(transfer.done), 0);
}

void UsbfsFile::Resume(RunTime now) {
  const bool late = until_ && now >= *until_;
  if (waits_ == Waits::kForUrb) {
    if (GiveUrb()) return;
    if (!device_->attached() || late) {
      waits_ = Waits::kNo;
      Answer(device_->attached() ? EAGAIN : ENODEV);
    }
  } else if (waits_ == Waits::kForOwn) {
    if (late) device_->Discard(id_, AttachedDevice::kNoUrb);
    if (const std::optional<Transfer> done = device_->Reap(id_, AttachedDevice::kNoUrb)) {
      EndSynchronous(*done);
    }
  }
}

}  // namespace rig::usb
