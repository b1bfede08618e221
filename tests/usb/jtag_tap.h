#pragma once

#include <cstdint>

#include "tests/tap_state.h"
#include "tests/usb/pin_peripheral.h"

namespace rig::usb {

// A JTAG test access port (IEEE 1149.1) with an identification register and bypass: TCK is SK, TDI
// is DO, TDO is DI, TMS is CS.
class JtagTap : public PinPeripheral {
 public:
  explicit JtagTap(std::uint32_t identity, unsigned instruction_bits = 4)
      : identity_(identity), instruction_bits_(instruction_bits) {}

  // Times it was reset, by five clocks with TMS high or one from there.
  unsigned resets() const { return resets_; }

  Pins watched() const override { return kSk; }
  void PinsChanged(Cycle at, Pins levels, Pins changed) override;
  PinDrive Drive(Cycle at) override;

 private:
  void Enter();

  const std::uint32_t identity_;
  const unsigned instruction_bits_;
  TapState state_ = TapState::kReset;
  std::uint32_t instruction_ = 1;  // 1: identity; all ones: bypass, as is what it does not know
  std::uint32_t shift_ = 0;
  unsigned length_ = 1;
  bool tdo_ = true;
  unsigned resets_ = 0;
};

}  // namespace rig::usb
