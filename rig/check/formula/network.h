#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "rig/check/formula/formula_node.h"
#include "rig/check/formula/stream.h"

namespace rig::check {

struct Passage;
struct Spread;
using Spreads = std::unique_ptr<Stream<Spread>>;

// One of the robustness's two ends.
enum class Side { kCertain, kPossible };

constexpr Side Other(Side side) {
  return side == Side::kCertain ? Side::kPossible : Side::kCertain;
}
constexpr double At(Side side, Bounds bounds) {
  return side == Side::kCertain ? bounds.low : bounds.high;
}

// Of operators of time: how the window lies around the present. Open-ended ones have one side of it
// only.
struct Window {
  Position from;
  Position to;
};
Window WindowOf(const Node& node);
// The present of a range seen through a window.
constexpr Range Seen(Range range, Window window) {
  return {Later(range.first, window.from), Later(range.last, window.to)};
}

// Builds the streams of a formula's parts: the one place that knows what they mean. Borrows all it
// is given. Thread-compatible.
class Network {
 public:
  // The values of a channel over a range.
  using ChannelOver = std::function<Values(const std::string& channel, Range range)>;
  Network(ChannelOver channel_over, const Timeline& timeline)
      : channel_over_(std::move(channel_over)), timeline_(timeline) {}

  // Widens every comparison's margin by the expanded uncertainty of its readings: how far each can
  // take the difference compared, root sum of squares. Source: JCGM 100:2008, 5.1.2 and the note 2
  // of 5.1.3.
  void set_uncertainty(const UncertaintyOf* uncertainty_of) { uncertainty_of_ = uncertainty_of; }
  // Tightens every time bound by this much, relaxes it if negative; the robustness is then that of
  // kCertain at the root only. See time_margin.h.
  void set_tightening(Duration tightening) { tightening_ = Width(tightening); }
  // Operators whose bounds say when something is asked, not how much time it may take: tightening
  // leaves them alone.
  void set_selections(const std::set<const Node*>* selections) { selections_ = selections; }

  // Of an arithmetic node, over a range: NaN where unknown.
  Values ValuesOf(const Node& node, Range range) const;
  // Of a condition. `side`: the one that matters, where bounds are tightened.
  Conditions RobustnessOf(const Node& node, Range range, Side side = Side::kCertain) const;
  // -1 violated, 0 unknown, 1 holds.
  Values TruthOf(const Node& node, Range range) const;
  // Expanded uncertainty of the difference a comparison looks at, or of what one with hysteresis
  // looks at; null where there is none.
  Values UncertaintyIn(const Node& node, Range range) const;

 private:
  Values RateOfChange(const Node& node, Range range) const;
  // Of a value, or of what a comparison looks at, with one reading moved. `ago`: how far back the
  // node is looked at.
  Spreads SpreadOf(const Node& node, Range range, const Reading& moved, Duration ago) const;
  Spreads SpreadOfRate(const Node& node, Range range, const Reading& moved, Duration ago) const;

  Conditions Comparison(const Node& node, Range range) const;
  Conditions Connective(const Node& node, Range range, Side side) const;
  Conditions Change(const Node& node, Range range) const;
  Conditions WithHysteresis(const Node& node, Range range) const;
  Conditions Temporal(const Node& node, Range range, Side side) const;
  Conditions OpenEnded(const Node& node, Range range, Side side) const;
  Conditions Bounded(const Node& node, Window window, Range range, Side side) const;
  Conditions Tightened(const Node& node, Range range, Side side) const;
  // What has to hold before the window of a passage that begins later than now.
  Conditions OnTheWay(const Node& node, Conditions there, Range range, Side side) const;
  std::unique_ptr<Stream<Passage>> PassageOf(const Node& node, Range range, Side side) const;

  ChannelOver channel_over_;
  const Timeline& timeline_;
  const UncertaintyOf* uncertainty_of_ = nullptr;
  Position tightening_ = 0;
  const std::set<const Node*>* selections_ = nullptr;
};

}  // namespace rig::check
