#include "tests/usb/jtag_tap.h"

namespace rig::usb {
namespace {

constexpr std::uint32_t kIdentityInstruction = 1;

}  // namespace

PinDrive JtagTap::Drive(Cycle) {
  if (!IsShifting(state_)) return {};
  return {kDi, static_cast<Pins>(tdo_ ? kDi : 0)};
}

void JtagTap::PinsChanged(Cycle, Pins levels, Pins) {
  if ((levels & kSk) == 0) {
    tdo_ = (shift_ & 1) != 0;
    return;
  }
  if (IsShifting(state_)) {
    const std::uint32_t in = (levels & kDo) != 0 ? 1 : 0;
    shift_ = shift_ >> 1 | in << (length_ - 1);
  }
  state_ = Next(state_, (levels & kCs) != 0);
  Enter();
}

void JtagTap::Enter() {
  switch (state_) {
    case TapState::kReset:
      instruction_ = kIdentityInstruction;
      ++resets_;
      break;
    case TapState::kCaptureDr:
      length_ = instruction_ == kIdentityInstruction ? 32 : 1;
      shift_ = instruction_ == kIdentityInstruction ? identity_ : 0;
      break;
    case TapState::kCaptureIr:
      length_ = instruction_bits_;
      shift_ = 1;  // its last bits are 01
      break;
    case TapState::kUpdateIr:
      instruction_ = shift_;
      break;
    default:
      break;
  }
}

}  // namespace rig::usb
