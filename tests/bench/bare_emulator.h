#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/base/run_time.h"

namespace rig {

// What the emulator is given, the least that makes the firmware do the work it does on the bench.
struct BareSetup {
  std::string mcu;
  std::string flash;
  double clock_hz;
  double supply_v;
  double reference_v;
  // How far the core runs before it looks at interrupts again, in cycles; 1 is libsimavr's own
  // default.
  std::uint64_t step_cycles = 1;
  // One analogue input each: a value per period from time 0 on, volts at the pin.
  struct Waveform {
    unsigned adc;
    Duration period;
    std::vector<double> volts;
  };
  std::vector<Waveform> waveforms;
  // Levels of digital inputs, constant.
  struct Level {
    char port;
    unsigned bit;
    bool high;
  };
  std::vector<Level> levels;
};

struct BareOutcome {
  double wall_s;
  std::uint64_t uart_bytes;  // sent by the firmware: that it was at work
};

// Runs libsimavr's own loop until `end` with nothing of the rig around it: what the virtual bench
// is measured against. Errors: NOT_FOUND for an unknown microcontroller; ABORTED when the firmware
// crashes.
Result<BareOutcome> RunBareEmulator(const BareSetup& setup, RunTime end);

}  // namespace rig
