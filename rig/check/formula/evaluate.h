#pragma once

#include "rig/check/formula/network.h"
#include "rig/check/formula/signal.h"
#include "rig/check/formula/steps.h"

namespace rig::check {

// A formula's parts over a whole recorded trace. Borrows the signals, which hold every channel of
// the formula. Thread-compatible.
class Evaluator {
 public:
  explicit Evaluator(const Signals& signals);
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  Network& network() { return network_; }

  // Values of an arithmetic node; NaN where unknown.
  Steps Values(const Node& node, Range range) const;
  // One end of the robustness of a condition; never NaN.
  Steps Robustness(const Node& node, Side side, Range range) const;
  // -1 violated, 0 unknown, 1 holds.
  Steps Truth(const Node& node, Range range) const;

  Bounds RobustnessAt(const Node& node, Position p, Side side = Side::kCertain) const;
  double RobustnessAt(const Node& node, Side side, Position p) const {
    return At(side, RobustnessAt(node, p, side));
  }
  double ValueOf(const Node& node, Position p) const { return Values(node, {p, p}).front().value; }

  // The positions an operator of time at p looks at; last < first when there are none.
  Range WindowAt(const Node& node, Position p) const;
  // Expanded uncertainty of what a comparison, with hysteresis or without, looks at.
  double Uncertainty(const Node& comparison, Position p) const;
  Position end() const { return timeline_.end; }
  const Signals& signals() const { return signals_; }

 private:
  const Signals& signals_;
  const Timeline timeline_;
  Network network_;
};

}  // namespace rig::check
