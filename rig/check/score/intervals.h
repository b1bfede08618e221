#pragma once

#include <cstdint>

#include "rig/base/result.h"
#include "rig/check/score/annotation.h"

namespace rig::score {

// A share or rate with its exact two-sided interval at 95 %.
struct Estimate {
  double value;
  double low;
  double high;
};
inline constexpr double kConfidence = 0.95;

// Clopper and Pearson's interval, as of rig/check/statistics. `open`: further trials whose outcome
// is not known; they count as misses in the low end and as hits in the high one. Errors:
// INVALID_ARGUMENT where there was nothing to count.
Result<Estimate> ShareOf(const Fraction& fraction, std::int64_t open = 0);

// Events per unit of `exposure` with the exact Poisson interval (Garwood 1936): chi-squared
// quantiles with 2 k and 2 k + 2 degrees of freedom, half, over the exposure. Errors:
// INVALID_ARGUMENT for an exposure that is not above 0 or a negative count. `open`: what may have
// been further events, counted in the high end.
Result<Estimate> RateOf(std::int64_t events, double exposure, std::int64_t open = 0);

}  // namespace rig::score
