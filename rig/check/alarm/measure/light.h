#pragma once

#include <string>
#include <vector>

#include "rig/check/alarm/measure/limits.h"
#include "rig/check/alarm/measure/measured.h"

namespace rig::check {

enum class LampColour { kRed, kYellow, kCyan };
std::string_view ColourText(LampColour colour);

struct Lamp {
  LampColour colour;
  std::string channel;
  OnTimes times;
  double uncertainty_s = 0;  // of a time between two edges, k = 2
};

// How a lamp behaves over the span.
enum class LampState { kNotKnown, kDark, kSteady, kFlashing };
LampState StateOf(const Lamp& lamp);

// A limit of light (IsOfLight) measured on the lamps there are. Lamps whose colour is not the
// priority's must be dark. Flash rate is 1 / (rise to rise) of each flash, duty the lit share of
// it; before the first and after the last rise the rate is known to be no more than 1 / (that
// time).
Measured MeasureLight(const AlarmLimit& limit, const std::vector<Lamp>& lamps, Span span);

}  // namespace rig::check
