// What the uncertainty of values and times does to a verdict.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "rig/check/formula/evaluate.h"
#include "tests/rig/check/formula/random_formulas.h"
#include "tests/rig/check/judged_trace.h"

namespace rig::check {
namespace {

using testing::HasSubstr;

// 5 V, known to 0.1 V.
JudgedTrace Supply() {
  JudgedTrace trace(20'000);
  trace.Channel("x", "V", {{0, 5}}).Uncertain("x", 0.1);
  return trace;
}

TEST(UncertaintyTest, IsNotLostAtAKink) {
  const JudgedTrace trace = Supply();
  for (const char* text :
       {"abs(x - 5 V) <= 1 mV", "max(x - 5 V, 5 V - x) <= 1 mV", "min(x - 5 V, 5 V - x) >= -1 mV",
        "(x - 5 V) * (x - 5 V) <= 1e-6 V2", "abs(abs(x - 5 V) - 50 mV) >= 49 mV"}) {
    EXPECT_EQ(trace.Verdict(text), v1::INCONCLUSIVE) << text;
  }
  EXPECT_NEAR(trace.Judge("abs(x - 5 V) <= 1 mV").value().uncertainty(), 0.1, 1e-12);
  EXPECT_EQ(trace.Verdict("abs(x - 5 V) <= 0.101 V"), v1::PASS);
}

Signals Constant(double x, double y) {
  Signals signals;
  signals.end = AtNanoseconds(1);
  signals.channels["x"].Add(std::vector<StepPoint>{{AtNanoseconds(0), x}});
  signals.channels["y"].Add(std::vector<StepPoint>{{AtNanoseconds(0), y}});
  return signals;
}

TEST(UncertaintyTest, IsNeverLessThanWhatTheReadingCanChange) {
  const UncertaintyOf uncertainty_of{[](std::string_view name) { return name == "x" ? 0.5 : 0.0; }};
  int finite = 0;
  for (std::uint32_t seed = 0; seed < 2'000; ++seed) {
    Draws draws(seed);
    const std::string text = DrawValue(draws, 3) + " > 0";
    const auto formula = Formula::Parse(text, {[](std::string_view) { return "1"; }});
    if (!formula) continue;
    const Node& value = *formula->root().children[0];
    const double x = draws.Below(5) - 2;
    const double y = draws.Below(5) - 2;
    const Signals nominal = Constant(x, y);
    Evaluator evaluator(nominal);
    evaluator.network().set_uncertainty(&uncertainty_of);
    const double uncertainty = evaluator.Uncertainty(formula->root(), 0);
    const double unmoved = evaluator.ValueOf(value, 0);
    if (std::isinf(uncertainty) || std::isnan(unmoved)) continue;
    ++finite;
    for (int i = -20; i <= 20; ++i) {
      const Signals moved = Constant(x + 0.025 * i, y);
      const double change = Evaluator(moved).ValueOf(value, 0) - unmoved;
      ASSERT_LE(std::fabs(change), uncertainty * (1 + 1e-9)) << text << " seed " << seed;
    }
  }
  EXPECT_GT(finite, 1'000);
}

TEST(UncertaintyTest, IsUnlimitedWhereADivisorMayBeZero) {
  JudgedTrace trace(20'000);
  trace.Channel("x", "V", {{0, 0.05}}).Uncertain("x", 0.1);
  EXPECT_EQ(trace.Verdict("1 V / x <= 1000"), v1::INCONCLUSIVE);
}

TEST(UncertaintyTest, OfAChannelThatEntersTwiceIsThatOfWhatIsCalculated) {
  const auto uncertainty = [](const char* text) {
    return Supply().Judge(text).value().uncertainty();
  };
  EXPECT_NEAR(uncertainty("x + x <= 15 V"), 0.2, 1e-12);
  EXPECT_NEAR(uncertainty("3 * x - x / 2 <= 15 V"), 0.25, 1e-12);
  EXPECT_NEAR(uncertainty("(x - 5 V) * (x - 5 V) <= 1 V2"), 0.01, 1e-12);
  EXPECT_NEAR(uncertainty("x / (x + 5 V) <= 1"), 5 * 0.1 / (9.9 * 10), 1e-3);
  EXPECT_NEAR(uncertainty("max(2 * x, x) - min(x, 2 * x) <= 9 V"), 0.1, 1e-12);
}

TEST(UncertaintyTest, DoesNotCancelInsideRatesOfChange) {
  const JudgedTrace trace = Supply();
  const std::string at = "always[10 s, 12 s] ";
  EXPECT_EQ(trace.Verdict(at + "(rate(rate(x, 1 s), 1 s) <= 0.001 V/s2)"), v1::INCONCLUSIVE);
  const auto uncertainty = [&](const std::string& text) {
    return trace.Judge(at + text).value().uncertainty();
  };
  EXPECT_NEAR(uncertainty("(rate(x, 1 s) <= 9 V/s)"), std::sqrt(2) * 0.1, 1e-12);
  // x(t) - 2 x(t - 1 s) + x(t - 2 s), and x(t) - x(t - 1 s) - x(t - 2 s) + x(t - 3 s).
  EXPECT_NEAR(uncertainty("(rate(rate(x, 1 s), 1 s) <= 9 V/s2)"), std::sqrt(6) * 0.1, 1e-12);
  EXPECT_NEAR(uncertainty("(2 s * rate(rate(x, 1 s), 2 s) <= 9 V/s)"), 0.2, 1e-12);
}

TEST(UncertaintyTest, ReachesHysteresisThroughItsOperand) {
  const JudgedTrace trace = Supply();
  EXPECT_EQ(trace.Verdict("above(1000 * x, 4999 V, 4999 V)"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Verdict("always[1 s, 2 s] below(rate(x, 1 ms), 1 V/s, 1 V/s)"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Verdict("above(x / 1000, 4.8 mV, 4.8 mV)"), v1::PASS);
}

TEST(UncertaintyTest, ThatIsInfiniteIsNotLostInAConjunction) {
  JudgedTrace trace(20'000);
  trace.Channel("x", "V", {{0, 5}}).Channel("lamp", "1", {{0, 0}});
  for (const double uncertainty : {1e308, std::numeric_limits<double>::infinity()}) {
    trace.Uncertain("x", uncertainty);
    EXPECT_EQ(trace.Verdict("(not lamp) and above(x, 4 V, 3 V)"), v1::INCONCLUSIVE);
    EXPECT_EQ(trace.Verdict("(not lamp) and x > 4 V"), v1::INCONCLUSIVE);
  }
  EXPECT_EQ(trace.Reason("(not lamp) and above(x, 4 V, 3 V)"),
            "expected above(x, 4 V, 3 V); whether it holds at 0 s is within the uncertainty of x");
}

TEST(UncertaintyTest, DoesNotBlameAnInfiniteOneForWhatAChangeLeavesOpen) {
  JudgedTrace trace(20'000);
  trace.Channel("x", "V", {{0, 4}, {5'000, 5}}).Uncertain("x", 0.1);
  EXPECT_EQ(trace.Reason("eventually[5 s, 5 s] rise(x > 4.95 V)"),
            "expected rise(x > 4.95 V); whether it holds at 5 s is within the uncertainty of x");
}

// A tone of 148 ms.
JudgedTrace Tone() {
  JudgedTrace trace(20'000);
  trace.Channel("tone", "1", {{0, 0}, {10'000, 1}, {10'148, 0}});
  return trace;
}

TEST(TimeUncertaintyTest, IsTheUncertaintyOfALastDuration) {
  const std::string tight = "always (fall(tone) -> last_duration(tone) <= 148.6 ms)";
  JudgedTrace trace = Tone();
  EXPECT_EQ(trace.Verdict(tight), v1::PASS);
  trace.UncertainSpans(0.008);
  EXPECT_EQ(trace.Verdict(tight), v1::INCONCLUSIVE);
  EXPECT_DOUBLE_EQ(trace.Judge(tight).value().uncertainty(), 0.008);
  EXPECT_EQ(trace.Verdict("always (fall(tone) -> last_duration(tone) <= 156.1 ms)"), v1::PASS);
}

TEST(TimeUncertaintyTest, LeavesACountOpen) {
  JudgedTrace trace = Tone();
  EXPECT_EQ(trace.Verdict("eventually[1 s, end] (count(tone, 1 s) >= 1)"), v1::PASS);
  trace.UncertainSpans(0.008);
  EXPECT_EQ(trace.Verdict("eventually[1 s, end] (count(tone, 1 s) >= 1)"), v1::INCONCLUSIVE);
  EXPECT_THAT(trace.Reason("eventually[1 s, end] (count(tone, 1 s) >= 1)"),
              HasSubstr("whether that survives the uncertainty of times is not known: the window "
                        "of count has no margin in time"));
  // In a premise it says when something is asked.
  EXPECT_EQ(trace.Verdict("always (count(tone, 1 s) >= 1 -> eventually[0 s, 10 s] true)"),
            v1::PASS);
}

TEST(TimeUncertaintyTest, LeavesATimeBoundOpenWhoseMarginIsNotKnown) {
  JudgedTrace trace = Tone();
  std::string nested = "tone";
  for (int i = 0; i < 11; ++i) nested = "once[0 s, 1 s] " + nested;
  const std::string formulas[] = {"eventually rise(once[0 s, 1 s] tone)",
                                  "eventually (" + nested + ")"};
  for (const std::string& text : formulas) EXPECT_EQ(Tone().Verdict(text), v1::PASS) << text;
  trace.UncertainSpans(0.008);
  for (const std::string& text : formulas) {
    EXPECT_EQ(trace.Verdict(text), v1::INCONCLUSIVE) << text;
    EXPECT_THAT(trace.Reason(text), HasSubstr("the uncertainty of times is not known")) << text;
  }
  EXPECT_EQ(trace.Verdict("eventually rise(tone)"), v1::PASS);  // no time bound
}

TEST(TimeUncertaintyTest, HoldsTheResolutionOfTheTimeMargin) {
  const std::string late = "always (rise(tone) -> eventually[0 s, 146.6 ms] fall(tone))";
  JudgedTrace trace = Tone();
  EXPECT_EQ(trace.Judge(late).time().uncertainty(), 0);
  trace.UncertainSpans(0.0015);
  EXPECT_DOUBLE_EQ(trace.Judge(late).time().uncertainty(), 0.0025);
}

TEST(TimeUncertaintyTest, IsToldAlsoWhereAValueLeavesTheVerdictOpen) {
  JudgedTrace trace = Tone();
  trace.Channel("x", "V", {{0, 5}}).Uncertain("x", 0.1).UncertainSpans(0.008);
  const v1::CheckResult result =
      trace.Judge("(eventually[0 s, 12 s] tone) and always (x <= 5.05 V)");
  EXPECT_EQ(result.verdict(), v1::INCONCLUSIVE);
  EXPECT_TRUE(result.time().known());
  EXPECT_DOUBLE_EQ(result.time().uncertainty(), 0.009);
}

}  // namespace
}  // namespace rig::check
