#pragma once

#include <cstdint>
#include <vector>

#include "rig/check/score/annotation.h"

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
  Fraction Predictivity() const { return {true_alarms, true_alarms + false_alarms}; }
};

// Adds a run to a score. An alarm belongs to an event when it begins within it, or within the
// latency limit of its beginning. `limit_ns`: the longest latency from the event's beginning.
void ScoreAlarms(const AlarmRun& run, std::int64_t limit_ns, AlarmScore& score);

// The p-quantile as the smallest latency that at least a share p does not exceed (nearest rank).
// `ascending` not empty, 0 < p <= 1.
double Quantile(const std::vector<double>& ascending, double p);

}  // namespace rig::score
