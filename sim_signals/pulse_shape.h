#pragma once

#include "rig/base/pulse.h"

namespace rig {

// What a pulse adds at an instant, in the unit of its height.
double ValueAt(const Pulse& pulse, RunTime t);
// Whether it is finite, rises at all, and not for longer than it lasts.
bool IsShape(const Pulse& pulse);
// From here on it adds less than 3e-9 of its height.
RunTime EndOf(const Pulse& pulse);

}  // namespace rig
