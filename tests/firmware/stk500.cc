#include "tests/firmware/stk500.h"

namespace rig {
namespace {

constexpr char kInSync = 0x14;
constexpr char kOk = 0x10;
constexpr char kNoSync = 0x15;
constexpr char kEnd = 0x20;

constexpr std::uint8_t kGetSync = 0x30;
constexpr std::uint8_t kGetParameter = 0x41;
constexpr std::uint8_t kSetDevice = 0x42;
constexpr std::uint8_t kSetDeviceExtended = 0x45;
constexpr std::uint8_t kEnter = 0x50;
constexpr std::uint8_t kLeave = 0x51;
constexpr std::uint8_t kLoadAddress = 0x55;
constexpr std::uint8_t kUniversal = 0x56;
constexpr std::uint8_t kProgramPage = 0x64;
constexpr std::uint8_t kReadPage = 0x74;
constexpr std::uint8_t kReadSignature = 0x75;

std::uint8_t Byte(char c) { return static_cast<std::uint8_t>(c); }

}  // namespace

std::size_t Stk500::PageBytes() const {
  return Byte(heard_[1]) * std::size_t{256} + Byte(heard_[2]);
}

std::optional<std::size_t> Stk500::Size() const {
  switch (Byte(heard_[0])) {
    case kGetParameter:
      return 3;
    case kSetDevice:
      return 22;
    case kSetDeviceExtended:
      return heard_.size() < 2 ? std::nullopt : std::optional(Byte(heard_[1]) + std::size_t{2});
    case kLoadAddress:
      return 4;
    case kUniversal:
      return 6;
    case kProgramPage:
      return heard_.size() < 3 ? std::nullopt : std::optional(PageBytes() + 5);
    case kReadPage:
      return 5;
    default:
      return 2;
  }
}

std::string Stk500::Take(std::string_view bytes) {
  std::string said;
  for (const char byte : bytes) {
    heard_ += byte;
    const auto size = Size();
    if (!size || heard_.size() < *size) continue;
    const int number = commands_++;
    const bool silent = setup_.silent_from && number >= *setup_.silent_from;
    const auto answer = heard_.back() == kEnd && setup_.refuse != number ? Answer() : std::nullopt;
    if (!silent && answer) said += kInSync + *answer + kOk;
    if (!silent && !answer) said += kNoSync;
    heard_.clear();
  }
  return said;
}

std::optional<std::string> Stk500::Answer() {
  switch (Byte(heard_[0])) {
    case kGetSync:
    case kSetDevice:
    case kSetDeviceExtended:
    case kEnter:
      return std::string();
    case kGetParameter:
      // Versions, as Optiboot 8.0 tells them; 3 for all it does not know.
      return std::string(1, heard_[1] == '\x81' ? 8 : heard_[1] == '\x82' ? 0 : 3);
    case kLeave:
      if (!flash_.Leave()) return std::nullopt;
      return std::string();
    case kLoadAddress:
      address_ = 2 * (Byte(heard_[1]) + Byte(heard_[2]) * std::size_t{256});  // words
      return std::string();
    case kUniversal:
      return std::string(1, '\0');
    case kProgramPage:
      return ProgramPage();
    case kReadPage:
      return ReadPage();
    case kReadSignature:
      return std::string(setup_.signature.begin(), setup_.signature.end());
    default:
      return std::nullopt;
  }
}

std::optional<std::string> Stk500::ProgramPage() {
  const std::size_t size = PageBytes();
  const std::string_view bytes = std::string_view(heard_).substr(4, size);
  if (IsEeprom()) {
    const bool fits = address_ + size <= flash_.eeprom_size();
    if (!fits || !flash_.WriteEeprom(address_, bytes)) return std::nullopt;
    return std::string();
  }
  const bool fits = size <= setup_.page_size && address_ + size <= flash_.size();
  if (!fits || !flash_.WritePage(address_, bytes)) return std::nullopt;
  return std::string();
}

std::optional<std::string> Stk500::ReadPage() {
  const std::size_t size = PageBytes();
  if (address_ + size > (IsEeprom() ? flash_.eeprom_size() : flash_.size())) return std::nullopt;
  const auto bytes = IsEeprom() ? flash_.ReadEeprom(address_, size) : flash_.Read(address_, size);
  if (!bytes) return std::nullopt;
  return *bytes;
}

}  // namespace rig
