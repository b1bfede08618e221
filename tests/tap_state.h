#pragma once

#include <array>
#include <cstddef>
#include <utility>

namespace rig {

// Of a JTAG test access port, in the order of the standard's diagram (IEEE 1149.1, figure 6-1): the
// data column, then the instruction column.
enum class TapState {
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

// After a rising edge of TCK.
constexpr TapState Next(TapState state, bool tms) {
  using enum TapState;
  // With TMS low and high.
  constexpr std::array<std::pair<TapState, TapState>, 16> kNext = {{
      {kIdle, kReset},
      {kIdle, kSelectDr},
      {kCaptureDr, kSelectIr},
      {kShiftDr, kExit1Dr},
      {kShiftDr, kExit1Dr},
      {kPauseDr, kUpdateDr},
      {kPauseDr, kExit2Dr},
      {kShiftDr, kUpdateDr},
      {kIdle, kSelectDr},
      {kCaptureIr, kReset},
      {kShiftIr, kExit1Ir},
      {kShiftIr, kExit1Ir},
      {kPauseIr, kUpdateIr},
      {kPauseIr, kExit2Ir},
      {kShiftIr, kUpdateIr},
      {kIdle, kSelectDr},
  }};
  const auto& [low, high] = kNext[static_cast<std::size_t>(state)];
  return tms ? high : low;
}

constexpr bool IsShifting(TapState state) {
  return state == TapState::kShiftDr || state == TapState::kShiftIr;
}

}  // namespace rig
