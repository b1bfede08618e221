#pragma once

#include <vector>

#include "rig/base/result.h"
#include "rig/base/run_time.h"
#include "rig/check/formula/steps.h"

namespace rig::therapy {

// One pulse: a phase, or two of opposite sign close together.
struct Pulse {
  RunTime begin;
  Duration first_width{0};   // of the first phase
  Duration second_width{0};  // of the second, of opposite sign; 0: none
  Duration gap{0};           // between the phases
  double first_charge = 0;   // value times time, signed: coulombs of a current in amperes
  double second_charge = 0;
  double amplitude = 0;  // of the first phase: its largest value, signed
  // What remains of the larger phase's charge, 0 (balanced) to 1 (one phase only).
  double Imbalance() const;
};

struct PulseRules {
  RunTime from;
  RunTime to;
  double threshold = 0;     // a phase lies where the magnitude is above it
  Duration longest_gap{0};  // between the phases of one pulse
};

// The pulses that begin in [from, to). The last one must end by `end`, or it is left out when it
// begins so late that it may be cut: pulses still on at `end` are not counted.
// Errors: INVALID_ARGUMENT for an empty time; OUT_OF_RANGE where it lies beyond `end`; DATA_LOSS
// for values that are not known throughout.
Result<std::vector<Pulse>> FindPulses(const check::Steps& signal, RunTime end,
                                      const PulseRules& rules);

// Pulses per second: of n pulses the n - 1 intervals between their beginnings. Errors:
// FAILED_PRECONDITION with fewer than two.
Result<double> PulseRate(const std::vector<Pulse>& pulses);

}  // namespace rig::therapy
