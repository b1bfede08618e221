#pragma once

#include <set>

#include "rig/check/formula/formula_node.h"
#include "rig/check/formula/signal.h"
#include "rig/check/formula/steps.h"

namespace rig::check {

// Robustness is an interval; these are its ends. They differ where something is unknown.
enum class Side {
  kCertain,   // the low end: above 0, the formula holds whatever the unknown is
  kPossible,  // the high end: below 0, it is violated whatever the unknown is
};

constexpr Side Other(Side side) {
  return side == Side::kCertain ? Side::kPossible : Side::kCertain;
}
constexpr double UnknownRobustness(Side side) {
  return side == Side::kCertain ? -kInfinity : kInfinity;
}

// Of temporal operators: how the window lies around the present. Open-ended ones have one side of
// it only.
struct Window {
  Position from;
  Position to;
};
Window WindowOf(const Node& node);

// Evaluates a formula's parts over one trace: the one place that knows what they mean. Borrows the
// signals, which hold every channel of the formula. Thread-compatible.
class Evaluator {
 public:
  explicit Evaluator(const Signals& signals) : signals_(signals), end_(At(signals.end)) {}

  // Widens every comparison's margin by the expanded uncertainty of its channels.
  void set_uncertainty(const UncertaintyOf* uncertainty_of) { uncertainty_of_ = uncertainty_of; }
  // Tightens every time bound by this much, relaxes it if negative; the robustness is then that of
  // kCertain at the root only. See time_margin.h.
  void set_tightening(Duration tightening) { tightening_ = Width(tightening); }
  // Operators whose bounds say when something is asked, not how much time it may take: tightening
  // leaves them alone.
  void set_selections(const std::set<const Node*>* selections) { selections_ = selections; }

  // Values of an arithmetic node; NaN where unknown.
  Steps Values(const Node& node, Range range) const;
  // Robustness of a condition; never NaN.
  Steps Robustness(const Node& node, Side side, Range range) const;

  double RobustnessAt(const Node& node, Side side, Position p) const {
    return Robustness(node, side, {p, p}).front().value;
  }
  double ValueOf(const Node& node, Position p) const { return Values(node, {p, p}).front().value; }
  // -1 violated, 0 unknown, 1 holds.
  Steps Truth(const Node& node, Range range) const;

  // The positions a temporal operator at p looks at; last < first when there are none.
  Range WindowAt(const Node& node, Position p) const;
  // Expanded uncertainty of a comparison: root sum of squares over its channels.
  double Uncertainty(const Node& comparison) const;
  Position end() const { return end_; }
  const Signals& signals() const { return signals_; }

 private:
  Steps Channel(const std::string& name, Range range) const;
  Steps Comparison(const Node& node, Side side, Range range) const;
  Steps Change(const Node& node, Side side, Range range) const;
  Steps Temporal(const Node& node, Side side, Range range) const;
  Steps OpenEnded(const Node& node, Side side, Range range) const;
  Steps Bounded(const Node& node, Side side, Window window, Range range) const;
  Steps Shifted(const Node& node, Side side, Range range) const;

  const Signals& signals_;
  const Position end_;
  const UncertaintyOf* uncertainty_of_ = nullptr;
  Position tightening_ = 0;
  const std::set<const Node*>* selections_ = nullptr;
};

}  // namespace rig::check
