// Judging while the trace grows gives what judging the whole trace gives.
#include "rig/check/formula/monitor.h"

#include <gtest/gtest.h>

#include "rig/check/formula/evaluate.h"
#include "tests/rig/check/formula/random_formulas.h"

namespace rig::check {
namespace {

Formula Parsed(const std::string& text) {
  return *Formula::Parse(text, {[](std::string_view) { return "1"; }});
}

const UncertaintyOf kExact{[](std::string_view) { return 0.0; }};

// Adds what the signals hold at one instant.
void AddInstant(Monitor& monitor, const Signals& signals, std::int64_t ns) {
  for (const auto& [name, signal] : signals.channels) {
    for (const Step& step : signal.steps()) {
      if (step.begin == 2 * ns) monitor.Add(name, AtNanoseconds(ns), step.value);
    }
  }
  monitor.Reach(AtNanoseconds(ns));
}

TEST(MonitorTest, DecidesAsTheWholeTraceDoes) {
  int early[5] = {};
  for (std::uint32_t seed = 20'000; seed < 23'000; ++seed) {
    Draws draws(seed);
    const std::string text = DrawCondition(draws, 3);
    const Signals signals = DrawSignals(draws);
    const auto formula = Formula::Parse(text, {[](std::string_view) { return "1"; }});
    if (!formula) continue;
    const double u = seed % 3 == 0 ? 0.3 : 0;
    const UncertaintyOf uncertainty_of{[u](std::string_view) { return u; },
                                       [u](const auto&, double) { return u * 1e-9; }};
    Evaluator evaluator(signals);
    evaluator.network().set_uncertainty(&uncertainty_of);
    const Bounds whole = evaluator.RobustnessAt(formula->root(), 0);
    Monitor monitor(*formula, uncertainty_of);
    bool decided = false;
    for (std::int64_t ns = 0; ns < Nanoseconds(signals.end); ++ns) {
      AddInstant(monitor, signals, ns);
      const Bounds outlook = monitor.Outlook();
      ASSERT_LE(outlook.low, whole.low) << text << " seed " << seed << " at " << ns;
      ASSERT_GE(outlook.high, whole.high) << text << " seed " << seed << " at " << ns;
      const auto verdict = monitor.Decided();
      ASSERT_TRUE(verdict || !decided) << text << " seed " << seed << " changes its mind";
      if (verdict && !decided) ++early[*verdict];
      decided = decided || verdict;
    }
    AddInstant(monitor, signals, Nanoseconds(signals.end));
    monitor.End(signals.end);
    const Bounds outlook = monitor.Outlook();
    ASSERT_EQ(outlook.low, whole.low) << text << " seed " << seed;
    ASSERT_EQ(outlook.high, whole.high) << text << " seed " << seed;
  }
  EXPECT_GT(early[v1::PASS], 300);
  EXPECT_GT(early[v1::FAIL], 300);
}

TEST(MonitorTest, FailsAtTheInstantThatCannotBeMadeGood) {
  Monitor monitor(Parsed("always (a -> eventually[0 s, 2 s] b)"), kExact);
  monitor.Add("a", AtNanoseconds(0), 1);
  monitor.Add("b", AtNanoseconds(0), 0);
  monitor.Reach(AtNanoseconds(1'999'999'999));
  EXPECT_FALSE(monitor.Decided());
  monitor.Reach(AtNanoseconds(2'000'000'000));
  EXPECT_EQ(monitor.Decided(), v1::FAIL);
}

TEST(MonitorTest, PassesAsSoonAsWhatIsWaitedForCame) {
  Monitor monitor(Parsed("(a until[0 s, 10 s] b) or always a"), kExact);
  monitor.Add("a", AtNanoseconds(0), 1);
  monitor.Add("b", AtNanoseconds(0), 0);
  monitor.Reach(AtNanoseconds(10));
  EXPECT_FALSE(monitor.Decided());
  monitor.Add("b", AtNanoseconds(20), 1);
  monitor.Reach(AtNanoseconds(20));
  EXPECT_EQ(monitor.Decided(), v1::PASS);
}

// That such a pass verifies nothing is for the judge to say.
TEST(MonitorTest, DecidesWithoutAPremiseThatNeverHeld) {
  Monitor monitor(Parsed("(eventually[0 s, 1 s] a) -> b"), kExact);
  monitor.Add("a", AtNanoseconds(0), 0);
  monitor.Add("b", AtNanoseconds(0), 0);
  monitor.Reach(AtNanoseconds(1'000'000'000));
  EXPECT_EQ(monitor.Decided(), v1::PASS);
}

TEST(MonitorTest, WaitsWhereTheUncertaintyStraddlesTheLimit) {
  Monitor monitor(Parsed("always (x < 5)"), {[](std::string_view) { return 0.5; }});
  monitor.Add("x", AtNanoseconds(0), 5.2);
  monitor.Reach(AtNanoseconds(0));
  EXPECT_FALSE(monitor.Decided());
  monitor.Add("x", AtNanoseconds(10), 5.7);
  monitor.Reach(AtNanoseconds(10));
  EXPECT_EQ(monitor.Decided(), v1::FAIL);
}

// Judge calls a check of a trace that lacks a channel inconclusive, whatever the others say.
TEST(MonitorTest, DecidesNothingBeforeEveryChannelHasHadAValue) {
  Monitor monitor(Parsed("always (a and b)"), kExact);
  monitor.Add("a", AtNanoseconds(0), 0);
  monitor.Reach(AtNanoseconds(5));
  EXPECT_FALSE(monitor.Decided());
  monitor.Add("b", AtNanoseconds(6), 1);
  monitor.Reach(AtNanoseconds(6));
  EXPECT_EQ(monitor.Decided(), v1::FAIL);
}

}  // namespace
}  // namespace rig::check
