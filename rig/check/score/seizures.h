#pragma once

#include <cstdint>
#include <vector>

#include "rig/base/result.h"
#include "rig/check/score/annotation.h"

namespace rig::score {

// Seconds from the recording's beginning.
struct TimedEvent {
  double onset_s;
  double end_s;
};

// SzCORE's parameters for seizures.
struct EventRules {
  double tolerance_before_s = 30;
  double tolerance_after_s = 60;
  double longest_s = 300;   // longer events are split
  double least_gap_s = 90;  // events closer than this are merged
};

struct EventScore {
  Fraction sensitivity;  // reference events, after merging and splitting, that were found
  Fraction precision;    // test events that are not false, of found + false ones
  std::int64_t false_positives = 0;
  double recorded_s = 0;
};

// Event by event, after SzCORE (timescoring 0.0.6, EventScoring): both sides are merged and split,
// a reference event extended by the tolerances is found if any test event overlaps it by at least
// 0.1 s; a test event is false if any of it lies outside of all that were found. Precision is
// found / (found + false), as there. Times are rounded to 0.1 s as there.
// Errors: INVALID_ARGUMENT for an event that ends before it begins, is out of order or lies outside
// of the recording.
Result<EventScore> ScoreEvents(const std::vector<TimedEvent>& reference,
                               const std::vector<TimedEvent>& test, double recorded_s,
                               const EventRules& rules);

}  // namespace rig::score
