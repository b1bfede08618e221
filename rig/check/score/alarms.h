#pragma once

#include <cstdint>
#include <vector>

#include "rig/base/result.h"
#include "rig/check/score/annotation.h"
#include "rig/check/score/intervals.h"

namespace rig::score {

enum class Truth { kFalse, kTrue, kUnknown };

// A condition over one run: each value holds from its instant until the next one's. In time order;
// unknown before the first.
struct Change {
  std::int64_t ns;
  Truth value;
};
using Condition = std::vector<Change>;

// One run: the patient's condition as it truly was, and the device's alarm for it.
struct AlarmRun {
  Condition truth;
  Condition alarm;
  std::int64_t end_ns = 0;  // known up to here
};

struct AlarmScore {
  // Events: maximal times of the true condition whose beginning is in the run.
  std::int64_t in_time = 0;  // alarmed within the limit
  std::int64_t late = 0;     // alarmed after it, while the event lasted
  std::int64_t missing = 0;
  std::int64_t masked = 0;          // the alarm was on before the event: nothing to be seen
  std::int64_t undecided = 0;       // the run ends, or a value is not known, before it is decided
  std::vector<double> latencies_s;  // of events in time and late, ascending
  // Beginnings of alarms.
  std::int64_t true_alarms = 0;      // the first one of each event
  std::int64_t repeated_alarms = 0;  // further ones of an event: neither true nor false
  std::int64_t false_alarms = 0;
  std::int64_t undecided_alarms = 0;  // the truth is not known then
  double observed_s = 0;              // how long both were known

  Fraction Sensitivity() const { return {in_time, in_time + late + missing}; }
  // Events whose outcome is not known. They belong to every claim: leaving them out would let a
  // device that dies, or alarms all the time, look better.
  std::int64_t OpenEvents() const { return masked + undecided; }
  Fraction Predictivity() const { return {true_alarms, true_alarms + false_alarms}; }
};

// Adds a run to a score. An alarm belongs to an event when it begins within it, or within the
// latency limit of its beginning. `limit_ns`: the longest latency from the event's beginning.
void ScoreAlarms(const AlarmRun& run, std::int64_t limit_ns, AlarmScore& score);

// The p-quantile, 0 < p < 1, of the latencies of all events, with its exact interval from order
// statistics. A missing event has an infinite latency; one whose outcome is not known may have any:
// 0 for the low end, infinite for the high one. Infinite: not bounded by what was seen. Errors:
// INVALID_ARGUMENT where no event was decided.
Result<Estimate> LatencyQuantile(const AlarmScore& score, double p);

}  // namespace rig::score
