#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/usb/emulated_device.h"

namespace rig::usb {

// The EEPROM beside an FTDI chip: a 93C46, 93C56 or 93C66 of 64, 128 or 256 words. Addresses beyond
// its end begin anew, as the chip has fewer address bits.
class FtdiEepromMemory {
 public:
  explicit FtdiEepromMemory(std::size_t words = 128) : words_(words, 0xffff) {}

  std::uint16_t Read(std::size_t address) const { return words_[address % words_.size()]; }
  void Write(std::size_t address, std::uint16_t word) { words_[address % words_.size()] = word; }
  void Erase() { words_.assign(words_.size(), 0xffff); }

  // What the chip makes of it at power on; none: it is empty or its checksum is wrong, and the chip
  // takes its defaults.
  struct Identity {
    std::uint16_t vendor;
    std::uint16_t product;
    std::uint16_t release;
    // UTF-8; those of a wrong length or offset are empty.
    std::string manufacturer;
    std::string product_name;
    std::string serial;
  };
  std::optional<Identity> Parse() const;
  // Writes what Parse then reads.
  void Store(const Identity& identity);
  // Over all words but the last, which holds it (libftdi, ftdi.c).
  std::uint16_t Checksum() const;

 private:
  std::uint8_t Byte(std::size_t at) const;
  std::string Text(std::size_t entry) const;
  std::size_t ChecksumAt() const;
  std::vector<std::uint16_t> words_;
};

}  // namespace rig::usb
