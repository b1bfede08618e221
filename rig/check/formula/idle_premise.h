#pragma once

#include "rig/check/formula/evaluate.h"

namespace rig::check {

// The premise of an implication that was asked for and never held: it passed without anything
// having been verified. Null when there is none. Looks down from the root where requirements of the
// form "whenever a then b" stand: README.md, "Nothing verified". `asked`: where the node is.
const Node* IdlePremise(const Evaluator& evaluator, const Node& node, Range asked);

}  // namespace rig::check
