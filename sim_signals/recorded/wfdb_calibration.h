#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim_signals/recorded/recording.h"

namespace rig {

// What the calibration pulse of a kind of signal is. Source: wfdbcal(5), WFDB Applications Guide.
struct WfdbCalibration {
  enum class Pulse { kSine, kSquare, kUndefined };
  std::string description;          // the signal's, or what it begins with
  std::optional<double> low, high;  // in `unit`; no low: AC-coupled, high is peak to peak; no high:
                                    // of any size
  Pulse pulse = Pulse::kUndefined;
  double scale = 1.0;  // customary, in `unit` per centimetre
  std::string unit;
  int line = 0;

  // Peak to peak, in `unit`; none: of any size.
  std::optional<double> size() const;
};

// Lines of "DESC<tab>LOW HIGH TYPE SCALE UNITS", "-" for what is not defined; empty ones and those
// that begin with "#" are comments. `name` is what errors call the file.
//
// Errors: INVALID_ARGUMENT as "name:line: …; expected …" for any other line, which other readers
// pass over: a calibration must not go unnoticed.
Result<std::vector<WfdbCalibration>> ParseWfdbCalibration(std::string_view text,
                                                          const std::string& name);

// The first entry of that unit whose description is what the signal's begins with; null: none.
const WfdbCalibration* FindCalibration(const std::vector<WfdbCalibration>& calibrations,
                                       const RecordingChannel& channel);

// Size of the calibration pulses in samples [first, last) of a channel, peak to peak in its unit:
// of square ones between the medians above and below the middle, of others from the least to the
// largest value. Errors: INVALID_ARGUMENT where nothing moves there; those of Recording::Read.
Result<double> MeasurePulses(Recording& recording, std::size_t channel, std::int64_t first,
                             std::int64_t last, WfdbCalibration::Pulse pulse);

}  // namespace rig
