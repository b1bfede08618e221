#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "tests/usb/descriptors.h"
#include "tests/usb/emulated_device.h"

namespace rig::usb {

// An instrument of the USB Test and Measurement Class (USBTMC 1.0) with the USB488 subclass, which
// answers by a function: what it is asked, without terminator, and what it says then.
class UsbtmcDevice : public EmulatedDevice {
 public:
  using Answer = std::function<std::string(std::string_view message)>;
  explicit UsbtmcDevice(Answer answer, std::string serial = "TMC0001")
      : answer_(std::move(answer)), serial_(std::move(serial)) {}

  static constexpr std::uint16_t kVendor = 0x0957;
  static constexpr std::uint16_t kProduct = 0x8f07;
  static constexpr std::uint8_t kOut = 0x02;
  static constexpr std::uint8_t kIn = 0x81;

  Descriptors descriptors() const override;
  std::optional<std::string> Control(const Setup& setup, std::string_view data) override;
  std::optional<std::size_t> Out(std::uint8_t endpoint, std::string_view bytes) override;
  InResult In(std::uint8_t endpoint, std::size_t most) override;

  bool remote = false;   // remote control was switched on
  unsigned clears = 0;   // INITIATE_CLEAR
  unsigned aborts = 0;   // INITIATE_ABORT_BULK_IN
  bool silent = false;   // keeps replies back, as an instrument that is busy
  std::size_t part = 0;  // largest part of a reply in one transfer; 0: all of it
  // Changes what it sends, before it goes out.
  std::function<void(std::string& transfer)> corrupt;

 private:
  void Clear();
  void Take(std::string_view transfer);

  Answer answer_;
  std::string serial_;
  std::string message_;   // comes in
  std::string response_;  // waits to be asked for
  std::string sending_;   // the transfer under way
  std::size_t asked_ = 0;
  std::uint8_t tag_ = 0;
  bool requested_ = false;
};

}  // namespace rig::usb
