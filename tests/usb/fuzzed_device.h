#pragma once

#include <cstdint>
#include <string_view>

#include "tests/usb/emulated_device.h"

namespace rig::usb {

// A device that is and says what bytes of a fuzzer make it. The first byte says whether its
// descriptors come from there, too, or are those given; then each answer takes what it needs.
class FuzzedDevice : public EmulatedDevice {
 public:
  // `bytes` stays the caller's and outlives this.
  FuzzedDevice(std::string_view bytes, Descriptors sound);

  Descriptors descriptors() const override { return descriptors_; }
  std::optional<std::string> Control(const Setup& setup, std::string_view data) override;
  std::optional<std::size_t> Out(std::uint8_t endpoint, std::string_view bytes) override;
  InResult In(std::uint8_t endpoint, std::size_t most) override;

 private:
  std::uint8_t Byte();
  std::string Take(std::size_t most);
  std::string_view rest_;
  Descriptors descriptors_;
};

}  // namespace rig::usb
