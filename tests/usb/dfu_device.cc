#include "tests/usb/dfu_device.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/usb/descriptors.h"

namespace rig::usb {
namespace {

// States and statuses of DFU 1.1, 6.1.2.
enum State : std::uint8_t {
  kAppIdle,
  kAppDetach,
  kIdle,
  kDownloadSync,
  kDownloadBusy,
  kDownloadIdle,
  kManifestSync,
  kManifest,
  kManifestWaitReset,
  kUploadIdle,
  kError
};
constexpr std::uint8_t kErrWrite = 3;
constexpr std::uint8_t kErrErase = 4;
constexpr std::uint8_t kErrAddress = 8;
constexpr std::uint8_t kErrNotDone = 9;
constexpr std::uint8_t kErrFirmware = 10;
constexpr std::uint8_t kErrUnknown = 14;
constexpr std::uint8_t kErrStalled = 15;

std::uint32_t LittleEndian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  }
  return value;
}

}  // namespace

DfuDevice::DfuDevice(const DfuDeviceSetup& setup)
    : setup_(setup),
      flash_(setup.flash_size, '\x5a'),
      dfu_mode_(setup.in_dfu_mode),
      state_(setup.in_dfu_mode ? kIdle : kAppIdle) {
  if (setup_.layout.empty()) {
    setup_.layout = fmt::format("@Internal Flash  /{:#010x}/{:02}*{:03}Kg", kAddress,
                                setup_.flash_size / setup_.page_size, setup_.page_size / 1024);
  }
}

std::string DfuDevice::Configuration() const {
  std::vector<std::string> parts;
  if (!dfu_mode_) {
    InterfaceText program{};
    program.interface_class = 0xff;
    parts.push_back(InterfaceDescriptor(program));
  }
  InterfaceText interface {};
  interface.number = dfu_mode_ ? 0 : 1;
  interface.interface_class = 0xfe;
  interface.subclass = 1;
  interface.protocol = dfu_mode_ ? 2 : 1;
  interface.name = 4;
  parts.push_back(InterfaceDescriptor(interface));
  const int attributes = 1 | (setup_.can_upload ? 2 : 0) | (setup_.manifestation_tolerant ? 4 : 0) |
                         (setup_.will_detach ? 8 : 0);
  const std::uint16_t version = setup_.dfuse ? 0x011a : 0x0110;
  std::string functional = {9, 0x21, static_cast<char>(attributes), '\xe8', 3};
  functional += static_cast<char>(setup_.transfer_size);
  functional += static_cast<char>(setup_.transfer_size >> 8);
  functional += static_cast<char>(version);
  functional += static_cast<char>(version >> 8);
  parts.push_back(functional);
  return ConfigurationDescriptor(parts);
}

Descriptors DfuDevice::descriptors() const {
  const std::uint16_t product = dfu_mode_ ? kDfuProduct : kRuntimeProduct;
  return {DeviceDescriptor({kVendor, product, 0x0100, 0, 1, 2, 3}),
          Configuration(),
          {"rig", dfu_mode_ ? "Bootloader" : "Program",
           dfu_mode_ && !setup_.dfu_serial.empty() ? setup_.dfu_serial : setup_.serial,
           setup_.dfuse ? setup_.layout : "Firmware"}};
}

void DfuDevice::EnterMode(bool dfu_mode) {
  dfu_mode_ = dfu_mode;
  state_ = dfu_mode ? kIdle : kAppIdle;
  status_ = 0;
  detaching_ = false;
  written_ = 0;
}

// In DFU mode a reset is the end of it, unless it was just plugged in.
void DfuDevice::BusReset() {
  if (detaching_) return EnterMode(true);
  if (state_ == kManifestWaitReset || state_ == kManifest) return EnterMode(false);
  // In the middle of a download: what it holds is no program any more (DFU 1.1, A.1).
  const bool downloading = state_ >= kDownloadSync && state_ <= kManifestSync;
  if (dfu_mode_ && downloading) Fail(kErrFirmware);
}

DfuDevice::Reply DfuDevice::Fail(std::uint8_t status) {
  state_ = kError;
  status_ = status;
  return std::nullopt;
}

DfuDevice::Reply DfuDevice::Control(const Setup& setup, std::string_view data) {
  if ((setup.request_type & 0x7f) != 0x21) return std::nullopt;
  if (!dfu_mode_) {
    if (setup.request == 0) return Detach();
    if (setup.request == 3) return GetStatus();
    if (setup.request == 5) return std::string(1, static_cast<char>(state_));
    return std::nullopt;
  }
  switch (setup.request) {
    case 1:
      return Download(setup, data);
    case 2:
      return Upload(setup);
    case 3:
      return GetStatus();
    case 4:
      return ClearStatus();
    case 5:
      return std::string(1, static_cast<char>(state_));
    case 6:
      return Abort();
    default:
      return Fail(kErrStalled);
  }
}

DfuDevice::Reply DfuDevice::Detach() {
  detaching_ = true;
  state_ = kAppDetach;
  if (setup_.will_detach) {
    EnterMode(!setup_.lost_on_detach);
    reattach_ = true;
  }
  return std::string();
}

DfuDevice::Reply DfuDevice::Download(const Setup& setup, std::string_view data) {
  if (state_ != kIdle && state_ != kDownloadIdle) return Fail(kErrStalled);
  if (data.size() > setup_.transfer_size) return Fail(kErrStalled);
  if (data.empty()) {
    if (state_ == kIdle && !setup_.dfuse) return Fail(kErrNotDone);
    state_ = kManifestSync;
    return std::string();
  }
  if (state_ == kIdle) written_ = 0;
  block_ = setup.value;
  data_ = data;
  state_ = kDownloadSync;
  ready_ = RunTime::max();  // begins with the next GETSTATUS
  return std::string();
}

bool DfuDevice::Write(std::size_t offset, std::string_view bytes) {
  const bool fits = offset + bytes.size() <= flash_.size();
  const bool writable = !setup_.protected_from || offset + bytes.size() <= *setup_.protected_from;
  const bool fails = setup_.fail_block == downloads_++;
  if (!fits || !writable || fails) return Fail(fits ? kErrWrite : kErrAddress), false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (setup_.worn_byte == offset + i) continue;
    // DfuSe tells the host to erase: what it did not erase becomes both.
    flash_[offset + i] = setup_.dfuse ? static_cast<char>(flash_[offset + i] & bytes[i]) : bytes[i];
  }
  return true;
}

void DfuDevice::RunDfuSe() {
  const bool command = block_ == 0;
  if (!command) {
    const std::size_t at = pointer_ + (block_ - std::size_t{2}) * setup_.transfer_size;
    if (block_ < 2 || at < kAddress) return (void)Fail(kErrAddress);
    Write(at - kAddress, data_);
    return;
  }
  const auto number = static_cast<std::uint8_t>(data_[0]);
  const std::uint32_t address = LittleEndian(std::string_view(data_).substr(1));
  const bool inside = address >= kAddress && address - kAddress < flash_.size();
  if (number == 0x21 && data_.size() == 5) {
    pointer_ = address;
    if (!inside) Fail(kErrAddress);
  } else if (number == 0x41 && data_.size() == 1) {
    std::fill(flash_.begin(), flash_.end(), '\xff');
  } else if (number == 0x41 && data_.size() == 5) {
    const std::size_t page = (address - kAddress) / setup_.page_size * setup_.page_size;
    if (!inside) return (void)Fail(kErrAddress);
    if (setup_.protected_from && page + setup_.page_size > *setup_.protected_from) {
      return (void)Fail(kErrErase);
    }
    std::fill_n(flash_.begin() + static_cast<std::ptrdiff_t>(page), setup_.page_size, '\xff');
  } else {
    Fail(kErrStalled);
  }
}

void DfuDevice::WriteBlock() {
  if (setup_.dfuse) return RunDfuSe();
  if (Write(written_, data_)) written_ += data_.size();
}

DfuDevice::Reply DfuDevice::StatusReply(Duration poll) const {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(poll).count();
  std::string reply(1, static_cast<char>(status_));
  for (int i = 0; i < 3; ++i) reply += static_cast<char>(ms >> (8 * i));
  reply += static_cast<char>(state_);
  reply += '\0';
  return reply;
}

DfuDevice::Reply DfuDevice::GetStatus() {
  if (status_answer_) return status_answer_;
  if (state_ == kDownloadSync) {
    state_ = kDownloadBusy;
    ready_ = now_ + setup_.busy;
    return StatusReply(setup_.busy);
  }
  if (state_ == kDownloadBusy) {
    if (now_ < ready_) {
      ++early_polls_;
      return Fail(kErrUnknown);
    }
    if (setup_.never_ready) {
      ready_ = now_ + setup_.busy;
      return StatusReply(setup_.busy);
    }
    state_ = kDownloadIdle;
    WriteBlock();
    return StatusReply(Duration(0));
  }
  if (state_ == kManifest) {  // its memory is written: it wants to start anew
    state_ = kManifestWaitReset;
    return StatusReply(Duration(0));
  }
  if (state_ == kManifestSync) {
    const bool stays = setup_.manifestation_tolerant && !setup_.dfuse;
    state_ = kManifest;
    const Reply reply = StatusReply(setup_.busy);
    if (stays) state_ = kIdle;  // by the time it is asked again
    if (setup_.dfuse) {
      EnterMode(false);
      reattach_ = true;
    }
    return reply;
  }
  return StatusReply(Duration(0));
}

DfuDevice::Reply DfuDevice::Upload(const Setup& setup) {
  const bool allowed = setup_.can_upload && (state_ == kIdle || state_ == kUploadIdle);
  if (!allowed || setup.length > setup_.transfer_size) return Fail(kErrStalled);
  std::size_t at = setup.value * std::size_t{setup_.transfer_size};
  if (setup_.dfuse) {
    if (setup.value < 2) return Fail(kErrStalled);
    at = pointer_ - kAddress + (setup.value - std::size_t{2}) * setup_.transfer_size;
  }
  const std::string some = at < flash_.size() ? flash_.substr(at, setup.length) : std::string();
  state_ = some.size() < setup.length ? kIdle : kUploadIdle;
  return some;
}

DfuDevice::Reply DfuDevice::ClearStatus() {
  if (state_ != kError) return Fail(kErrStalled);
  state_ = kIdle;
  status_ = 0;
  return std::string();
}

DfuDevice::Reply DfuDevice::Abort() {
  const bool allowed = state_ == kIdle || state_ == kDownloadSync || state_ == kDownloadIdle ||
                       state_ == kManifestSync || state_ == kUploadIdle;
  if (!allowed) return Fail(kErrStalled);
  state_ = kIdle;
  return std::string();
}

}  // namespace rig::usb
