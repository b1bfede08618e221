#pragma once

#include <vector>

#include "rig/base/result.h"
#include "rig/v1/calibration.pb.h"

namespace rig {

// What was read at one level, several times.
struct CalibrationPoint {
  double fixture_v;  // what the fixture says, uncorrected
  std::vector<double> reference_v;
};

// A correction in use: true volts = offset + gain * what the fixture says.
struct Correction {
  double gain = 1;
  double offset_v = 0;
};

// How well a reading of a channel is known, whatever was read.
struct ReadingQuality {
  double reference_uncertainty_v;  // expanded, k = 2
  double reference_resolution_v;
  double fixture_resolution_v;
};

// Gain and offset by least squares over all readings, errors before and after, and the expanded
// uncertainty (k = 2) of a corrected value, the largest of the range: the reference's, the
// repeatability of one reading, both resolutions (rectangular), what the line leaves of the mean
// readings (rectangular), and the line's own. Source: JCGM 100:2008 (GUM) 4.2, 4.3.7, 5.1.2, H.3.
//
// Errors: INVALID_ARGUMENT for less than three levels, less than two readings of one, a number that
// is none, or levels that are all the same; OUT_OF_RANGE for a gain or an offset that no working
// fixture has.
Result<v1::CalibratedChannel> FitChannel(const std::vector<CalibrationPoint>& points,
                                         const ReadingQuality& quality, const Correction& before);

}  // namespace rig
