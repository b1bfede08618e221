// The arithmetic of a formula, and how uncertain it is.

#include <cmath>

#include "rig/check/formula/arithmetic.h"
#include "rig/check/formula/network.h"
#include "rig/check/formula/pointwise.h"
#include "rig/check/formula/stateful.h"
#include "rig/check/formula/windowed.h"

namespace rig::check {
namespace {

double Widened(double margin, double uncertainty, Side side) {
  const double moved = side == Side::kCertain ? margin - uncertainty : margin + uncertainty;
  return moved == 0 ? std::copysign(kTouching, margin) : moved;
}

Bounds Around(double margin, double uncertainty) {
  if (std::isnan(margin)) return kNothingKnown;
  if (uncertainty == 0) return {margin, margin};
  if (!std::isfinite(uncertainty)) return kNothingKnown;
  return {Widened(margin, uncertainty, Side::kCertain),
          Widened(margin, uncertainty, Side::kPossible)};
}

Bounds Exactly(double margin) {
  return std::isnan(margin) ? kNothingKnown : Bounds{margin, margin};
}

}  // namespace

Values Network::ValuesOf(const Node& node, Range range) const {
  return Arithmetic(node, range, nullptr);
}

Values Network::Arithmetic(const Node& node, Range range, const Moved* moved) const {
  if (node.constant) return std::make_unique<Constant<double>>(range.first, *node.constant);
  const Kind kind = node.kind;
  if (kind == Kind::kChannel) {
    Values values = channel_over_(node.channel, range);
    const bool is_moved =
        moved != nullptr && moved->rate == nullptr && moved->channel == node.channel;
    if (!is_moved) return values;
    return MapStream<double, double>(std::move(values),
                                     [by = moved->by](double value) { return value + by; });
  }
  if (kind == Kind::kRate) return RateOfChange(node, range, moved);
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
  Values a = Arithmetic(*node.children[0], range, moved);
  if (node.children.size() == 1) {
    return MapStream<double, double>(
        std::move(a), [kind](double value) { return Calculate(kind, value, value); });
  }
  return CombineStreams<double>(std::move(a), Arithmetic(*node.children[1], range, moved),
                                [kind](double x, double y) { return Calculate(kind, x, y); });
}

// What is moved everywhere would cancel out between the two instants, but noise and resolution do
// not: inside a rate the channel counts as two.
Values Network::RateOfChange(const Node& node, Range range, const Moved* moved) const {
  const Position back = Width(*node.to);
  const double seconds = Seconds(*node.to);
  std::optional<Moved> here;
  if (moved != nullptr && moved->rate == &node) here = {moved->channel, moved->by};
  const Moved* deeper = moved != nullptr && moved->rate != nullptr && !here ? moved : nullptr;
  const Moved* now_moved = here && !moved->past ? &*here : deeper;
  const Moved* past_moved = here && moved->past ? &*here : deeper;
  const Node& of = *node.children[0];
  Values now = Arithmetic(of, range, now_moved);
  Values past = std::make_unique<Shifted<double>>(
      Arithmetic(of, {Later(range.first, -back), Later(range.last, -back)}, past_moved), -back);
  return CombineStreams<double>(std::move(now), std::move(past), [seconds](double x, double y) {
    return Calculate(Kind::kDivide, x - y, seconds);
  });
}

Conditions Network::Comparison(const Node& node, Range range) const {
  const Kind kind = node.kind;
  const Node& left = *node.children[0];
  const Node& right = *node.children[1];
  if (Values uncertainty = UncertaintyOfDifference(node, range)) {
    Values margin =
        CombineStreams<double>(ValuesOf(left, range), ValuesOf(right, range),
                               [kind](double x, double y) { return Margin(kind, x, y); });
    return CombineStreams<Bounds>(std::move(margin), std::move(uncertainty), Around);
  }
  if (right.constant) {
    return MapStream<double, Bounds>(ValuesOf(left, range), [kind, y = *right.constant](double x) {
      return Exactly(Margin(kind, x, y));
    });
  }
  return CombineStreams<Bounds>(ValuesOf(left, range), ValuesOf(right, range),
                                [kind](double x, double y) { return Exactly(Margin(kind, x, y)); });
}

Values Network::Difference(const Node& comparison, Range range, const Moved* moved) const {
  return CombineStreams<double>(Arithmetic(*comparison.children[0], range, moved),
                                Arithmetic(*comparison.children[1], range, moved),
                                [](double x, double y) { return x - y; });
}

void Network::CollectMoved(const Node& node, const Node* rate, std::vector<Moved>& all) const {
  if (!IsValue(node.kind) || node.kind == Kind::kCount || node.kind == Kind::kLastDuration) return;
  if (node.kind == Kind::kChannel) {
    const double by = (*uncertainty_of_)(node.channel);
    const bool seen = std::any_of(all.begin(), all.end(), [&](const Moved& moved) {
      return moved.channel == node.channel && moved.rate == rate;
    });
    if (by == 0 || seen) return;
    all.push_back({node.channel, by, rate, false});
    if (rate != nullptr) all.push_back({node.channel, by, rate, true});
    return;
  }
  const Node* inside = node.kind == Kind::kRate ? &node : rate;
  for (const auto& child : node.children) CollectMoved(*child, inside, all);
}

Values Network::UncertaintyOfDifference(const Node& comparison, Range range) const {
  if (uncertainty_of_ == nullptr) return nullptr;
  std::vector<Moved> all;
  for (const auto& child : comparison.children) CollectMoved(*child, nullptr, all);
  Values squares;
  for (Moved& moved : all) {
    Values up = Difference(comparison, range, &moved);
    moved.by = -moved.by;
    Values down = Difference(comparison, range, &moved);
    Values square = CombineStreams<double>(std::move(up), std::move(down), [](double x, double y) {
      const double half = (x - y) / 2;
      return half * half;
    });
    squares = squares == nullptr ? std::move(square)
                                 : CombineStreams<double>(std::move(squares), std::move(square),
                                                          [](double x, double y) { return x + y; });
  }
  if (squares == nullptr) return nullptr;
  return MapStream<double, double>(std::move(squares),
                                   [](double square) { return std::sqrt(square); });
}

double Network::HysteresisUncertainty(const Node& node) const {
  if (uncertainty_of_ == nullptr) return 0;
  double squares = 0;
  for (const std::string& channel : ChannelsOf(*node.children[0])) {
    const double uncertainty = (*uncertainty_of_)(channel);
    squares += uncertainty * uncertainty;
  }
  return std::sqrt(squares);
}

}  // namespace rig::check
