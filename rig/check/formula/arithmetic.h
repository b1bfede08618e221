#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "rig/check/formula/formula_node.h"

namespace rig::check {

// Stands in for a margin of 0, which has no sign: "x <= 5" at 5 holds by this much, "x < 5" misses
// by it.
constexpr double kTouching = std::numeric_limits<double>::min();

// The value of an arithmetic node over its operands' values; `b` is ignored by those of one
// operand. NaN (unknown) where either is, and where the result is no finite number.
double Calculate(Kind kind, double a, double b);

// By how much "a <kind> b" holds (above 0) or misses (below 0); never 0; NaN where a or b is.
// Values that differ by no more than rounding does, 8 units in the last place of the larger, count
// as equal.
inline double Margin(Kind kind, double a, double b) {
  constexpr double kRounding = 4 * std::numeric_limits<double>::epsilon();
  const double difference = b - a;
  if (!std::isfinite(difference)) return std::nan("");
  const bool equal = std::fabs(difference) <= kRounding * std::max(std::fabs(a), std::fabs(b));
  switch (kind) {
    case Kind::kLess:
      return equal ? -kTouching : difference;
    case Kind::kLessOrEqual:
      return equal ? kTouching : difference;
    case Kind::kGreater:
      return equal ? -kTouching : -difference;
    case Kind::kGreaterOrEqual:
      return equal ? kTouching : -difference;
    case Kind::kEqual:
      return equal ? kTouching : -std::fabs(difference);
    case Kind::kNotEqual:
      return equal ? -kTouching : std::fabs(difference);
    default:
      return std::nan("");
  }
}

// "a <kind> b" with its sides exchanged: "<" for ">".
Kind Mirrored(Kind kind);

// The comparison that holds exactly where `kind` does not.
Kind Negation(Kind kind);

}  // namespace rig::check
