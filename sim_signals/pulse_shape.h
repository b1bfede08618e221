#pragma once

#include "rig/base/pulse.h"

namespace rig {

// What a pulse adds at an instant, in the unit of its height.
double ValueAt(const Pulse& pulse, RunTime t);
// From here on it adds less than 3e-9 of its height.
RunTime EndOf(const Pulse& pulse);

}  // namespace rig
