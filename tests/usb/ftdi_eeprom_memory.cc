#include "tests/usb/ftdi_eeprom_memory.h"

#include <algorithm>
#include <array>

#include "tests/usb/descriptors.h"

namespace rig::usb {
namespace {

// Offset and length of each string (manufacturer, product, serial), as bytes.
constexpr std::size_t kTexts = 0x0e;
constexpr std::size_t kOptions = 0x0a;
constexpr std::uint8_t kHasSerial = 0x08;
// Of the FT232H; the strings follow its settings.
constexpr std::size_t kFirstText = 0xa0;
// libftdi knows of no more than these, also of a 93C66.
constexpr std::size_t kMostWords = 128;

}  // namespace

std::size_t FtdiEepromMemory::ChecksumAt() const { return std::min(words_.size(), kMostWords) - 1; }

std::uint16_t FtdiEepromMemory::Checksum() const {
  std::uint16_t sum = 0xaaaa;
  for (std::size_t i = 0; i < ChecksumAt(); ++i) {
    sum ^= words_[i];
    sum = static_cast<std::uint16_t>(sum << 1 | sum >> 15);
  }
  return sum;
}

std::uint8_t FtdiEepromMemory::Byte(std::size_t at) const {
  return static_cast<std::uint8_t>(Read(at / 2) >> (at % 2 == 0 ? 0 : 8));
}

// Stored as a string descriptor. What is no ASCII becomes a question mark.
std::string FtdiEepromMemory::Text(std::size_t entry) const {
  const std::size_t mask = 2 * (ChecksumAt() + 1) - 1;
  const std::size_t offset = Byte(kTexts + 2 * entry) & mask;
  const std::size_t length = Byte(kTexts + 2 * entry + 1);
  if (length < 2 || offset + length > mask + 1) return {};
  std::string text;
  for (std::size_t at = offset + 2; at + 1 < offset + length; at += 2) {
    const bool ascii = Byte(at + 1) == 0 && Byte(at) >= 0x20 && Byte(at) < 0x7f;
    text += ascii ? static_cast<char>(Byte(at)) : '?';
  }
  return text;
}

std::optional<FtdiEepromMemory::Identity> FtdiEepromMemory::Parse() const {
  const bool empty = std::all_of(words_.begin(), words_.end(), [](auto w) { return w == 0xffff; });
  if (empty || Checksum() != words_[ChecksumAt()]) return std::nullopt;
  const bool has_serial = (Byte(kOptions) & kHasSerial) != 0;
  return Identity{words_[1], words_[2], words_[3],
                  Text(0),   Text(1),   has_serial ? Text(2) : std::string()};
}

void FtdiEepromMemory::Store(const Identity& identity) {
  std::fill(words_.begin(), words_.end(), std::uint16_t{0});
  words_[1] = identity.vendor;
  words_[2] = identity.product;
  words_[3] = identity.release;
  words_[4] = 0x3280;  // 100 mA, from the bus
  words_[5] = identity.serial.empty() ? 0 : kHasSerial;
  std::size_t at = kFirstText % (2 * words_.size());
  std::size_t entry = 0;
  for (const std::string& text : {identity.manufacturer, identity.product_name, identity.serial}) {
    std::string bytes = StringDescriptor(text);
    words_[kTexts / 2 + entry++] = static_cast<std::uint16_t>(at | bytes.size() << 8);
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2, at += 2) {
      Write(at / 2, static_cast<std::uint16_t>(static_cast<std::uint8_t>(bytes[i]) |
                                               static_cast<std::uint8_t>(bytes[i + 1]) << 8));
    }
  }
  words_[ChecksumAt()] = Checksum();
}

}  // namespace rig::usb
