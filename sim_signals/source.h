#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rig/base/pulse.h"
#include "rig/base/result.h"
#include "rig/base/run_time.h"

namespace rig {

// Something true of a signal from an instant on: (time, what, value); the value holds until the
// next of that name.
struct TruthEvent {
  RunTime t;
  // "beat" (a running count), "rate" (Hz), "asystole", … (0 or 1); characters that stay, as those
  // of a literal do.
  std::string_view what;
  double value;
};

// A signal as a pure function of run time, its seed and its parameters; identical bits on every
// machine.
//
// Samples are asked for in time order, block after block; memory does not grow with the length
// rendered, and none is asked for once blocks of one size have been rendered for a while.
class SignalSource {
 public:
  virtual ~SignalSource() = default;
  // SI unit of the values, "V", "Pa", …
  virtual std::string unit() const = 0;
  // Values at start, start + period, …; truth events that fall into [start, start + n * period) are
  // appended in time order. Errors: OUT_OF_RANGE when a record has ended, DATA_LOSS when it cannot
  // be read.
  virtual Status Render(RunTime start, Duration period, std::span<double> values,
                        std::vector<TruthEvent>& truth) = 0;
  // Appends the pulses that begin before `end`, that of the last block rendered, and were not
  // handed over yet, in time order: what is too short to be in the values. Most sources have none.
  virtual void TakePulses(RunTime /*end*/, std::vector<Pulse>& /*pulses*/) {}
};

}  // namespace rig
