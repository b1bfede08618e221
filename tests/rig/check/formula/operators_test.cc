// The operators that look at two conditions, that keep state, and the names formulas may use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rig/check/judged_trace.h"

namespace rig::check {
namespace {

using testing::HasSubstr;

// a holds until 5 s, b from 5 s to 6 s.
JudgedTrace Handover() {
  JudgedTrace trace(20'000);
  trace.Channel("a", "1", {{0, 1}, {5'000, 0}}).Channel("b", "1", {{0, 0}, {5'000, 1}, {6'000, 0}});
  return trace;
}

TEST(UntilTest, NeedsTheFirstConditionUpToTheInstantOfTheSecondButNotAtIt) {
  EXPECT_EQ(Handover().Verdict("a until[0 s, 5 s] b"), v1::PASS);
  EXPECT_EQ(Handover().Verdict("a until[0 s, 4999 ms] b"), v1::FAIL);
  EXPECT_EQ(Handover().Verdict("a until[5001 ms, 6 s] b"), v1::FAIL);
}

TEST(UntilTest, WithoutAWindowTheSecondHasToComeBeforeTheTraceEnds) {
  EXPECT_EQ(Handover().Verdict("a until b"), v1::PASS);
  EXPECT_EQ(Handover().Verdict("(not b) until (b and a)"), v1::FAIL);
}

TEST(UntilTest, BeyondTheEndOfTheTraceIsUnknownUnlessTheFirstFailedBefore) {
  JudgedTrace trace(10'000);
  trace.Channel("a", "1", {{0, 1}}).Channel("c", "1", {{0, 1}, {3'000, 0}});
  trace.Channel("b", "1", {{0, 0}});
  EXPECT_EQ(trace.Verdict("a until[0 s, 20 s] b"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Verdict("c until[0 s, 20 s] b"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("c until[12 s, 20 s] b"), v1::FAIL);
}

TEST(UntilTest, NamesTheInstantThatDecided) {
  JudgedTrace trace(20'000);
  trace.Channel("x", "V", {{0, 3}, {2'000, 1}}).Channel("b", "1", {{0, 0}, {5'000, 1}});
  const v1::CheckResult result = trace.Judge("(x > 2 V) until[0 s, 10 s] b");
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_EQ(result.decided_at_ns(), 2'000'000'000);
  EXPECT_DOUBLE_EQ(result.value().margin(), -1);
}

TEST(SinceTest, NeedsTheFirstConditionAfterTheInstantOfTheSecondUpToNow) {
  JudgedTrace trace(20'000);
  trace.Channel("stop", "1", {{0, 0}, {5'000, 1}, {5'001, 0}});
  trace.Channel("still", "1", {{0, 0}, {5'001, 1}, {8'000, 0}});
  EXPECT_EQ(trace.Verdict("eventually[7 s, 7 s] (still since stop)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("eventually[8 s, 8 s] (still since stop)"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("eventually[7 s, 7 s] (still since[0 s, 1 s] stop)"), v1::FAIL);
}

TEST(SinceTest, BeforeTheStartIsUnknownInAWindowAndNothingWithoutOne) {
  JudgedTrace trace(20'000);
  trace.Channel("a", "1", {{0, 1}}).Channel("b", "1", {{0, 0}});
  EXPECT_EQ(trace.Verdict("eventually[3 s, 3 s] (a since[0 s, 10 s] b)"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Verdict("eventually[3 s, 3 s] (a since b)"), v1::FAIL);
}

TEST(HysteresisTest, StaysAsItIsBetweenTheLevels) {
  JudgedTrace trace(20'000);
  trace.Channel("x", "V", {{0, 0}, {1'000, 4}, {2'000, 5}, {3'000, 4}, {4'000, 3}, {5'000, 4}});
  EXPECT_EQ(trace.Verdict("eventually[1 s, 1 s] above(x, 5 V, 4 V)"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("always[2 s, 3999 ms] above(x, 5 V, 4 V)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[4 s, 6 s] (not above(x, 5 V, 4 V))"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[4 s, 6 s] below(x, 3 V, 5 V)"), v1::PASS);
}

TEST(HysteresisTest, IsUnknownUntilTheValueHasBeenOutsideTheLevels) {
  JudgedTrace trace(20'000);
  trace.Channel("x", "V", {{0, 4.5}, {2'000, 5}});
  EXPECT_EQ(trace.Verdict("eventually[1 s, 1 s] above(x, 5 V, 4 V)"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Verdict("eventually[2 s, 2 s] above(x, 5 V, 4 V)"), v1::PASS);
}

TEST(ValuesThatLookBackTest, CountSpansInTheWindow) {
  JudgedTrace trace(20'000);
  trace.Channel("a", "1", {{0, 0}, {1'000, 1}, {2'000, 0}, {3'000, 1}, {4'000, 0}, {9'000, 1}});
  EXPECT_EQ(trace.Verdict("always[6 s, 6 s] (count(rise(a), 5 s) == 2)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[6001 ms, 7 s] (count(rise(a), 5 s) == 1)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[7 s, 7 s] (count(a, 5001 ms) == 2)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[3 s, 3 s] (count(rise(a), 5 s) == 2)"), v1::INCONCLUSIVE);
}

TEST(ValuesThatLookBackTest, RateIsTheMeanSlopeOfTheWindow) {
  JudgedTrace trace(20'000);
  trace.Channel("x", "V", {{0, 0}, {1'000, 2}, {2'000, 3}});
  EXPECT_EQ(trace.Verdict("always[2 s, 2 s] (rate(x, 2 s) == 1.5 V/s)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[1 s, 1 s] (rate(x, 2 s) > 0 V/s)"), v1::INCONCLUSIVE);
  EXPECT_THAT(trace.ParseError("rate(x, 2 s) > 1 V"), HasSubstr("one dimension"));
}

TEST(ValuesThatLookBackTest, LastDurationIsThatOfTheLastSpanThatEnded) {
  JudgedTrace trace(20'000);
  trace.Channel("paused", "1", {{0, 0}, {1'000, 1}, {4'000, 0}, {6'000, 1}});
  EXPECT_EQ(trace.Verdict("always[4 s, 10 s] (last_duration(paused) == 3 s)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[3 s, 3 s] (last_duration(paused) > 0 s)"), v1::INCONCLUSIVE);
}

TEST(ValuesThatLookBackTest, TimeSinceIsOnce) {
  JudgedTrace trace(20'000);
  trace.Channel("a", "1", {{0, 0}, {5'000, 1}, {6'000, 0}});
  EXPECT_EQ(trace.Verdict("always[8 s, 8 s] (time_since(a) <= 3 s)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[8 s, 8 s] (1 s >= time_since(a))"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("always[8 s, 8 s] (time_since(a) > 1 s)"), v1::PASS);
  EXPECT_THAT(trace.ParseError("time_since(a) < 3 s"), HasSubstr("expected \"time_since(...) <="));
  EXPECT_THAT(trace.ParseError("time_since(a) + 1 s < 3 s"), HasSubstr("compared with a time"));
}

TEST(DefinitionTest, StandsForWhatItDefines) {
  JudgedTrace trace = Handover();
  trace.Define("patience", "5 s").Define("waits", "a and not done").Define("done", "b");
  EXPECT_EQ(trace.Verdict("waits until[0 s, patience] done"), v1::PASS);
}

TEST(DefinitionTest, SaysWhereItIsWrong) {
  JudgedTrace trace = Handover();
  trace.Define("bad", "a and").Define("ring", "not ring").Define("volts", "5 V");
  EXPECT_THAT(trace.ParseError("always bad"),
              HasSubstr("column 8: in the definition of \"bad\": column 6: the formula ends"));
  EXPECT_THAT(trace.ParseError("ring"), HasSubstr("is defined by itself"));
  EXPECT_THAT(trace.ParseError("always[0 s, volts] a"), HasSubstr("is no time"));
}

TEST(DefinitionTest, CannotGrowWithoutLimit) {
  JudgedTrace trace = Handover();
  trace.Define("d0", "a or b");
  for (int i = 1; i < 40; ++i) {
    const std::string before = "d" + std::to_string(i - 1);
    trace.Define("d" + std::to_string(i), before + " and " + before);
  }
  EXPECT_THAT(trace.ParseError("d39"), HasSubstr("expected at most"));
}

TEST(OperatorGrammarTest, RefusesWhatWouldTakeForeverToEvaluate) {
  std::string passages = "a";
  std::string rates = "a";
  for (int i = 0; i < 40; ++i) {
    passages = "(" + passages + ") until[1 s, 2 s] b";
    rates = "rate(" + rates + ", 1 s)";
  }
  std::string counts = "a > 0";
  for (int i = 0; i < 12; ++i) counts = "a + count(" + counts + ", 1 s) > 1";
  EXPECT_THAT(Handover().ParseError(counts), HasSubstr("too large"));
  EXPECT_THAT(Handover().ParseError(passages), HasSubstr("too large"));
  EXPECT_THAT(Handover().ParseError(rates + " > 0"), HasSubstr("expected"));
}

TEST(OperatorGrammarTest, JudgesDeepWindowsWithoutATimeMargin) {
  std::string windows = "a";
  for (int i = 0; i < 25; ++i) windows = "eventually[0 s, 10 ms] (" + windows + ")";
  EXPECT_EQ(Handover().Verdict(windows), v1::PASS);
}

TEST(OperatorGrammarTest, WantsParenthesesWhereTwoReadingsArePossible) {
  for (const char* text : {"a until b and a", "a and a until b", "a until b until a",
                           "always a until b", "a until b -> a"}) {
    EXPECT_THAT(Handover().ParseError(text), HasSubstr("reads two ways")) << text;
  }
  EXPECT_EQ(Handover().ParseError("always (a until b)"), "parsed");
}

TEST(OperatorGrammarTest, RefusesLevelsThatAreNoneOrTheWrongWayRound) {
  JudgedTrace trace(1'000);
  trace.Channel("x", "V", {{0, 1}});
  EXPECT_THAT(trace.ParseError("above(x, 1 V, 2 V)"), HasSubstr("wrong way round"));
  EXPECT_THAT(trace.ParseError("above(x, x, 2 V)"), HasSubstr("no fixed level"));
  EXPECT_THAT(trace.ParseError("count(x > 1 V, 0 s) > 1"), HasSubstr("a time of 0"));
}

TEST(UncertaintyTest, IsPropagatedThroughArithmetic) {
  JudgedTrace trace(1'000);
  trace.Channel("u", "V", {{0, 2}}).Channel("i", "A", {{0, 3}});
  trace.Uncertain("u", 0.1).Uncertain("i", 0.2);
  // JCGM 100: (3 A * 0.1 V)^2 + (2 V * 0.2 A)^2 = (0.5 W)^2
  EXPECT_NEAR(trace.Judge("u * i > 5 W").value().uncertainty(), 0.5, 1e-12);
  EXPECT_NEAR(trace.Judge("2 * u - u > 1 V").value().uncertainty(), 0.1, 1e-12);
}

}  // namespace
}  // namespace rig::check
