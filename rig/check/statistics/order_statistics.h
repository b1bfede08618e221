#pragma once

#include <cstdint>
#include <span>

#include "rig/base/result.h"

namespace rig::statistics {

// Limits from the order of independent values of one continuous distribution, whichever it is; with
// ties they hold at least as often. All probabilities lie in (0, 1).
// Errors of all: INVALID_ARGUMENT for a probability out of range, no values, one that is no finite
// number.

// Values outside of an interval are not bounded by it: an end that the values cannot give at this
// confidence is infinite.
struct QuantileEstimate {
  double estimate;    // interpolated between order statistics: Hyndman & Fan 1996, type 7
  double low;         // -infinity: too few values for this confidence
  double high;        // +infinity: as well
  double confidence;  // that [low, high] really has, at least what was asked
};

// The quantile with P(X <= x) = `probability` and its two-sided confidence interval from binomial
// counts, each tail at most (1 - confidence) / 2. Source: Conover 1999, 3.2; David & Nagaraja
// 2003, 7.1.
Result<QuantileEstimate> QuantileWithInterval(std::span<const double> values, double probability,
                                              double confidence);

enum class ToleranceSide { kLower, kUpper, kBoth };

struct ToleranceLimits {
  double low;             // -infinity when only the upper side was asked
  double high;            // +infinity when only the lower side was asked
  double confidence;      // that the limits really have, at least what was asked
  std::int64_t left_out;  // values outside the limits, over both sides
};

// The narrowest limits by order statistics that hold at least the share `coverage` of the
// distribution with `confidence`. On both sides the same number is left out, or one more above.
// Errors: also FAILED_PRECONDITION when the values are too few, naming how many are needed.
// Source: Wilks 1941; ISO 16269-6:2014, 9.
Result<ToleranceLimits> NonparametricTolerance(std::span<const double> values, ToleranceSide side,
                                               double confidence, double coverage);

// The fewest values whose extremes are such limits: 59 for 95/95 one-sided, 93 for both sides.
Result<std::int64_t> NonparametricSampleSize(ToleranceSide side, double confidence,
                                             double coverage);

}  // namespace rig::statistics
