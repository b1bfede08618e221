#pragma once

#include <cstdint>

#include "rig/base/result.h"

namespace rig::statistics {

// Claims from trials that pass or fail. Assumes independent trials of one and the same probability;
// what makes trials distinct is claims.h. All confidences and reliabilities lie in (0, 1).
// Errors of all: INVALID_ARGUMENT for a value out of its range, zero trials, more failures than
// trials.

struct Interval {
  double low;
  double high;
};

// Most trials anything here is asked for or answers with.
inline constexpr std::int64_t kMaximumTrials = 1'000'000'000'000;

// The fewest trials of which `failures_allowed` may fail while `confidence` remains that at least
// the share `reliability` passes: the smallest n with P(X <= c | n, 1 - R) <= 1 - C. With no
// failure allowed this is the success run, n = ceil(ln(1 - C) / ln R). The number allowed is fixed
// before the first trial; choosing it afterwards claims more than was shown.
// Errors: also OUT_OF_RANGE above kMaximumTrials.
Result<std::int64_t> SampleSize(double confidence, double reliability,
                                std::int64_t failures_allowed);

// The acceptance number: the most failures that `trials` may show for the claim to hold; -1 when
// even none is too few trials.
Result<std::int64_t> AcceptanceNumber(std::int64_t trials, double confidence, double reliability);

// The reliability that trials with that many failures support at `confidence`: Clopper and
// Pearson's one-sided lower limit of the share that passes; 0 when all failed.
Result<double> ReliabilityShown(std::int64_t trials, std::int64_t failures, double confidence);

// The confidence that those trials give in at least the share `reliability` passing.
Result<double> ConfidenceShown(std::int64_t trials, std::int64_t failures, double reliability);

// Exact limits of the probability of an event seen `events` times, after Clopper and Pearson 1934:
// two-sided, each tail (1 - confidence) / 2; and one-sided, the tail 1 - confidence.
Result<Interval> ClopperPearson(std::int64_t trials, std::int64_t events, double confidence);
Result<double> ClopperPearsonUpper(std::int64_t trials, std::int64_t events, double confidence);
Result<double> ClopperPearsonLower(std::int64_t trials, std::int64_t events, double confidence);

}  // namespace rig::statistics
