#include "tests/usb/jtag_tap.h"

#include <array>
#include <utility>

namespace rig::usb {
namespace {

constexpr std::uint32_t kIdentityInstruction = 1;

}  // namespace

JtagTap::State JtagTap::Next(State state, bool tms) {
  using S = State;
  // With TMS low and high (IEEE 1149.1, figure 6-1).
  static constexpr std::array<std::pair<State, State>, 16> kNext = {{
      {S::kIdle, S::kReset},
      {S::kIdle, S::kSelectDr},
      {S::kCaptureDr, S::kSelectIr},
      {S::kShiftDr, S::kExit1Dr},
      {S::kShiftDr, S::kExit1Dr},
      {S::kPauseDr, S::kUpdateDr},
      {S::kPauseDr, S::kExit2Dr},
      {S::kShiftDr, S::kUpdateDr},
      {S::kIdle, S::kSelectDr},
      {S::kCaptureIr, S::kReset},
      {S::kShiftIr, S::kExit1Ir},
      {S::kShiftIr, S::kExit1Ir},
      {S::kPauseIr, S::kUpdateIr},
      {S::kPauseIr, S::kExit2Ir},
      {S::kShiftIr, S::kUpdateIr},
      {S::kIdle, S::kSelectDr},
  }};
  const auto& next = kNext[static_cast<std::size_t>(state)];
  return tms ? next.second : next.first;
}

PinDrive JtagTap::Drive(Cycle) {
  if (!shifts()) return {};
  return {kDi, static_cast<Pins>(tdo_ ? kDi : 0)};
}

void JtagTap::PinsChanged(Cycle, Pins levels, Pins) {
  if ((levels & kSk) == 0) {
    tdo_ = (shift_ & 1) != 0;
    return;
  }
  if (shifts()) {
    const std::uint32_t in = (levels & kDo) != 0 ? 1 : 0;
    shift_ = shift_ >> 1 | in << (length_ - 1);
  }
  state_ = Next(state_, (levels & kCs) != 0);
  Enter();
}

void JtagTap::Enter() {
  switch (state_) {
    case State::kReset:
      instruction_ = kIdentityInstruction;
      ++resets_;
      break;
    case State::kCaptureDr:
      length_ = instruction_ == kIdentityInstruction ? 32 : 1;
      shift_ = instruction_ == kIdentityInstruction ? identity_ : 0;
      break;
    case State::kCaptureIr:
      length_ = instruction_bits_;
      shift_ = 1;  // its last bits are 01
      break;
    case State::kUpdateIr:
      instruction_ = shift_;
      break;
    default:
      break;
  }
}

}  // namespace rig::usb
