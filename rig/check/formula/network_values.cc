// The arithmetic of a formula, and how uncertain it is.

#include <cmath>

#include "rig/check/formula/arithmetic.h"
#include "rig/check/formula/network.h"
#include "rig/check/formula/pointwise.h"
#include "rig/check/formula/spread.h"
#include "rig/check/formula/stateful.h"
#include "rig/check/formula/windowed.h"

namespace rig::check {
namespace {

double Moved(double margin, double by) {
  const double moved = margin + by;
  return moved == 0 ? std::copysign(kTouching, margin) : moved;
}

Bounds WidenedBy(double margin, double uncertainty) {
  if (std::isnan(margin) || !std::isfinite(uncertainty)) return kNothingKnown;
  if (uncertainty == 0) return {margin, margin};
  return {Moved(margin, -uncertainty), Moved(margin, uncertainty)};
}

// The span a condition held is read between two changes of its channels. How often something comes
// has no uncertainty in its value: see time_margin.h.
double UncertaintyOfSpan(const Node& node, double span_s, const UncertaintyOf& uncertainty_of) {
  const bool is_span = node.kind == Kind::kLastDuration && uncertainty_of.span != nullptr;
  return is_span ? uncertainty_of.span(ChannelsOf(node), span_s) : 0;
}

bool IsExact(const Node& read, const UncertaintyOf& uncertainty_of) {
  if (read.kind == Kind::kChannel) return uncertainty_of.value(read.channel) == 0;
  constexpr double kAnySpan = 1;  // a clock shows in a span only
  return UncertaintyOfSpan(read, kAnySpan, uncertainty_of) == 0;
}

// What is read, moved by its uncertainty.
Spreads Read(const Node& node, Values values, const UncertaintyOf& uncertainty_of) {
  if (node.kind != Kind::kChannel) {
    return MapStream<double, Spread>(std::move(values), [&node, &uncertainty_of](double value) {
      return Around(value, UncertaintyOfSpan(node, value, uncertainty_of));
    });
  }
  return MapStream<double, Spread>(
      std::move(values),
      [by = uncertainty_of.value(node.channel)](double value) { return Around(value, by); });
}

}  // namespace

Values Network::ValuesOf(const Node& node, Range range) const {
  if (node.constant) return std::make_unique<Constant<double>>(range.first, *node.constant);
  const Kind kind = node.kind;
  if (kind == Kind::kChannel) return channel_over_(node.channel, range);
  if (kind == Kind::kRate) return RateOfChange(node, range);
  if (kind == Kind::kCount) {
    const Range window{-Width(*node.to), 0};
    return std::make_unique<Sliding<double, double, WindowCount>>(
        TruthOf(*node.children[0], {Later(range.first, window.first), range.last}), window, range,
        WindowCount());
  }
  if (kind == Kind::kLastDuration) {
    const Range whole{std::min<Position>(0, range.first), range.last};
    return std::make_unique<From<double>>(
        std::make_unique<LastDuration>(TruthOf(*node.children[0], whole)), range.first);
  }
  Values a = ValuesOf(*node.children[0], range);
  if (node.children.size() == 1) {
    return MapStream<double, double>(
        std::move(a), [kind](double value) { return Calculate(kind, value, value); });
  }
  return CombineStreams<double>(std::move(a), ValuesOf(*node.children[1], range),
                                [kind](double x, double y) { return Calculate(kind, x, y); });
}

Values Network::RateOfChange(const Node& node, Range range) const {
  const Position back = Width(*node.to);
  const Node& of = *node.children[0];
  Values now = ValuesOf(of, range);
  Values past = std::make_unique<Shifted<double>>(ValuesOf(of, Seen(range, {-back, -back})), -back);
  return CombineStreams<double>(std::move(now), std::move(past),
                                [seconds = Seconds(*node.to)](double x, double y) {
                                  return Calculate(Kind::kDivide, x - y, seconds);
                                });
}

Conditions Network::Comparison(const Node& node, Range range) const {
  const Kind kind = node.kind;
  const Node& left = *node.children[0];
  const Node& right = *node.children[1];
  if (Values uncertainty = UncertaintyIn(node, range)) {
    Values margin =
        CombineStreams<double>(ValuesOf(left, range), ValuesOf(right, range),
                               [kind](double x, double y) { return Margin(kind, x, y); });
    return CombineStreams<Bounds>(std::move(margin), std::move(uncertainty), WidenedBy);
  }
  if (right.constant) {
    return MapStream<double, Bounds>(ValuesOf(left, range), [kind, y = *right.constant](double x) {
      return WidenedBy(Margin(kind, x, y), 0);
    });
  }
  return CombineStreams<Bounds>(
      ValuesOf(left, range), ValuesOf(right, range),
      [kind](double x, double y) { return WidenedBy(Margin(kind, x, y), 0); });
}

Conditions Network::WithHysteresis(const Node& node, Range range) const {
  const Range whole{std::min<Position>(0, range.first), range.last};
  Values value = ValuesOf(*node.children[0], whole);
  Values uncertainty = UncertaintyIn(node, whole);
  Spreads spread = uncertainty == nullptr
                       ? MapStream<double, Spread>(std::move(value), Exactly)
                       : CombineStreams<Spread>(std::move(value), std::move(uncertainty), Around);
  const Hysteresis::Levels levels{*node.children[1]->constant, *node.children[2]->constant,
                                  node.kind == Kind::kAbove};
  return std::make_unique<From<Bounds>>(std::make_unique<Hysteresis>(std::move(spread), levels),
                                        range.first);
}

Spreads Network::SpreadOf(const Node& node, Range range, const Reading& moved, Duration ago) const {
  const Kind kind = node.kind;
  if (node.constant) {
    return std::make_unique<Constant<Spread>>(range.first, Exactly(*node.constant));
  }
  if (IsRead(kind)) {
    const bool is_moved = NameOf(node) == moved.name && ago == moved.ago;
    if (!is_moved) return MapStream<double, Spread>(ValuesOf(node, range), Exactly);
    return Read(node, ValuesOf(node, range), *uncertainty_of_);
  }
  if (IsHysteresis(kind)) return SpreadOf(*node.children[0], range, moved, ago);
  if (kind == Kind::kRate) return SpreadOfRate(node, range, moved, ago);
  Spreads a = SpreadOf(*node.children[0], range, moved, ago);
  if (node.children.size() == 1) {
    return MapStream<Spread, Spread>(
        std::move(a), [kind](const Spread& value) { return Calculate(kind, value, value); });
  }
  const Kind operation = IsComparison(kind) ? Kind::kSubtract : kind;
  return CombineStreams<Spread>(
      std::move(a), SpreadOf(*node.children[1], range, moved, ago),
      [operation](const Spread& x, const Spread& y) { return Calculate(operation, x, y); });
}

Spreads Network::SpreadOfRate(const Node& node, Range range, const Reading& moved,
                              Duration ago) const {
  const Position back = Width(*node.to);
  const Node& of = *node.children[0];
  Spreads now = SpreadOf(of, range, moved, ago);
  Spreads past = std::make_unique<Shifted<Spread>>(
      SpreadOf(of, Seen(range, {-back, -back}), moved, ago + *node.to), -back);
  return CombineStreams<Spread>(
      std::move(now), std::move(past),
      [seconds = Exactly(Seconds(*node.to))](const Spread& x, const Spread& y) {
        return Calculate(Kind::kDivide, Calculate(Kind::kSubtract, x, y), seconds);
      });
}

Values Network::UncertaintyIn(const Node& node, Range range) const {
  if (uncertainty_of_ == nullptr) return nullptr;
  Values sum;
  for (const Reading& reading : ReadingsOf(node)) {
    if (IsExact(*reading.node, *uncertainty_of_)) continue;
    Values deviation = MapStream<Spread, double>(SpreadOf(node, range, reading, {}), Deviation);
    sum = sum == nullptr
              ? std::move(deviation)
              : CombineStreams<double>(std::move(sum), std::move(deviation),
                                       [](double x, double y) { return std::hypot(x, y); });
  }
  return sum;
}

}  // namespace rig::check
