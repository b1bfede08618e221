#pragma once

#include "rig/check/formula/formula_node.h"
#include "rig/check/formula/signal.h"
#include "rig/v1/record.pb.h"

namespace rig::check {

// By how much every time bound could be tightened with the formula still holding, or must be
// relaxed for it to hold, to 1 ms. Unknown without a time tolerance (bounds a < b, both finite),
// when no relaxation within the trace's length helps, when only the end of the trace limits it, and
// for a channel of more than 1e6 steps.
v1::Quantity TimeMargin(const Node& root, const Signals& signals, v1::Verdict verdict);

}  // namespace rig::check
