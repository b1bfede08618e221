#pragma once

#include <cstdint>
#include <string>

#include "tests/usb/pin_peripheral.h"

namespace rig::usb {

// A serial NOR flash on SPI (modes 0 and 3): by default what says it is a Winbond W25X10, 128 KB,
// with pages of 256 bytes, sectors of 4 KB and blocks of 64 KB.
class SpiFlash : public PinPeripheral {
 public:
  struct Options {
    std::string jedec_id = "\xef\x30\x11";
    std::size_t size = 128 << 10;
    Pins select = kCs;
    // Busy times: in the range of data sheets' typical ones.
    Cycle page_cycles = kCyclesPerSecond / 1000;
    Cycle sector_cycles = kCyclesPerSecond / 30;
    Cycle block_cycles = kCyclesPerSecond / 6;
  };
  SpiFlash() : SpiFlash(Options()) {}
  explicit SpiFlash(Options options)
      : options_(std::move(options)), memory_(options_.size, '\xff') {}

  std::string& memory() { return memory_; }
  // Pages programmed and areas erased.
  unsigned programs() const { return programs_; }
  unsigned erasures() const { return erasures_; }

  Pins watched() const override {
    return selected_ ? static_cast<Pins>(options_.select | kSk) : options_.select;
  }
  void PinsChanged(Cycle at, Pins levels, Pins changed) override;
  PinDrive Drive(Cycle at) override;

 private:
  void ByteIn(Cycle at);
  std::uint8_t ByteOut(Cycle at) const;
  void Deselect(Cycle at);
  void Erase(Cycle at, std::size_t size, Cycle busy);
  void Program(Cycle at);
  bool busy(Cycle at) const { return at < busy_until_; }
  std::size_t address() const;

  const Options options_;
  std::string memory_;
  bool selected_ = false;
  std::string in_;         // whole bytes since it was selected
  std::uint8_t bits_ = 0;  // of the byte that comes in
  unsigned bit_ = 0;
  std::uint8_t out_ = 0xff;
  bool level_ = true;  // of its output
  bool writable_ = false;
  std::uint8_t status_ = 0;
  Cycle busy_until_ = 0;
  unsigned programs_ = 0;
  unsigned erasures_ = 0;
};

}  // namespace rig::usb
