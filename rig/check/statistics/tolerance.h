#pragma once

#include <cstdint>

#include "rig/base/result.h"

namespace rig::statistics {

// Factors k of normal tolerance intervals: from n independent values of one normal distribution
// with mean m and sample standard deviation s (n - 1 in the denominator), the interval holds at
// least the share `coverage` of the distribution with `confidence`. Whether the values are normal
// is the caller's to show; order_statistics.h needs no distribution. n from 2 to 100 000. Errors:
// INVALID_ARGUMENT for n out of that range, confidence or coverage outside (0, 1).

// One-sided, m + k s (or m - k s): exact, the quantile of the non-central t distribution over root
// n. Negative where so little is asked that the limit lies on the other side of the mean.
// Source: ISO 16269-6:2014, 7.2; Owen 1968.
Result<double> OneSidedToleranceFactor(std::int64_t n, double confidence, double coverage);

// Two-sided, m - k s to m + k s: solves the defining integral over the distribution of the mean, to
// 1e-10 relative; no approximation of it (Howe's is up to 3 % low for small n).
// Source: Krishnamoorthy & Mathew 2009, eq. 2.3.3; Odeh 1978.
Result<double> TwoSidedToleranceFactor(std::int64_t n, double confidence, double coverage);

}  // namespace rig::statistics
