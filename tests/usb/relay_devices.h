#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "tests/usb/descriptors.h"
#include "tests/usb/emulated_device.h"

namespace rig::usb {

// A "USBRelay" board: a low-speed HID device with one feature report.
class HidRelayDevice : public EmulatedDevice {
 public:
  Descriptors descriptors() const override;
  std::optional<std::string> Control(const Setup& setup, std::string_view data) override;

  std::string serial = "RIG01";  // five characters
  std::uint8_t relays = 0;       // a bit for each that is closed
  bool stuck = false;            // the contacts do not follow
};

// An FT232R whose data pins drive relays: enough of its vendor requests for bit-bang mode
// (FTDI AN_232R-01).
class FtdiRelayDevice : public EmulatedDevice {
 public:
  static constexpr std::uint8_t kOut = 0x02;
  static constexpr std::uint8_t kIn = 0x81;
  explicit FtdiRelayDevice(std::string serial = "RELAY1") : serial_(std::move(serial)) {}
  Descriptors descriptors() const override;
  std::optional<std::string> Control(const Setup& setup, std::string_view data) override;
  std::optional<std::size_t> Out(std::uint8_t endpoint, std::string_view bytes) override;
  InResult In(std::uint8_t endpoint, std::size_t most) override;

  std::uint8_t pins() const { return static_cast<std::uint8_t>(latch_ & outputs_); }
  bool bitbang() const { return bitbang_; }

 private:
  std::string serial_;
  std::uint8_t latch_ = 0;
  std::uint8_t outputs_ = 0;
  bool bitbang_ = false;
};

// A USB 2.0 hub with per-port power switching, and nothing plugged in.
class HubDevice : public EmulatedDevice {
 public:
  explicit HubDevice(unsigned ports = 4) : ports_(ports) {}
  Descriptors descriptors() const override;
  std::optional<std::string> Control(const Setup& setup, std::string_view data) override;

  bool powered(unsigned port) const { return (power_ >> port & 1) != 0; }
  unsigned switching = 1;  // wHubCharacteristics D1..D0: 0 ganged, 1 each port, 2 none

 private:
  unsigned ports_;
  unsigned power_ = 0;
};

}  // namespace rig::usb
