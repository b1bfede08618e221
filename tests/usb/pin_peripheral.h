#pragma once

#include <cstdint>
#include <optional>

#include "rig/base/run_time.h"

namespace rig::usb {

// An instant of an MPSSE engine's clock: cycles of its 60 MHz since it began.
using Cycle = std::uint64_t;
inline constexpr Cycle kCyclesPerSecond = 60'000'000;
// The beginning of the cycle, rounded down to 1 ns; the last cycle that has begun.
constexpr RunTime TimeOf(Cycle cycle) {
  return AtNanoseconds(static_cast<std::int64_t>(cycle / 3 * 50 + cycle % 3 * 50 / 3));
}
constexpr Cycle CycleAt(RunTime t) {
  const auto ns = static_cast<Cycle>(Nanoseconds(t));
  return ns / 50 * 3 + ns % 50 * 3 / 50;
}

// Pins of the engine as bits: ADBUS0 to 7 (the low byte), ACBUS0 to 7 (the high one).
using Pins = std::uint16_t;
inline constexpr Pins kSk = 1 << 0;  // clock out
inline constexpr Pins kDo = 1 << 1;  // data out
inline constexpr Pins kDi = 1 << 2;  // data in
inline constexpr Pins kCs = 1 << 3;  // also TMS
inline constexpr Pins kGpioL0 = 1 << 4, kGpioL1 = 1 << 5, kGpioL2 = 1 << 6, kGpioL3 = 1 << 7;
constexpr Pins AcBus(unsigned pin) { return static_cast<Pins>(1U << (8 + pin)); }

// What pins are driven, and to what levels. Pins that nobody drives are pulled up; where several
// drive one, low wins.
struct PinDrive {
  Pins driven = 0;
  Pins levels = 0;
};

// A chip on an engine's pins. Called by the engine while it runs, with its time, which never goes
// back. What it drives reaches the engine, not other chips: two that talk to each other are one.
class PinPeripheral {
 public:
  virtual ~PinPeripheral() = default;
  // Pins whose changes it is told. It may change with each call below: a chip that is not selected
  // watches its select alone, so that a clock that runs for others costs nothing.
  virtual Pins watched() const = 0;
  // Some of the watched pins changed at `at`: those in `changed`, now at `levels` (all 16 pins).
  virtual void PinsChanged(Cycle at, Pins levels, Pins changed) = 0;
  // What it drives at `at`. The engine asks when it samples, before it tells of an edge at the same
  // cycle.
  virtual PinDrive Drive(Cycle at) = 0;
  // When, after `at`, what it drives may next change by itself; none: not before pins change. For
  // commands that wait for a pin.
  virtual std::optional<Cycle> NextChange(Cycle at) {
    (void)at;
    return std::nullopt;
  }
};

}  // namespace rig::usb
