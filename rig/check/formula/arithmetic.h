#pragma once

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
double Margin(Kind kind, double a, double b);

// The comparison that holds exactly where `kind` does not.
Kind Negation(Kind kind);

}  // namespace rig::check
