// The engine against an evaluator that knows nothing but the definitions: every position of the
// dense time axis one by one.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "rig/check/formula/arithmetic.h"
#include "rig/check/formula/evaluate.h"
#include "rig/check/formula/judge.h"
#include "tests/rig/check/formula/random_formulas.h"

namespace rig::check {
namespace {

class BruteForce {
 public:
  explicit BruteForce(const Signals& signals) : signals_(signals), end_(At(signals.end)) {}

  double Value(const Node& node, Position p) const {
    if (node.kind == Kind::kNumber) return *node.constant;
    if (node.kind == Kind::kChannel) {
      double value = kUnknown;
      if (p > end_) return value;
      for (const Step& step : signals_.channels.at(node.channel).steps()) {
        if (step.begin <= p) value = step.value;
      }
      return value;
    }
    if (node.kind == Kind::kCount) return Count(node, p);
    if (node.kind == Kind::kLastDuration) return LastDuration(node, p);
    const double a = Value(*node.children[0], p);
    if (node.kind != Kind::kRate) return Calculate(node.kind, a, Value(*node.children.back(), p));
    const double before = Value(*node.children[0], p - Width(*node.to));
    return Calculate(Kind::kDivide, a - before, Seconds(*node.to));
  }

  double Robustness(const Node& node, Side side, Position p) const {
    const auto below = [&](std::size_t i, Side of) { return Robustness(*node.children[i], of, p); };
    const double unknown = side == Side::kCertain ? -kInfinity : kInfinity;
    if (IsComparison(node.kind)) {
      const double margin =
          Margin(node.kind, Value(*node.children[0], p), Value(*node.children[1], p));
      return std::isnan(margin) ? unknown : margin;
    }
    if (node.kind == Kind::kFlag) {
      const double value = Value(*node.children[0], p);
      if (std::isnan(value)) return unknown;
      return value > 0.5 ? kInfinity : -kInfinity;
    }
    if (node.kind == Kind::kNot) return -below(0, Other(side));
    if (node.kind == Kind::kAnd) return std::min(below(0, side), below(1, side));
    if (node.kind == Kind::kOr) return std::max(below(0, side), below(1, side));
    if (node.kind == Kind::kImplies) return std::max(-below(0, Other(side)), below(1, side));
    if (IsPassage(node.kind)) return Passage(node, side, p, unknown);
    if (IsTemporal(node.kind)) return Temporal(node, side, p, unknown);
    if (IsHysteresis(node.kind)) return Hysteresis(node, side, p, unknown);
    return Change(node, p, unknown);
  }

 private:
  double Count(const Node& node, Position p) const {
    int spans = 0;
    int before = -1;
    for (Position q = p - Width(*node.to); q <= p; ++q) {
      const int truth = Truth(node, q);
      if (truth == 0) return kUnknown;
      if (truth > 0 && before < 0) ++spans;
      before = truth;
    }
    return spans;
  }

  double LastDuration(const Node& node, Position p) const {
    Position end = p;  // of the span, the first position behind it
    while (end >= 0 && Truth(node, end) > 0) --end;
    for (; end > 0; --end) {
      if (Truth(node, end) == 0) return kUnknown;
      if (Truth(node, end - 1) > 0) break;
    }
    Position begin = end;
    while (begin > 0 && Truth(node, begin - 1) > 0) --begin;
    if (begin <= 0 || Truth(node, begin - 1) == 0) return kUnknown;
    return static_cast<double>(ToNanoseconds(end) - ToNanoseconds(begin)) * 1e-9;
  }

  double Temporal(const Node& node, Side side, Position p, double unknown) const {
    const Position near = Width(node.from);
    Position first = IsPast(node.kind) ? 0 : p + near;
    Position last = IsPast(node.kind) ? p - near : end_;
    if (node.to && IsPast(node.kind)) first = p - Width(*node.to);
    if (node.to && !IsPast(node.kind)) last = p + Width(*node.to);
    if (first > last) return unknown;
    double extreme = Robustness(*node.children[0], side, first);
    for (Position q = first + 1; q <= last; ++q) {
      const double robustness = Robustness(*node.children[0], side, q);
      extreme =
          IsUniversal(node.kind) ? std::min(extreme, robustness) : std::max(extreme, robustness);
    }
    return extreme;
  }

  double Passage(const Node& node, Side side, Position p, double unknown) const {
    const bool past = IsPast(node.kind);
    const Position near = Width(node.from);
    Position far = past ? p : end_ - p;  // distances from p
    if (node.to) far = Width(*node.to);
    // What comes in a window without any instant is unknown; on the way to it a has to hold anyway.
    double best = near > far ? unknown : -kInfinity;
    double held = kInfinity;
    for (Position away = 0; away <= std::max(near - 1, far); ++away) {
      const Position q = past ? p - away : p + away;
      if (away >= near && away <= far) {
        best = std::max(best, std::min(held, Robustness(*node.children[1], side, q)));
      }
      held = std::min(held, Robustness(*node.children[0], side, q));
    }
    return near > far ? std::min(held, unknown) : best;
  }

  double Hysteresis(const Node& node, Side side, Position p, double unknown) const {
    const double sign = node.kind == Kind::kAbove ? 1 : -1;
    const double on = sign * *node.children[1]->constant;
    const double off = sign * *node.children[2]->constant;
    int state = 0;
    for (Position q = std::min<Position>(p, 0); q <= p; ++q) {
      const double value = sign * Value(*node.children[0], q);
      if (std::isnan(value)) state = 0;
      if (value >= on) state = 1;
      if (value < off) state = -1;
    }
    const double value = sign * Value(*node.children[0], p);
    if (std::isnan(value)) return unknown;
    const double to_on = Margin(Kind::kGreaterOrEqual, value, on);
    const double to_off = Margin(Kind::kGreaterOrEqual, value, off);
    if (state != 0) return state > 0 ? to_off : to_on;
    return side == Side::kCertain ? std::min(to_on, -kTouching) : std::max(to_off, kTouching);
  }

  // Enumerates what the unknown positions around p could be: -1 false, 1 true.
  double Change(const Node& node, Position p, double unknown) const {
    if (p % 2 != 0) return Truth(node, p) == 0 ? unknown : -kInfinity;
    bool may = false;
    bool must = true;
    for (int bits = 0; bits < 8; ++bits) {
      int truth[3];
      bool consistent = true;
      for (int i = 0; i < 3; ++i) {
        truth[i] = (bits >> i) % 2 == 0 ? -1 : 1;
        const bool is_outside = (p == 0 && i == 0) || (p == end_ && i == 2);
        const int known = is_outside ? 0 : Truth(node, p + i - 1);
        consistent = consistent && (known == 0 || known == truth[i]);
      }
      if (p == 0) consistent = consistent && truth[0] == truth[1];
      if (p == end_) consistent = consistent && truth[2] == truth[1];
      if (!consistent) continue;
      const bool changes = (truth[0] < 0 && truth[1] > 0) || (truth[1] < 0 && truth[2] > 0);
      may = may || changes;
      must = must && changes;
    }
    if (must) return kInfinity;
    return may ? unknown : -kInfinity;
  }

  // Of the condition below; for fall, of its negation.
  int Truth(const Node& node, Position p) const {
    const int sign = node.kind == Kind::kFall ? -1 : 1;
    if (Robustness(*node.children[0], Side::kCertain, p) > 0) return sign;
    return Robustness(*node.children[0], Side::kPossible, p) < 0 ? -sign : 0;
  }

  const Signals& signals_;
  const Position end_;
};

TEST(BruteForceTest, AgreesOnRobustnessEverywhere) {
  int compared = 0;
  for (std::uint32_t seed = 0; seed < 2'000; ++seed) {
    Draws draws(seed);
    const std::string text = DrawCondition(draws, 3);
    const Signals signals = DrawSignals(draws);
    const auto formula = Formula::Parse(text, {[](std::string_view) { return "1"; }});
    if (!formula) continue;  // the generator writes constants such as 1 / (1 - 1)
    ++compared;
    const Evaluator evaluator(signals);
    const BruteForce brute_force(signals);
    for (const Side side : {Side::kCertain, Side::kPossible}) {
      const Steps steps = evaluator.Robustness(formula->root(), side, {0, 30});
      for (Position p = 0; p <= 30; ++p) {
        ASSERT_EQ(ValueAt(steps, p), brute_force.Robustness(formula->root(), side, p))
            << text << " seed " << seed << " at position " << p;
      }
    }
  }
  EXPECT_GT(compared, 1'800);
}

TEST(BruteForceTest, AgreesOnVerdicts) {
  int verdicts[5] = {};
  for (std::uint32_t seed = 10'000; seed < 12'000; ++seed) {
    Draws draws(seed);
    const std::string text = DrawCondition(draws, 3);
    const Signals signals = DrawSignals(draws);
    const auto formula = Formula::Parse(text, {[](std::string_view) { return "1"; }});
    if (!formula) continue;
    const BruteForce brute_force(signals);
    v1::Verdict expected = v1::INCONCLUSIVE;
    if (brute_force.Robustness(formula->root(), Side::kCertain, 0) > 0) expected = v1::PASS;
    if (brute_force.Robustness(formula->root(), Side::kPossible, 0) < 0) expected = v1::FAIL;
    const v1::CheckResult result = JudgeSignals(*formula, signals, {[](auto) { return 0.0; }});
    // A pass in which nothing was verified is none; which those are is IdlePremiseTest's business.
    if (result.reason().starts_with("nothing was verified")) {
      ASSERT_EQ(expected, v1::PASS) << text << " seed " << seed;
      continue;
    }
    ASSERT_EQ(result.verdict(), expected) << text << " seed " << seed;
    ASSERT_FALSE(result.reason().empty());
    ++verdicts[expected];
  }
  EXPECT_GT(verdicts[v1::PASS], 50);
  EXPECT_GT(verdicts[v1::FAIL], 50);
  EXPECT_GT(verdicts[v1::INCONCLUSIVE], 50);
}

}  // namespace
}  // namespace rig::check
