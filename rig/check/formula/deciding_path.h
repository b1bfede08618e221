#pragma once

#include <vector>

#include "rig/check/formula/evaluate.h"

namespace rig::check {

// A node, looked at from one side at one instant. Its side differs from the root's below a
// negation.
struct Place {
  const Node* node;
  Position p;
  Side side;
};

// From the root at run time 0 down to what decides its robustness on that side: a comparison, a
// flag, a change, a constant. Of two conditions alike, the one that is open; of an implication that
// fails, the consequent; of two conditions in different dimensions, the one with the smaller (of
// "or" the larger) margin relative to its limit. Where several children or instants decide alike,
// the consequent of an implication, the earliest instant; the last of a window in which nothing
// stands out.
std::vector<Place> DecidingPath(const Evaluator& evaluator, const Node& root, Side side);

// From the root down to the first thing unknown that keeps it from a verdict: a comparison or a
// flag, or a temporal operator whose window is empty.
std::vector<Place> UnknownPath(const Evaluator& evaluator, const Node& root);

}  // namespace rig::check
