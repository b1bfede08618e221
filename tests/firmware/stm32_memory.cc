#include "tests/firmware/stm32_memory.h"

#include <algorithm>

namespace rig {
namespace {

constexpr std::uint32_t kRam = 0x20000000;
constexpr std::size_t kRamSize = 20 * 1024;

// Flash controller: PM0075, 3.
constexpr std::uint32_t kFlashKey = 0x40022004;
constexpr std::uint32_t kFlashStatus = 0x4002200c;
constexpr std::uint32_t kFlashControl = 0x40022010;
constexpr std::uint32_t kFlashAddress = 0x40022014;
constexpr std::uint32_t kFlashOptions = 0x4002201c;
constexpr std::uint32_t kFlashProtection = 0x40022020;
constexpr std::uint32_t kProgram = 1, kPageErase = 2, kMassErase = 4, kStart = 0x40, kLock = 0x80;
constexpr std::uint32_t kProgramError = 4, kProtectionError = 0x10, kEnd = 0x20;

// Core: DDI 0403, B3.2 and C1.6.
constexpr std::uint32_t kCpuId = 0xe000ed00;
constexpr std::uint32_t kResetControl = 0xe000ed0c;
constexpr std::uint32_t kHalting = 0xe000edf0;
constexpr std::uint32_t kRegisterSelect = 0xe000edf4;
constexpr std::uint32_t kRegisterData = 0xe000edf8;
constexpr std::uint32_t kMonitor = 0xe000edfc;
constexpr std::uint32_t kBreakpoints = 0xe0002000;
constexpr std::uint32_t kDeviceId = 0xe0042000;
constexpr std::uint32_t kSizeRegister = 0x1ffff7e0;

bool Within(std::uint32_t address, std::uint32_t begin, std::size_t size) {
  return address >= begin && address - begin < size;
}

}  // namespace

Stm32Memory::Stm32Memory() : flash(kFlashSize, '\x5a'), ram_(kRamSize, '\0') {}

std::uint32_t Stm32Memory::Read(std::uint32_t address, unsigned size) {
  const bool in_flash = Within(address, kFlash, kFlashSize);
  if (in_flash || Within(address, kRam, kRamSize)) {
    const std::string& memory = in_flash ? flash : ram_;
    const std::size_t at = address - (in_flash ? kFlash : kRam);
    std::uint32_t value = 0;
    for (unsigned i = size; i-- > 0;)
      value = value << 8 | static_cast<std::uint8_t>(memory[at + i]);
    return value;
  }
  const std::uint32_t word = ReadWord(address & ~3U);
  if (address == kHalting) saw_reset_ = false;  // S_RESET_ST is cleared by being read
  return word >> (8 * (address & 3));
}

std::uint32_t Stm32Memory::ReadWord(std::uint32_t address) const {
  switch (address) {
    case kFlashStatus:
      return flash_status_;
    case kFlashControl:
      return flash_control_;
    case kFlashOptions:
      return 0x03fffffc;
    case kFlashProtection:
      return 0xffffffff;
    case kSizeRegister:
      return 0xffff0000 | kFlashSize / 1024;
    case kDeviceId:
      return 0x20036410;
    case kCpuId:
      return 0x411fc231;  // Cortex-M3 r1p1
    case kHalting:
      return (debug_enabled_ ? 1U : 0U) | (halted ? 2U : 0U) | 1U << 16 | (halted ? 1U << 17 : 0U) |
             (saw_reset_ ? 1U << 25 : 0U);
    case kRegisterData:
      return core_data_;
    case kMonitor:
      return demcr_;
    case kBreakpoints:
      return breakpoints_ | 0x260;  // how many there are
    default:
      return 0;
  }
}

void Stm32Memory::Write(std::uint32_t address, unsigned size, std::uint32_t value) {
  if (Within(address, kFlash, kFlashSize)) return WriteFlash(address - kFlash, size, value);
  if (Within(address, kRam, kRamSize)) {
    for (unsigned i = 0; i < size; ++i) {
      ram_[address - kRam + i] = static_cast<char>(value >> (8 * i));
    }
    return;
  }
  WriteWord(address, value);
}

// Half words alone, and what is not erased does not take them (PM0075, 2.3.2).
void Stm32Memory::WriteFlash(std::uint32_t offset, unsigned size, std::uint32_t value) {
  const bool programs = (flash_control_ & (kProgram | kLock)) == kProgram && size == 2;
  if (protected_page == offset / kPage) {
    flash_status_ |= kProtectionError;
    return;
  }
  if (!programs || flash[offset] != '\xff' || flash[offset + 1] != '\xff') {
    flash_status_ |= kProgramError;
    return;
  }
  for (unsigned i = 0; i < 2; ++i) {
    if (worn_byte != offset + i) flash[offset + i] = static_cast<char>(value >> (8 * i));
  }
  flash_status_ |= kEnd;
}

void Stm32Memory::WriteFlashControl(std::uint32_t value) {
  if ((flash_control_ & kLock) != 0) return;
  flash_control_ = value & ~kStart;
  if ((value & kStart) == 0) return;
  const std::size_t page = (flash_address_ - kFlash) / kPage;
  const bool whole = (value & kMassErase) != 0;
  if (protected_page && (whole || protected_page == page)) {
    flash_status_ |= kProtectionError;
    return;
  }
  if (whole) std::fill(flash.begin(), flash.end(), '\xff');
  if (!whole && (value & kPageErase) != 0 && page < kFlashSize / kPage) {
    std::fill_n(flash.begin() + static_cast<std::ptrdiff_t>(page * kPage), kPage, '\xff');
  }
  flash_status_ |= kEnd;
}

void Stm32Memory::WriteKey(std::uint32_t value) {
  if (last_key_ == 0x45670123 && value == 0xcdef89ab) flash_control_ &= ~kLock;
  last_key_ = value;
}

void Stm32Memory::Reset() {
  ++resets;
  saw_reset_ = true;
  flash_control_ = kLock;
  halted = debug_enabled_ && (demcr_ & 1) != 0;  // VC_CORERESET
}

void Stm32Memory::WriteWord(std::uint32_t address, std::uint32_t value) {
  switch (address) {
    case kFlashKey:
      return WriteKey(value);
    case kFlashStatus:
      flash_status_ &= ~value;
      return;
    case kFlashControl:
      return WriteFlashControl(value);
    case kFlashAddress:
      flash_address_ = value;
      return;
    case kResetControl:
      if (value >> 16 == 0x05fa && (value & 4) != 0) Reset();
      return;
    case kHalting:
      if (value >> 16 != 0xa05f) return;
      debug_enabled_ = (value & 1) != 0;
      halted = debug_enabled_ && (value & 2) != 0;
      return;
    case kRegisterSelect:
      if ((value & 1U << 16) != 0) {
        registers_[value & 127] = core_data_;
      } else {
        core_data_ = registers_[value & 127];
      }
      return;
    case kRegisterData:
      core_data_ = value;
      return;
    case kMonitor:
      demcr_ = value;
      return;
    case kBreakpoints:
      breakpoints_ = value & 1;
      return;
    default:
      return;
  }
}

}  // namespace rig
