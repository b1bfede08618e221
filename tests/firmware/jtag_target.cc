#include "tests/firmware/jtag_target.h"

namespace rig {
namespace {

constexpr std::uint32_t kIdentity = 0x3ba00477;      // a Cortex-M3's JTAG-DP
constexpr std::uint32_t kAccessPortId = 0x24770011;  // an AHB-AP
constexpr unsigned kInstructionLength = 4;
constexpr unsigned kDebugPort = 0xa, kAccessPort = 0xb, kIdCode = 0xe;
constexpr unsigned kAccessLength = 35;
constexpr std::uint64_t kAckOk = 2;
constexpr std::uint32_t kIncrement = 4095;  // within what a Cortex-M3's addresses increment

}  // namespace

void JtagTarget::Drive(bool tck, bool tms, bool tdi) {
  const bool rises = tck && !tck_;
  tck_ = tck;
  if (!rises) return;
  if (IsShifting(state_)) Shift(tdi);
  state_ = Next(state_, tms);
  if (state_ == TapState::kReset) instruction_ = kIdCode;
  if (state_ == TapState::kCaptureIr) {
    shift_ = 1;  // IEEE 1149.1: ends in 01
    length_ = kInstructionLength;
  }
  if (state_ == TapState::kCaptureDr) CaptureData();
  if (state_ == TapState::kUpdateIr) instruction_ = static_cast<unsigned>(shift_);
  const bool access = instruction_ == kDebugPort || instruction_ == kAccessPort;
  if (state_ == TapState::kUpdateDr && access) Access();
}

void JtagTarget::Shift(bool tdi) { shift_ = shift_ >> 1 | std::uint64_t{tdi} << (length_ - 1); }

void JtagTarget::CaptureData() {
  shift_ = 0;
  length_ = 1;  // the bypass
  if (instruction_ == kIdCode) {
    shift_ = kIdentity;
    length_ = 32;
  } else if (instruction_ != 0xf) {
    shift_ = kAckOk | std::uint64_t{result_} << 3;
    length_ = kAccessLength;
  }
}

void JtagTarget::Access() {
  const bool read = (shift_ & 1) != 0;
  const auto address = static_cast<unsigned>(shift_ << 1 & 0xc);
  const auto value = static_cast<std::uint32_t>(shift_ >> 3);
  if (instruction_ == kDebugPort) {
    if (read) result_ = ReadDebugPort(address);
    if (!read) WriteDebugPort(address, value);
    return;
  }
  if (read) result_ = ReadAccessPort((select_ & 0xf0) | address);
  if (!read) WriteAccessPort((select_ & 0xf0) | address, value);
}

std::uint32_t JtagTarget::ReadDebugPort(unsigned address) const {
  // Powered up as soon as it is asked for.
  if (address == 4) return control_ | (control_ & 0x50000000) << 1;
  return address == 8 ? select_ : 0;
}

void JtagTarget::WriteDebugPort(unsigned address, std::uint32_t value) {
  if (address == 4) control_ = value & 0x50000f00;
  if (address == 8) select_ = value;
}

std::uint32_t JtagTarget::ReadAccessPort(unsigned address) {
  if (select_ >> 24 != 0) return 0;          // there is one
  if (address == 0x00) return word_ | 0x40;  // enabled
  if (address == 0x04) return target_address_;
  if (address == 0x0c) return Transfer(false, 0);
  if (address >= 0x10 && address <= 0x1c) {
    return memory_.Read((target_address_ & ~15U) + address - 0x10, 4);
  }
  return address == 0xfc ? kAccessPortId : 0;
}

void JtagTarget::WriteAccessPort(unsigned address, std::uint32_t value) {
  if (select_ >> 24 != 0) return;
  if (address == 0x00) word_ = value & ~0x20U;  // no packed transfers
  if (address == 0x04) target_address_ = value;
  if (address == 0x0c) Transfer(true, value);
  if (address >= 0x10 && address <= 0x1c) {
    memory_.Write((target_address_ & ~15U) + address - 0x10, 4, value);
  }
}

// Bytes and half words lie where they would in their word.
std::uint32_t JtagTarget::Transfer(bool write, std::uint32_t value) {
  const unsigned size = 1U << (word_ & 3);
  const unsigned shift = 8 * (target_address_ & 3);
  std::uint32_t found = 0;
  if (write) {
    memory_.Write(target_address_, size, value >> shift);
  } else {
    found = memory_.Read(target_address_, size) << shift;
  }
  if ((word_ & 0x10) != 0) {
    target_address_ = (target_address_ & ~kIncrement) | ((target_address_ + size) & kIncrement);
  }
  return found;
}

std::string RemoteBitbang::Take(std::string_view bytes) {
  std::string said;
  for (const char byte : bytes) {
    const int pins = byte - '0';
    if (pins >= 0 && pins < 8) target_.Drive((pins & 4) != 0, (pins & 2) != 0, (pins & 1) != 0);
    if (byte == 'R') said += target_.tdo() ? '1' : '0';
  }
  return said;
}

}  // namespace rig
