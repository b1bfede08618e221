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
  // Cut by the end of what is known: the first width is at least what was seen; the charges are not
  // known, since a phase was still on or a second one could still have come.
  bool width_open = false;
  bool charge_open = false;
  // What remains of the larger phase's charge, 0 (balanced) to 1 (one phase only).
  double Imbalance() const;
};

struct PulseRules {
  RunTime from;
  RunTime to;
  double threshold = 0;     // a phase lies where the magnitude is above it
  Duration longest_gap{0};  // between the phases of one pulse
};

// The pulses that begin in [from, to); what is known ends at `end`, or where a value behind `to` is
// not known.
// Errors: INVALID_ARGUMENT for an empty time; OUT_OF_RANGE where it lies beyond `end`; DATA_LOSS
// for values that are not known throughout.
Result<std::vector<Pulse>> FindPulses(const check::Steps& signal, RunTime end,
                                      const PulseRules& rules);

}  // namespace rig::therapy
