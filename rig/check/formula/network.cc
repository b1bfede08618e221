#include "rig/check/formula/network.h"

#include <algorithm>
#include <cmath>

#include "rig/check/formula/arithmetic.h"
#include "rig/check/formula/open_ended.h"
#include "rig/check/formula/pointwise.h"
#include "rig/check/formula/stateful.h"
#include "rig/check/formula/windowed.h"

namespace rig::check {
namespace {

constexpr Bounds kFalse = {-kInfinity, -kInfinity};
constexpr Bounds kTrue = {kInfinity, kInfinity};

// Past operators look through the mirrored window.
Window Towards(const Node& node, Position from, Position to) {
  return IsPast(node.kind) ? Window{-to, -from} : Window{from, to};
}

Extremum ExtremumOf(const Node& node) {
  return IsUniversal(node.kind) ? Extremum::kMin : Extremum::kMax;
}

// What is beyond a window counts as: for "always" that all holds, for the others that nothing
// comes.
Bounds BeyondWindow(const Node& node) { return IsUniversal(node.kind) ? kTrue : kFalse; }

}  // namespace

Window WindowOf(const Node& node) {
  return Towards(node, Width(node.from), Width(node.to.value_or(node.from)));
}

Conditions Network::RobustnessOf(const Node& node, Range range, Side side) const {
  if (IsComparison(node.kind)) return Comparison(node, range);
  if (IsTemporal(node.kind)) return Temporal(node, range, side);
  if (IsChange(node.kind)) return Change(node, range);
  if (IsHysteresis(node.kind)) return WithHysteresis(node, range);
  if (node.kind == Kind::kTrue || node.kind == Kind::kFalse) {
    return std::make_unique<Constant<Bounds>>(range.first,
                                              node.kind == Kind::kTrue ? kTrue : kFalse);
  }
  if (node.kind != Kind::kFlag) return Connective(node, range, side);
  return MapStream<double, Bounds>(ValuesOf(*node.children[0], range), [](double value) {
    if (std::isnan(value)) return kNothingKnown;
    return value > 0.5 ? kTrue : kFalse;
  });
}

Conditions Network::Connective(const Node& node, Range range, Side side) const {
  const bool flips = node.kind == Kind::kNot || node.kind == Kind::kImplies;
  Conditions a = RobustnessOf(*node.children[0], range, flips ? Other(side) : side);
  if (node.kind == Kind::kNot) return MapStream<Bounds, Bounds>(std::move(a), Negated);
  Conditions b = RobustnessOf(*node.children[1], range, side);
  switch (node.kind) {
    case Kind::kAnd:
      return CombineStreams<Bounds>(std::move(a), std::move(b), Least);
    case Kind::kOr:
      return CombineStreams<Bounds>(std::move(a), std::move(b), Greatest);
    default:
      return CombineStreams<Bounds>(std::move(a), std::move(b), [](Bounds premise, Bounds then) {
        return Greatest(Negated(premise), then);
      });
  }
}

Values Network::TruthOf(const Node& node, Range range) const {
  return MapStream<Bounds, double>(RobustnessOf(node, range), check::TruthOf);
}

Conditions Network::Change(const Node& node, Range range) const {
  const double sign = node.kind == Kind::kRise ? 1 : -1;
  Conditions child = RobustnessOf(*node.children[0], {range.first - 1, Later(range.last, 1)});
  Values truth = MapStream<Bounds, double>(std::move(child), [sign](Bounds robustness) {
    const double truth_of = check::TruthOf(robustness);
    return truth_of == 0 ? 0 : sign * truth_of;
  });
  return std::make_unique<Rise>(std::move(truth), range, timeline_);
}

Conditions Network::Temporal(const Node& node, Range range, Side side) const {
  if (!node.to) return OpenEnded(node, range, side);
  const bool selects = selections_ != nullptr && selections_->contains(&node);
  const bool is_tolerance = *node.to > node.from && !selects;
  if (tightening_ != 0 && is_tolerance) return Tightened(node, range, side);
  return Bounded(node, WindowOf(node), range, side);
}

// Windows of one condition, as passages: "always" is held up by all, "eventually" reached by one.
std::unique_ptr<Stream<Passage>> Network::PassageOf(const Node& node, Range range,
                                                    Side side) const {
  Conditions first = RobustnessOf(*node.children[0], range, side);
  if (IsPassage(node.kind)) {
    return CombineStreams<Passage>(RobustnessOf(*node.children[1], range, side), std::move(first),
                                   [](Bounds reached, Bounds held) {
                                     return Passage{reached, held};
                                   });
  }
  if (IsUniversal(node.kind)) {
    return MapStream<Bounds, Passage>(std::move(first), [](Bounds held) {
      return Passage{kFalse, held};
    });
  }
  return MapStream<Bounds, Passage>(std::move(first), [](Bounds reached) {
    return Passage{reached, kTrue};
  });
}

Conditions Network::Bounded(const Node& node, Window window, Range range, Side side) const {
  const Range offsets{window.from, window.to};
  const Range seen = Seen(range, window);
  if (!IsPassage(node.kind)) {
    return std::make_unique<Sliding<Bounds, Bounds, WindowExtremum>>(
        RobustnessOf(*node.children[0], seen, side), offsets, range,
        WindowExtremum(ExtremumOf(node)));
  }
  const auto near = IsPast(node.kind) ? WindowPassage::Near::kYoung : WindowPassage::Near::kOld;
  Conditions there = std::make_unique<Sliding<Passage, Bounds, WindowPassage>>(
      PassageOf(node, seen, side), offsets, range, WindowPassage(near));
  return OnTheWay(node, std::move(there), range, side);
}

Conditions Network::OnTheWay(const Node& node, Conditions there, Range range, Side side) const {
  if (node.from == Duration(0)) return there;
  const Position way = Width(node.from) - 1;
  const Window window = IsPast(node.kind) ? Window{-way, 0} : Window{0, way};
  Conditions held = std::make_unique<Sliding<Bounds, Bounds, WindowExtremum>>(
      RobustnessOf(*node.children[0], Seen(range, window), side), Range{window.from, window.to},
      range, WindowExtremum(Extremum::kMin));
  return CombineStreams<Bounds>(std::move(held), std::move(there), Least);
}

// Until the end of the trace or since the start of the run; unknown where the window is empty.
Conditions Network::OpenEnded(const Node& node, Range range, Side side) const {
  const Position offset = Width(node.from);
  const Bounds beyond = BeyondWindow(node);
  Conditions there;
  if (IsPast(node.kind)) {
    const Range whole{0, std::max<Position>(0, Later(range.last, -offset))};
    there = std::make_unique<SinceStart>(PassageOf(node, whole, side), range, offset, beyond);
  } else {
    const Position begin = Later(range.first, offset);
    const Range whole{begin, timeline_.ended() ? std::max(begin, timeline_.end) : kOpen};
    auto passage = PassageOf(node, whole, side);
    if (range.first == range.last) {
      there =
          std::make_unique<UntilEndOnce>(std::move(passage), range.first, begin, beyond, timeline_);
    } else {
      there = std::make_unique<UntilEnd>(std::move(passage), range, offset, beyond, timeline_);
    }
  }
  if (!IsPassage(node.kind)) return there;
  return OnTheWay(node, std::move(there), range, side);
}

// With its far bound moved. What a tightened "always" additionally sees counts only as far as the
// trace tells it, so that the end of the trace limits no margin.
Conditions Network::Tightened(const Node& node, Range range, Side side) const {
  const Position from = Width(node.from);
  const Position to = Width(*node.to);
  const bool acts_as_always = IsUniversal(node.kind) == (side == Side::kCertain);
  const Position longer = acts_as_always ? to + tightening_ : to - tightening_;
  if (longer <= to || !acts_as_always || IsPassage(node.kind)) {
    return Bounded(node, Towards(node, from, std::max(from, longer)), range, side);
  }
  Conditions seen = Bounded(node, Towards(node, from, to), range, side);
  Conditions beyond = Bounded(node, Towards(node, to, longer), range, Other(side));
  const auto join = IsUniversal(node.kind) ? Least : Greatest;
  return CombineStreams<Bounds>(std::move(seen), std::move(beyond),
                                [side, join](Bounds a, Bounds b) {
                                  const double other = At(Other(side), b);
                                  return join(a, {other, other});
                                });
}

}  // namespace rig::check
