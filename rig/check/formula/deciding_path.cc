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

// One position of each stretch in which nothing changes: the one nearest to the present.
std::vector<Position> Stations(const Steps& a, const Steps& b, Range walk, Range window,
                               bool past) {
  std::vector<Position> stations = {past ? walk.last : walk.first,
                                    past ? window.last : window.first};
  for (const Steps* steps : {&a, &b}) {
    for (const Step& step : *steps) stations.push_back(past ? step.begin - 1 : step.begin);
  }
  std::erase_if(stations, [&](Position p) { return p < walk.first || p > walk.last; });
  std::sort(stations.begin(), stations.end());
  stations.erase(std::unique(stations.begin(), stations.end()), stations.end());
  if (past) std::reverse(stations.begin(), stations.end());
  return stations;
}

// Of "a until b" and "a since b": the instant where b decides, or where a does on the way there.
// Walks away from the present, towards where b may be.
std::optional<Place> DecidingOnPassage(const Evaluator& evaluator, const Place& at) {
  const Range window = evaluator.WindowAt(*at.node, at.p);
  if (window.last < window.first) return std::nullopt;
  const bool past = IsPast(at.node->kind);
  const Range walk = past ? Range{window.first, at.p} : Range{at.p, window.last};
  const Node& held = *at.node->children[0];
  const Node& reached = *at.node->children[1];
  const Steps held_steps = evaluator.Robustness(held, at.side, walk);
  const Steps reached_steps = evaluator.Robustness(reached, at.side, walk);
  Place best{&reached, past ? window.first : window.last, at.side};
  Place weakest{&held, at.p, at.side};
  double best_value = -kInfinity;
  double weakest_value = kInfinity;
  for (const Position p : Stations(held_steps, reached_steps, walk, window, past)) {
    const double there = ValueAt(reached_steps, p);
    const double value = std::min(there, weakest_value);
    if (p >= window.first && p <= window.last && value > best_value) {
      best_value = value;
      best = there <= weakest_value ? Place{&reached, p, at.side} : weakest;
    }
    const double here = ValueAt(held_steps, p);
    if (here < weakest_value) weakest = {&held, p, at.side};
    weakest_value = std::min(weakest_value, here);
  }
  return best;
}

std::optional<Place> DecidingBelow(const Evaluator& evaluator, const Place& at) {
  const Node& node = *at.node;
  if (IsPassage(node.kind)) return DecidingOnPassage(evaluator, at);
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
  const Kind kind = at.node->kind;
  if (IsComparison(kind) || IsHysteresis(kind) || kind == Kind::kFlag) return std::nullopt;
  Range range{at.p, at.p};
  if (IsTemporal(kind)) range = evaluator.WindowAt(*at.node, at.p);
  if (IsChange(kind)) range = {at.p - 1, at.p + 1};
  if (range.last < range.first) return std::nullopt;
  if (IsPassage(kind)) range = {std::min(range.first, at.p), std::max(range.last, at.p)};
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
