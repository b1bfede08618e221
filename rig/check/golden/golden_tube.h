#pragma once

#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/check/formula/signal.h"
#include "rig/v1/golden.pb.h"

namespace rig::check {

// One channel of a golden, read.
struct GoldenSteps {
  Steps steps;
  Position end;
};

// Errors: INVALID_ARGUMENT, naming channel and line, for points that are malformed, not finite, not
// in order, or behind the end.
Result<GoldenSteps> ReadGoldenPoints(const v1::GoldenChannel& channel);

// "12.5 0.001": exact, and short enough to diff.
std::string WriteGoldenPoint(std::int64_t ns, double value);

// A stretch outside the tube.
struct Excursion {
  Position begin;
  Position end;  // the first position inside again
  double depth;  // furthest outside
};

// How a channel lies in the golden's tube: the golden's extrema over ± time tolerance, widened by ±
// value tolerance.
struct TubeComparison {
  // The smallest distance to the tube's edge, negative outside; at most the value tolerance. NaN:
  // nothing compared.
  double closest = kUnknown;
  Position closest_at = 0;
  double value_there = kUnknown;
  std::vector<Excursion> excursions;
  std::string gap;  // what could not be compared and why; empty: nothing
};

TubeComparison CompareWithTube(const GoldenSteps& golden, double value_tolerance,
                               Duration time_tolerance, const Signal& signal, RunTime end);

}  // namespace rig::check
