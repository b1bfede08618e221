#pragma once

#include <cstdint>
#include <string>

#include "tests/usb/pin_peripheral.h"

namespace rig::usb {

// An EEPROM of the 24Cxx family with two address bytes (24C32 and larger) on I2C: SCL is SK, SDA is
// DO and DI, which are tied (MpsseEngine::Tie).
class I2cEeprom : public PinPeripheral {
 public:
  struct Options {
    std::uint8_t address = 0x50;  // 7 bits
    std::size_t size = 4096;
    std::size_t page = 32;
    Cycle write_cycles = kCyclesPerSecond / 200;  // 5 ms; it does not acknowledge meanwhile
  };
  I2cEeprom() : I2cEeprom(Options()) {}
  explicit I2cEeprom(const Options& options) : options_(options), memory_(options.size, '\xff') {}

  std::string& memory() { return memory_; }

  Pins watched() const override { return kSk | kDo; }
  void PinsChanged(Cycle at, Pins levels, Pins changed) override;
  PinDrive Drive(Cycle at) override;

 private:
  enum class State { kIdle, kAddress, kReceive, kSend };
  void Start();
  void Stop(Cycle at);
  void ClockRises(bool sda);
  void ClockFalls(Cycle at);
  bool Accept(Cycle at);
  void LoadNext();

  const Options options_;
  std::string memory_;
  State state_ = State::kIdle;
  unsigned bit_ = 0;           // of the byte, 8 is the acknowledgement
  std::uint8_t shift_ = 0;     // the byte that comes or goes
  bool acknowledged_ = false;  // by the host
  bool counts_ = false;        // the clock fell since the start
  bool pulls_ = false;         // SDA low
  unsigned header_ = 0;        // address bytes that came
  std::size_t pointer_ = 0;
  std::string page_;  // bytes to be written
  Cycle busy_until_ = 0;
};

}  // namespace rig::usb
