#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/usb/emulated_device.h"
#include "tests/usb/ftdi_eeprom_memory.h"
#include "tests/usb/mpsse_engine.h"

namespace rig::usb {

// Which chip: what it says it is, and what it can.
struct FtdiModel {
  std::uint16_t product;
  std::uint16_t release;
  std::uint16_t packet;  // bytes of a bulk packet
  bool has_mpsse;
  std::string name;
};
inline const FtdiModel kFt232h{0x6014, 0x0900, 512, true, "Single RS232-HS"};
// At full speed: plug it in with speed 12.
inline const FtdiModel kFt232r{0x6001, 0x0600, 64, false, "FT232R USB UART"};

// An FT232H in software: the vendor's requests (libftdi's ftdi.h; FTDI AN_232B-04 on latency and
// packets), modem status in front of each packet it sends, EEPROM, and the modes MPSSE and
// asynchronous bit-bang. Serial data of its other modes goes nowhere and comes from nowhere.
class Ft232h : public EmulatedDevice {
 public:
  struct Options {
    FtdiModel model = kFt232h;
    MpsseEngine::Options engine = {};
    std::size_t eeprom_words = 128;
  };
  // With an EEPROM that says so; without a serial it is empty.
  explicit Ft232h(const std::string& serial) : Ft232h(serial, Options()) {}
  Ft232h(const std::string& serial, Options options);

  MpsseEngine& engine() { return engine_; }
  FtdiEepromMemory& eeprom() { return eeprom_; }
  enum class Mode : std::uint8_t { kSerial = 0x00, kBitBang = 0x01, kMpsse = 0x02 };
  Mode mode() const { return mode_; }
  unsigned latency_ms() const { return latency_ms_; }
  std::uint16_t divisor() const { return divisor_; }
  std::uint16_t flow() const { return flow_; }
  // The modem outputs as the host last set them.
  bool dtr() const { return dtr_; }
  bool rts() const { return rts_; }
  // ADBUS in bit-bang: what is driven, and to what.
  PinDrive bit_bang() const { return bit_bang_; }

  Descriptors descriptors() const override;
  std::optional<std::string> Control(const Setup& setup, std::string_view data) override;
  std::optional<std::size_t> Out(std::uint8_t endpoint, std::string_view bytes) override;
  InResult In(std::uint8_t endpoint, std::size_t most) override;
  void BusReset() override;
  void AdvanceTo(RunTime t) override;

 private:
  std::optional<std::string> Write(const Setup& setup);
  std::optional<std::string> Read(const Setup& setup);
  bool Reset(std::uint16_t what);
  bool SetMode(std::uint8_t mode, std::uint8_t mask);
  void ModemControl(std::uint16_t value);
  std::string ModemStatus() const;
  bool LatencyIsOver() const { return now_ >= latency_until_; }

  const Options options_;
  FtdiEepromMemory eeprom_;
  MpsseEngine engine_;
  Mode mode_ = Mode::kSerial;
  PinDrive bit_bang_;
  unsigned latency_ms_ = 16;
  RunTime latency_until_{};
  bool flush_ = false;
  RunTime now_{};
  std::uint16_t divisor_ = 0;
  std::uint16_t flow_ = 0;
  bool dtr_ = false;
  bool rts_ = false;
};

}  // namespace rig::usb
