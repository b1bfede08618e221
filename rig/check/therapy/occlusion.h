#pragma once

#include <optional>

#include "rig/base/result.h"
#include "rig/base/run_time.h"
#include "rig/check/formula/steps.h"

namespace rig::therapy {

// What is known of a quantity: it lies in [low, high].
struct Bounds {
  double low;
  double high;
};

// A line that a pump fills against a closed clamp: C dP/dt = Q. Source: worked occlusion case (12
// mL/h, 0.010 mL/kPa, 15 to 85 kPa: 210 s) in README.md.
struct LineModel {
  Bounds compliance;      // m3/Pa, of line, syringe and sensor together
  Bounds flow;            // m3/s, the pump's while it fills
  Bounds alarm_pressure;  // Pa
  Bounds latency{0, 0};   // s, from the pressure to the alarm
};

// Seconds from `pressure` (Pa, at rest: that before the clamp) to the alarm, at least and at most:
// C (P_alarm - P) / Q + latency. Errors: INVALID_ARGUMENT for bounds that are turned round, not
// finite, or not above 0 (compliance, flow).
Result<Bounds> TimeToAlarm(const LineModel& line, double pressure);

// Volume that the line holds over `vein_pressure` (Pa) when it alarms, and releases: C (P - P_v).
Result<Bounds> ReleasedBolus(const LineModel& line, double vein_pressure);

struct OcclusionTimes {
  RunTime clamped;
  std::optional<RunTime> alarmed;  // the first alarm after it; none: not before `until`
  RunTime until;                   // the line was watched up to here
};

struct OcclusionFinding {
  bool alarmed = false;
  double time_s = 0;    // from clamp to alarm; not alarmed: how long nothing was seen
  double pressure = 0;  // Pa, at the alarm, or at the end of watching
  double highest = 0;   // Pa, from clamp to the alarm or the end of watching
  // Clamp to alarm, at least and at most: both time_s when it was seen; predicted from the last
  // pressure otherwise, and never less than what was waited already.
  Bounds alarm_time{0, 0};
  // The line's compliance as the pressure's rise shows it at the model's flow, m3/Pa; none where
  // the pressure did not rise.
  std::optional<Bounds> shown_compliance;
};

// What was seen of an occlusion, and what is to be expected where it was not waited for.
// `pressure`: Pa, known from the clamp on. Errors: as TimeToAlarm; DATA_LOSS for a pressure that is
// not known throughout; FAILED_PRECONDITION where the rise contradicts the model, so that nothing
// can be predicted from it.
Result<OcclusionFinding> ExamineOcclusion(const check::Steps& pressure, const OcclusionTimes& times,
                                          const LineModel& line);

}  // namespace rig::therapy
