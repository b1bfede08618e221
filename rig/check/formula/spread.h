#pragma once

#include "rig/check/formula/formula_node.h"
#include "rig/check/formula/stream.h"

namespace rig::check {

// A value, and what becomes of it while one reading in it moves anywhere within its uncertainty.
struct Spread {
  double value = kUnknown;
  Bounds within = kNothingKnown;  // all it may be
  Bounds slope = kNothingKnown;   // its change per uncertainty moved, anywhere in there
};

using Spreads = std::unique_ptr<Stream<Spread>>;

inline bool Same(const Spread& a, const Spread& b) {
  return Same(a.value, b.value) && Same(a.within, b.within) && Same(a.slope, b.slope);
}

Spread Exactly(double value);
// Unlimited where the uncertainty is no finite number or negative.
Spread Around(double value, double uncertainty);

// The value of an arithmetic node over its operands' values, in interval arithmetic: neither a kink
// nor a pole within the uncertainty is missed. Source: R. E. Moore, Methods and Applications of
// Interval Analysis, 1979.
Spread Calculate(Kind kind, const Spread& a, const Spread& b);

// How far from its value it may be at most, by the values or by the slopes (which see a reading
// that enters twice and cancels); infinite where that is unknown.
double Deviation(const Spread& spread);

}  // namespace rig::check
