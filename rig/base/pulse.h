#pragma once

#include "rig/base/run_time.h"

namespace rig {

// A pulse too short for the samples of the signal it is added to, such as a pacemaker's: a linear
// rise to `height`, held, a fall as long as the rise; behind it an overshoot to the other side of
// the baseline that decays exponentially. Its shape: sim_signals/pulse_shape.h.
struct Pulse {
  RunTime begin;
  double height;         // either way, in the unit of the signal
  Duration width;        // from the begin of the rise to that of the fall: that at half height
  Duration rise;         // above 0, at most the width
  double overshoot = 0;  // over the height; 0: none
  Duration recovery{1};  // time constant of the overshoot, above 0
};

}  // namespace rig
