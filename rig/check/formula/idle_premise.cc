#include "rig/check/formula/idle_premise.h"

#include <algorithm>
#include <optional>

namespace rig::check {
namespace {

// Where a condition holds first in a range that may reach beyond the trace.
std::optional<Position> FirstTrue(const Evaluator& evaluator, const Node& node, Range range) {
  range.last = std::min(range.last, evaluator.end());
  if (range.last < range.first) return std::nullopt;
  const Steps truth = evaluator.Truth(node, range);
  const auto found =
      std::find_if(truth.begin(), truth.end(), [](const Step& step) { return step.value > 0; });
  return found == truth.end() ? std::nullopt : std::optional(found->begin);
}

// The windows of all instants asked are one range without a gap, as those instants are.
Range WindowsOf(const Evaluator& evaluator, const Node& node, Range asked) {
  return {std::max<Position>(0, evaluator.WindowAt(node, asked.first).first),
          std::min(evaluator.WindowAt(node, asked.last).last, evaluator.end())};
}

// The left side of "until" is asked until the right one comes.
Range AskedUntil(const Evaluator& evaluator, const Node& node, Range asked) {
  const Range window = evaluator.WindowAt(node, asked.last);
  const auto reached = FirstTrue(evaluator, *node.children[1], window);
  return {asked.first, reached ? *reached - 1 : std::min(window.last, evaluator.end())};
}

// An implication inside another's consequent counts as asked wherever the outer one is: a premise
// that holds nowhere there did not hold where it mattered either.
const Node* IdlePremiseOfImplication(const Evaluator& evaluator, const Node& node, Range asked) {
  if (!FirstTrue(evaluator, *node.children[0], asked)) return node.children[0].get();
  return IdlePremise(evaluator, *node.children[1], asked);
}

}  // namespace

const Node* IdlePremise(const Evaluator& evaluator, const Node& node, Range asked) {
  if (asked.last < asked.first) return nullptr;
  switch (node.kind) {
    case Kind::kAnd:
      for (const auto& child : node.children) {
        if (const Node* idle = IdlePremise(evaluator, *child, asked)) return idle;
      }
      return nullptr;
    case Kind::kImplies:
      return IdlePremiseOfImplication(evaluator, node, asked);
    case Kind::kAlways:
    case Kind::kEventually:
    case Kind::kHistorically:
    case Kind::kOnce:
      return IdlePremise(evaluator, *node.children[0], WindowsOf(evaluator, node, asked));
    case Kind::kUntil:
      return IdlePremise(evaluator, *node.children[0], AskedUntil(evaluator, node, asked));
    default:
      return nullptr;
  }
}

}  // namespace rig::check
