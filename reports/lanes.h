#pragma once

#include <string>
#include <vector>

#include "reports/channel_picture.h"

namespace rig {

// One strip of a picture of several channels over a common time axis.
struct Lane {
  enum class Form { kCurve, kDigital, kTicks };
  enum class Role { kStimulus, kResponse, kTruth, kAlarm };
  Form form = Form::kCurve;
  Role role = Role::kStimulus;
  std::string label;
  std::string unit;
  // Range of the values over the whole run, so that excerpts keep its scale.
  double low = 0;
  double high = 0;
  // What was commanded, then what was observed of the same signal.
  std::vector<std::string> channels;
};

struct LaneChoice {
  std::vector<Lane> lanes;             // stimulus, response, truth, alarms; by name within each
  std::vector<std::string> constants;  // "observed.vcc = 5 V"
  std::vector<std::string> texts;      // "log.device (12 lines)"
  std::vector<std::string> left_out;   // beyond kMostLanes
};

inline constexpr std::size_t kMostLanes = 28;

// What of a trace is worth drawing, from the channels' names and values alone.
// Errors: DATA_LOSS.
Result<LaneChoice> ChooseLanes(const TraceReader& trace);

}  // namespace rig
