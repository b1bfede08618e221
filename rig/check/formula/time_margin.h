#pragma once

#include <string>

#include "rig/check/formula/formula_node.h"
#include "rig/check/formula/signal.h"
#include "rig/v1/record.pb.h"

namespace rig::check {

// The true margin lies between the one told and this much above it.
constexpr Duration kTimeMarginResolution = std::chrono::milliseconds(1);

// By how much every time bound could be tightened with the formula still holding, or must be
// relaxed for it to hold, rounded down to the resolution or less. Unknown without a time tolerance
// (bounds a < b, both finite), when no relaxation within the trace's length helps, when only the
// end of the trace limits it, and where WhyTimeMarginIsUnknown says why.
v1::Quantity TimeMargin(const Node& root, const Signals& signals, v1::Verdict verdict);

// Why it is not told how much room a formula's time bounds leave, so that an uncertainty of times
// may change the verdict unnoticed; empty where it is told or there is nothing to tell.
std::string WhyTimeMarginIsUnknown(const Node& root, const Signals& signals);

}  // namespace rig::check
