#pragma once

#include <algorithm>
#include <cmath>

namespace rig {

// A pulse of volume after its foot, in parts of the square root of the interval: systolic peak, and
// the diastolic one at half its height. Source: NeuroKit2's landmarks (0.175, notch 0.4, 0.45) for
// the places; widths so that the notch lies between them.
struct PulsePeak {
  double offset, width, height;
};
inline constexpr PulsePeak kPulsePeaks[] = {{0.175, 0.065, 0.93}, {0.43, 0.10, 0.42}};

// What the peaks' places and widths are multiplied with, s; beyond these intervals a pulse changes
// no further.
inline double PulseStretch(double interval_s) {
  return std::sqrt(std::clamp(interval_s, 0.15, 2.5));
}

}  // namespace rig
