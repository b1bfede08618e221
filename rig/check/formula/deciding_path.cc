#include "rig/check/formula/deciding_path.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "rig/check/formula/stateful.h"

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
  if (node.kind == Kind::kNot) return Place{node.children[0].get(), at.p, Other(at.side)};
  return std::nullopt;
}

bool IsOfTwo(Kind kind) {
  return kind == Kind::kAnd || kind == Kind::kOr || kind == Kind::kImplies;
}

// One of two conditions joined, and the robustness it lends to both together.
struct Branch {
  Place place;
  double robustness;
  bool open;  // whether it holds is not known
};

// The one that decides where both do alike comes first.
std::array<Branch, 2> BranchesOf(const Evaluator& evaluator, const Place& at) {
  const auto branch = [&](std::size_t i) {
    const bool is_premise = at.node->kind == Kind::kImplies && i == 0;
    const Place place{at.node->children[i].get(), at.p, is_premise ? Other(at.side) : at.side};
    const Bounds bounds = evaluator.RobustnessAt(*place.node, place.p, place.side);
    const double robustness = At(place.side, bounds);
    return Branch{place, is_premise ? -robustness : robustness, TruthOf(bounds) == 0};
  };
  if (at.node->kind == Kind::kImplies) return {branch(1), branch(0)};
  return {branch(0), branch(1)};
}

void CollectComparisons(const Node& node, std::vector<const Node*>& all) {
  if (IsComparison(node.kind) || IsHysteresis(node.kind)) {
    all.push_back(&node);
  } else {
    for (const auto& child : node.children) CollectComparisons(*child, all);
  }
}

bool AreOfOneDimension(const Node& a, const Node& b) {
  std::vector<const Node*> all;
  CollectComparisons(a, all);
  CollectComparisons(b, all);
  return std::all_of(all.begin(), all.end(), [&](const Node* node) {
    return node->children[0]->dimension == all[0]->children[0]->dimension;
  });
}

bool AreOfOneSign(const Branch& a, const Branch& b) {
  return (a.robustness > 0) == (b.robustness > 0);
}

// Whether the numbers tell which of two robustnesses is the larger, although they may be of
// different dimensions.
bool AreComparable(const Branch& a, const Branch& b) {
  const bool finite = std::isfinite(a.robustness) && std::isfinite(b.robustness);
  return !AreOfOneSign(a, b) || !finite || AreOfOneDimension(*a.place.node, *b.place.node);
}

bool FirstDecides(Kind kind, double first, double second) {
  return kind == Kind::kAnd ? first <= second : first >= second;
}

// What margins at the end of a path are relative to.
double ScaleOf(const Evaluator& evaluator, const Place& end) {
  const Node& node = *end.node;
  if (!IsComparison(node.kind) && !IsHysteresis(node.kind)) return 1;
  const Node& limit = *node.children[node.children[0]->constant ? 0 : 1];
  const double scale = std::fabs(evaluator.ValueOf(limit, end.p));
  return scale > 0 ? scale : 1;
}

std::vector<Place> PathFrom(const Evaluator& evaluator, const Place& start);

// Onwards from two conditions joined, of different dimensions: where the margin relative to the
// limit decides.
std::vector<Place> RelativePath(const Evaluator& evaluator, Kind kind,
                                const std::array<Branch, 2>& branches) {
  std::array<std::vector<Place>, 2> paths;
  std::array<double, 2> relative{};
  for (std::size_t i = 0; i < 2; ++i) {
    paths[i] = PathFrom(evaluator, branches[i].place);
    relative[i] = branches[i].robustness / ScaleOf(evaluator, paths[i].back());
  }
  return paths[FirstDecides(kind, relative[0], relative[1]) ? 0 : 1];
}

std::vector<Place> PathFrom(const Evaluator& evaluator, const Place& start) {
  std::vector<Place> path = {start};
  while (true) {
    const Place at = path.back();
    const Kind kind = at.node->kind;
    if (!IsOfTwo(kind)) {
      const auto next = DecidingBelow(evaluator, at);
      if (!next) return path;
      path.push_back(*next);
      continue;
    }
    const auto branches = BranchesOf(evaluator, at);
    const auto& [first, second] = branches;
    // An implication fails by what it asks for, not by how far its premise held.
    const bool fails = first.robustness < 0 && second.robustness < 0;
    if (AreOfOneSign(first, second) && first.open != second.open) {
      path.push_back(first.open ? first.place : second.place);
    } else if (kind == Kind::kImplies && fails) {
      path.push_back(first.place);
    } else if (AreComparable(first, second)) {
      const bool is_first = FirstDecides(kind, first.robustness, second.robustness);
      path.push_back(is_first ? first.place : second.place);
    } else {
      const std::vector<Place> onwards = RelativePath(evaluator, kind, branches);
      path.insert(path.end(), onwards.begin(), onwards.end());
      return path;
    }
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
  return PathFrom(evaluator, {&root, 0, side});
}

std::vector<Place> UnknownPath(const Evaluator& evaluator, const Node& root) {
  std::vector<Place> path = {{&root, 0, Side::kCertain}};
  while (const auto next = UnknownBelow(evaluator, path.back())) path.push_back(*next);
  return path;
}

}  // namespace rig::check
