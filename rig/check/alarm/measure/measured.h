#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "rig/check/formula/steps.h"

namespace rig::check {

// The part of a run that is looked at; both ends belong to it.
struct Span {
  std::int64_t from_ns = 0;
  std::int64_t until_ns = 0;
};

// What is known of a value: itself, or only that it is no less or no more, because an end of the
// span cuts what is measured.
enum class Bound { kExact, kAtLeast, kAtMost };

struct MeasuredValue {
  double value = std::numeric_limits<double>::quiet_NaN();  // SI
  std::int64_t at_ns = 0;
  double uncertainty = 0;  // expanded, k = 2
  Bound bound = Bound::kExact;
};

// One quantity, everywhere it occurs within the span. Nothing measured is no pass.
struct Measured {
  std::vector<MeasuredValue> values;
  // Why the quantity, or a part of it, could not be measured; empty: it was.
  std::string missing;
  // For what is no number: what contradicts the limit and when, or else what was seen.
  std::string violation;
  std::int64_t violation_ns = 0;
  std::string observation;
};

// A stretch of "on", cut to the span.
struct OnTime {
  std::int64_t begin_ns;
  std::int64_t end_ns;
  bool begin_seen;  // the edge lies within the span
  bool end_seen;
};

struct OnTimes {
  std::vector<OnTime> on;
  std::string unknown;  // why the channel is not known over the whole span; empty: it is
};

// When a channel is on (above 0.5) within the span. `end_ns`: up to there the trace is known.
OnTimes ReadOnTimes(const Steps& steps, std::int64_t end_ns, Span span);

}  // namespace rig::check
