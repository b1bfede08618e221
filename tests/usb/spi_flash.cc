#include "tests/usb/spi_flash.h"

#include <algorithm>

namespace rig::usb {
namespace {

enum Command : std::uint8_t {
  kWriteStatus = 0x01,
  kProgram = 0x02,
  kRead = 0x03,
  kWriteDisable = 0x04,
  kReadStatus = 0x05,
  kWriteEnable = 0x06,
  kFastRead = 0x0b,
  kEraseSector = 0x20,
  kEraseChip = 0x60,
  kReadId = 0x90,
  kReadJedecId = 0x9f,
  kReadDeviceId = 0xab,
  kEraseChipToo = 0xc7,
  kEraseBlock = 0xd8,
};

constexpr std::uint8_t kProtection = 0x9c;  // the bits of the status that can be written
constexpr std::size_t kPage = 256;
constexpr std::size_t kCommandAndAddress = 4;

}  // namespace

PinDrive SpiFlash::Drive(Cycle) {
  if (!selected_) return {};
  return {kDi, static_cast<Pins>(level_ ? kDi : 0)};
}

void SpiFlash::PinsChanged(Cycle at, Pins levels, Pins changed) {
  if ((changed & options_.select) != 0) {
    const bool selects = (levels & options_.select) == 0;
    if (!selects && selected_) Deselect(at);
    selected_ = selects;
    in_.clear();
    bit_ = 0;
    out_ = 0xff;
    level_ = true;
    return;
  }
  if ((levels & kSk) != 0) {
    bits_ = static_cast<std::uint8_t>(bits_ << 1 | ((levels & kDo) != 0 ? 1 : 0));
    if (++bit_ == 8) ByteIn(at);
  } else {
    if (bit_ == 0 && !in_.empty()) out_ = ByteOut(at);
    level_ = (out_ & 0x80) != 0;
    out_ = static_cast<std::uint8_t>(out_ << 1);
  }
}

void SpiFlash::ByteIn(Cycle at) {
  bit_ = 0;
  in_ += static_cast<char>(bits_);
  // What is not ready hears its status asked for, and nothing else.
  if (in_.size() == 1 && busy(at) && bits_ != kReadStatus) in_[0] = '\0';
}

std::size_t SpiFlash::address() const {
  std::size_t address = 0;
  for (std::size_t i = 1; i < kCommandAndAddress; ++i) {
    address = address << 8 | static_cast<std::uint8_t>(in_[i]);
  }
  return address % memory_.size();
}

std::uint8_t SpiFlash::ByteOut(Cycle at) const {
  const auto command = static_cast<std::uint8_t>(in_[0]);
  const auto device_id = static_cast<std::uint8_t>(options_.jedec_id[2] - 1);
  const auto read = [&](std::size_t header) -> std::uint8_t {
    if (in_.size() < header) return 0xff;
    return static_cast<std::uint8_t>(memory_[(address() + in_.size() - header) % memory_.size()]);
  };
  switch (command) {
    case kReadStatus:
      return static_cast<std::uint8_t>(status_ | (writable_ ? 2 : 0) | (busy(at) ? 1 : 0));
    case kReadJedecId:
      return in_.size() <= 3 ? static_cast<std::uint8_t>(options_.jedec_id[in_.size() - 1]) : 0xff;
    case kReadDeviceId:
      return in_.size() < kCommandAndAddress ? 0xff : device_id;
    case kReadId:
      if (in_.size() < kCommandAndAddress) return 0xff;
      return (in_.size() + address()) % 2 == 0 ? static_cast<std::uint8_t>(options_.jedec_id[0])
                                               : device_id;
    case kRead:
      return read(kCommandAndAddress);
    case kFastRead:
      return read(kCommandAndAddress + 1);
    default:
      return 0xff;
  }
}

// Where commands that change it take effect: only when they end with a whole byte.
void SpiFlash::Deselect(Cycle at) {
  if (in_.empty() || bit_ != 0) return;
  switch (static_cast<std::uint8_t>(in_[0])) {
    case kWriteEnable:
      writable_ = true;
      return;
    case kWriteDisable:
      writable_ = false;
      return;
    case kWriteStatus:
      if (in_.size() < 2 || !writable_) return;
      status_ = static_cast<std::uint8_t>(in_[1]) & kProtection;
      busy_until_ = at + options_.page_cycles;
      break;
    case kProgram:
      if (in_.size() <= kCommandAndAddress || !writable_ || status_ != 0) return;
      Program(at);
      break;
    case kEraseSector:
      if (in_.size() != kCommandAndAddress || !writable_ || status_ != 0) return;
      Erase(at, 4 << 10, options_.sector_cycles);
      break;
    case kEraseBlock:
      if (in_.size() != kCommandAndAddress || !writable_ || status_ != 0) return;
      Erase(at, 64 << 10, options_.block_cycles);
      break;
    case kEraseChip:
    case kEraseChipToo:
      if (in_.size() != 1 || !writable_ || status_ != 0) return;
      in_.resize(kCommandAndAddress, '\0');
      Erase(at, memory_.size(), options_.block_cycles);
      break;
    default:
      return;
  }
  writable_ = false;
}

void SpiFlash::Erase(Cycle at, std::size_t size, Cycle busy) {
  const std::size_t begin = address() / size * size;
  memory_.replace(begin, size, size, '\xff');
  busy_until_ = at + busy;
  ++erasures_;
}

void SpiFlash::Program(Cycle at) {
  const std::size_t page = address() / kPage * kPage;
  for (std::size_t i = kCommandAndAddress; i < in_.size(); ++i) {
    char& cell = memory_[page + (address() + i - kCommandAndAddress) % kPage];
    cell = static_cast<char>(cell & in_[i]);
  }
  busy_until_ = at + options_.page_cycles;
  ++programs_;
}

}  // namespace rig::usb
