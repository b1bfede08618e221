#pragma once

#include <cstdint>

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
  // In the order of the standard's diagram: the data column, then the instruction column.
  enum class State {
    kReset,
    kIdle,
    kSelectDr,
    kCaptureDr,
    kShiftDr,
    kExit1Dr,
    kPauseDr,
    kExit2Dr,
    kUpdateDr,
    kSelectIr,
    kCaptureIr,
    kShiftIr,
    kExit1Ir,
    kPauseIr,
    kExit2Ir,
    kUpdateIr,
  };
  static State Next(State state, bool tms);
  void Enter();
  bool shifts() const { return state_ == State::kShiftDr || state_ == State::kShiftIr; }

  const std::uint32_t identity_;
  const unsigned instruction_bits_;
  State state_ = State::kReset;
  std::uint32_t instruction_ = 1;  // 1: identity; all ones: bypass, as is what it does not know
  std::uint32_t shift_ = 0;
  unsigned length_ = 1;
  bool tdo_ = true;
  unsigned resets_ = 0;
};

}  // namespace rig::usb
