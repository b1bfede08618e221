#pragma once

#include <cstdint>
#include <vector>

#include "rig/check/tube/tube.h"

namespace rig::golden {

// A golden curve and the same channel of a run.
struct CurvePair {
  const Curve* golden;
  const Curve* observed;
};

// By how much the run as a whole is later than the golden: the one shift of all curves, within ±
// limit, that makes the area between golden and observed smallest, each pair's area counted in
// units of its golden's range. For events this is the median latency, weighted by the height of the
// changes. Constant goldens and stretches without a value say nothing. Of equal shifts the
// smallest.
//
// Resolution: 1 µs, or limit / 64 where the area has several minima. Without anything to align: 0.
std::int64_t FindAlignment(const std::vector<CurvePair>& pairs, std::int64_t limit_ns);

}  // namespace rig::golden
