#include "rig/check/formula/deciding_path.h"

#include <algorithm>
#include <optional>

namespace rig::check {
namespace {

std::optional<Place> DecidingInWindow(const Evaluator& evaluator, const Place& at) {
  const Range window = evaluator.WindowAt(*at.node, at.p);
  if (window.last < window.first) return std::nullopt;
  const Node& child = *at.node->children[0];
  const Extremum which = IsUniversal(at.node->kind) ? Extremum::kMin : Extremum::kMax;
  const Steps steps = evaluator.Robustness(child, at.side, window);
  const Position p = FirstExtremum(steps, which, window);
  const bool nothing_stands_out =
      ValueAt(steps, p) == (which == Extremum::kMin ? kInfinity : -kInfinity);
  return Place{&child, nothing_stands_out ? window.last : p, at.side};
}

std::optional<Place> DecidingBelow(const Evaluator& evaluator, const Place& at) {
  const Node& node = *at.node;
  if (IsTemporal(node.kind)) return DecidingInWindow(evaluator, at);
  const auto below = [&](std::size_t i, Side side) {
    return Place{node.children[i].get(), at.p, side};
  };
  const auto robustness = [&](const Place& place) {
    return evaluator.RobustnessAt(*place.node, place.side, place.p);
  };
  switch (node.kind) {
    case Kind::kNot:
      return below(0, Other(at.side));
    case Kind::kAnd:
      return robustness(below(0, at.side)) <= robustness(below(1, at.side)) ? below(0, at.side)
                                                                            : below(1, at.side);
    case Kind::kOr:
      return robustness(below(0, at.side)) >= robustness(below(1, at.side)) ? below(0, at.side)
                                                                            : below(1, at.side);
    case Kind::kImplies:
      return robustness(below(1, at.side)) >= -robustness(below(0, Other(at.side)))
                 ? below(1, at.side)
                 : below(0, Other(at.side));
    default:
      return std::nullopt;
  }
}

std::optional<Position> FirstUnknown(const Evaluator& evaluator, const Node& node, Range range) {
  for (const Step& step : evaluator.Truth(node, range)) {
    if (step.value == 0) return step.begin;
  }
  return std::nullopt;
}

std::optional<Place> UnknownBelow(const Evaluator& evaluator, const Place& at) {
  if (IsComparison(at.node->kind) || at.node->kind == Kind::kFlag) return std::nullopt;
  Range range{at.p, at.p};
  if (IsTemporal(at.node->kind)) range = evaluator.WindowAt(*at.node, at.p);
  if (at.node->kind == Kind::kRise || at.node->kind == Kind::kFall) range = {at.p - 1, at.p + 1};
  if (range.last < range.first) return std::nullopt;
  for (const auto& child : at.node->children) {
    if (const auto p = FirstUnknown(evaluator, *child, range))
      return Place{child.get(), *p, at.side};
  }
  return std::nullopt;
}

}  // namespace

std::vector<Place> DecidingPath(const Evaluator& evaluator, const Node& root, Side side) {
  std::vector<Place> path = {{&root, 0, side}};
  while (const auto next = DecidingBelow(evaluator, path.back())) path.push_back(*next);
  return path;
}

std::vector<Place> UnknownPath(const Evaluator& evaluator, const Node& root) {
  std::vector<Place> path = {{&root, 0, Side::kCertain}};
  while (const auto next = UnknownBelow(evaluator, path.back())) path.push_back(*next);
  return path;
}

}  // namespace rig::check
