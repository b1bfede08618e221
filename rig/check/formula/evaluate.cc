#include "rig/check/formula/evaluate.h"

#include <algorithm>
#include <cmath>

#include "rig/check/formula/arithmetic.h"

namespace rig::check {
namespace {

// The present of a range seen through a window.
Range Seen(Range range, Window window) {
  return {range.first + window.from, range.last + window.to};
}

// Past operators look through the mirrored window.
Window Towards(const Node& node, Position from, Position to) {
  return IsPast(node.kind) ? Window{-to, -from} : Window{from, to};
}

Extremum ExtremumOf(const Node& node) {
  return IsUniversal(node.kind) ? Extremum::kMin : Extremum::kMax;
}

double Widened(double margin, double uncertainty, Side side) {
  if (uncertainty == 0) return margin;
  const double moved = side == Side::kCertain ? margin - uncertainty : margin + uncertainty;
  return moved == 0 ? std::copysign(kTouching, margin) : moved;
}

}  // namespace

Window WindowOf(const Node& node) {
  return Towards(node, Width(node.from), Width(node.to.value_or(node.from)));
}

Range Evaluator::WindowAt(const Node& node, Position p) const {
  if (node.to) return Seen({p, p}, WindowOf(node));
  return IsPast(node.kind) ? Range{0, p - Width(node.from)} : Range{p + Width(node.from), end_};
}

double Evaluator::Uncertainty(const Node& comparison) const {
  if (uncertainty_of_ == nullptr) return 0;
  double squares = 0;
  for (const std::string& channel : ChannelsOf(comparison)) {
    const double uncertainty = (*uncertainty_of_)(channel);
    squares += uncertainty * uncertainty;
  }
  return std::isfinite(squares) ? std::sqrt(squares) : kInfinity;
}

Steps Evaluator::Channel(const std::string& name, Range range) const {
  Steps steps = Slice(signals_.channels.find(name)->second.steps(), range, kUnknown);
  if (range.last > end_) Append(steps, std::max(range.first, end_ + 1), kUnknown);
  return steps;
}

Steps Evaluator::Values(const Node& node, Range range) const {
  if (node.constant) return {{range.first, *node.constant}};
  if (node.kind == Kind::kChannel) return Channel(node.channel, range);
  const Steps a = Values(*node.children[0], range);
  if (node.children.size() == 1) {
    return Map(a, [&](double value) { return Calculate(node.kind, value, value); });
  }
  const Steps b = Values(*node.children[1], range);
  return Combine(a, b, [&](double x, double y) { return Calculate(node.kind, x, y); });
}

Steps Evaluator::Comparison(const Node& node, Side side, Range range) const {
  const double uncertainty = Uncertainty(node);
  const Steps a = Values(*node.children[0], range);
  const Steps b = Values(*node.children[1], range);
  return Combine(a, b, [&](double x, double y) {
    const double margin = Margin(node.kind, x, y);
    return std::isnan(margin) ? UnknownRobustness(side) : Widened(margin, uncertainty, side);
  });
}

Steps Evaluator::Robustness(const Node& node, Side side, Range range) const {
  if (IsComparison(node.kind)) return Comparison(node, side, range);
  if (IsTemporal(node.kind)) return Temporal(node, side, range);
  const auto below = [&](std::size_t i, Side of) {
    return Robustness(*node.children[i], of, range);
  };
  switch (node.kind) {
    case Kind::kTrue:
      return {{range.first, kInfinity}};
    case Kind::kFalse:
      return {{range.first, -kInfinity}};
    case Kind::kFlag:
      return Map(Values(*node.children[0], range), [&](double value) {
        if (std::isnan(value)) return UnknownRobustness(side);
        return value > 0.5 ? kInfinity : -kInfinity;
      });
    case Kind::kNot:
      return Map(below(0, Other(side)), [](double value) { return -value; });
    case Kind::kAnd:
      return Combine(below(0, side), below(1, side),
                     [](double a, double b) { return std::min(a, b); });
    case Kind::kOr:
      return Combine(below(0, side), below(1, side),
                     [](double a, double b) { return std::max(a, b); });
    case Kind::kImplies:
      return Combine(below(0, Other(side)), below(1, side),
                     [](double a, double b) { return std::max(-a, b); });
    default:
      return Change(node, side, range);
  }
}

Steps Evaluator::Truth(const Node& node, Range range) const {
  return Combine(Robustness(node, Side::kCertain, range), Robustness(node, Side::kPossible, range),
                 [](double certain, double possible) {
                   if (certain > 0) return 1.0;
                   return possible < 0 ? -1.0 : 0.0;
                 });
}

// rise(f) holds at the instant at or immediately before which f was false and at or immediately
// after which it is true: one even position. fall is rise of the negation.
Steps Evaluator::Change(const Node& node, Side side, Range range) const {
  const double sign = node.kind == Kind::kRise ? 1 : -1;
  const Steps truth = Map(Truth(*node.children[0], {range.first - 2, range.last + 2}),
                          [&](double value) { return value == 0 ? value : sign * value; });
  const auto robustness = [&](bool certain, bool possible) {
    if (certain) return kInfinity;
    return possible ? UnknownRobustness(side) : -kInfinity;
  };
  const auto between = [&](Position p) { return robustness(false, ValueAt(truth, p) == 0); };
  // Nothing is seen to change into the start of the run, nor out of the end of the trace.
  const auto at_instant = [&](Position p) {
    const double now = ValueAt(truth, p);
    const double before = p == 0 ? kUnknown : ValueAt(truth, p - 1);
    const double after = p == end_ ? kUnknown : ValueAt(truth, p + 1);
    return robustness((before < 0 && now > 0) || (now < 0 && after > 0),
                      (before <= 0 && now >= 0) || (now <= 0 && after >= 0));
  };
  Steps result;
  Append(result, range.first, between(range.first));
  for (const Step& step : truth) {
    const Position instant = step.begin & ~Position{1};
    if (instant < range.first || instant > range.last) continue;
    Append(result, instant, at_instant(instant));
    if (instant < range.last) Append(result, instant + 1, between(instant + 1));
  }
  return result;
}

Steps Evaluator::Temporal(const Node& node, Side side, Range range) const {
  if (!node.to) return OpenEnded(node, side, range);
  const bool selects = selections_ != nullptr && selections_->contains(&node);
  const bool is_tolerance = *node.to > node.from && !selects;
  if (tightening_ != 0 && is_tolerance) return Shifted(node, side, range);
  return Bounded(node, side, WindowOf(node), range);
}

Steps Evaluator::Bounded(const Node& node, Side side, Window window, Range range) const {
  return SlidingExtremum(Robustness(*node.children[0], side, Seen(range, window)), ExtremumOf(node),
                         window.from, window.to, range);
}

// Until the end of the trace or since the start of the run; unknown where the window is empty.
Steps Evaluator::OpenEnded(const Node& node, Side side, Range range) const {
  const Position offset = IsPast(node.kind) ? -Width(node.from) : Width(node.from);
  const Range wanted{range.first + offset, range.last + offset};
  const Range whole = IsPast(node.kind) ? Range{0, std::max<Position>(0, wanted.last)}
                                        : Range{std::min(wanted.first, end_), end_};
  const Steps child = Robustness(*node.children[0], side, whole);
  Steps extremum = IsPast(node.kind) ? ExtremumSinceStart(child, ExtremumOf(node))
                                     : ExtremumUntilEnd(child, ExtremumOf(node));
  if (wanted.last > end_ && !IsPast(node.kind)) Append(extremum, end_ + 1, UnknownRobustness(side));
  Steps result = Slice(extremum, wanted, UnknownRobustness(side));
  for (Step& step : result) step.begin -= offset;
  return result;
}

// With its far bound moved. What a tightened "always" additionally sees counts only as far as the
// trace tells it, so that the end of the trace limits no margin.
Steps Evaluator::Shifted(const Node& node, Side side, Range range) const {
  const Position from = Width(node.from);
  const Position to = Width(*node.to);
  const bool acts_as_always = IsUniversal(node.kind) == (side == Side::kCertain);
  const Position longer = acts_as_always ? to + tightening_ : to - tightening_;
  if (longer <= to) {
    return Bounded(node, side, Towards(node, from, std::max(from, longer)), range);
  }
  if (!acts_as_always) return Bounded(node, side, Towards(node, from, longer), range);
  return Combine(Bounded(node, side, Towards(node, from, to), range),
                 Bounded(node, Other(side), Towards(node, to, longer), range),
                 [&](double a, double b) { return Extreme(ExtremumOf(node), a, b); });
}

}  // namespace rig::check
