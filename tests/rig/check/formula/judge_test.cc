#include <gmock/gmock.h>

#include <limits>

#include "tests/rig/check/judged_trace.h"

namespace rig::check {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(JudgeTest, DecidesEqualityByTheStrictnessOfTheComparison) {
  JudgedTrace trace(1'000);
  trace.Channel("x", "1", {{0, 5}});
  EXPECT_EQ(trace.Verdict("x <= 5"), v1::PASS);
  EXPECT_EQ(trace.Verdict("x < 5"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("not (x > 5)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("x == 5"), v1::PASS);
  EXPECT_EQ(trace.Verdict("x != 5"), v1::FAIL);
  EXPECT_EQ(trace.Judge("x <= 5").value().margin(), 0.0);
}

TEST(JudgeTest, TakesValuesThatDifferByRoundingForEqual) {
  JudgedTrace trace(1'000);
  trace.Channel("x", "1", {{0, 0.1 + 0.2}});
  EXPECT_EQ(trace.Verdict("x <= 0.3"), v1::PASS);
  EXPECT_EQ(trace.Verdict("x > 0.3"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("x <= 0.29999999999"), v1::FAIL);
}

TEST(JudgeTest, HoldsAValueUntilTheNextPoint) {
  JudgedTrace trace(2'000);
  trace.Channel("x", "1", {{0, 0}, {1'000, 10}});
  EXPECT_EQ(trace.Verdict("always[0 s, 0.999 s] (x == 0)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[0 s, 1 s] (x == 0)"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("always[1 s, 2 s] (x == 10)"), v1::PASS);
}

TEST(JudgeTest, LooksThroughClosedWindows) {
  JudgedTrace trace(60'000);
  trace.Channel("x", "1", {{0, 0}, {10'000, 1}, {11'000, 0}});
  EXPECT_EQ(trace.Verdict("eventually[0 s, 10 s] x"), v1::PASS);
  EXPECT_EQ(trace.Verdict("eventually[0 s, 9.999999999 s] x"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("eventually[11 s, 12 s] x"), v1::FAIL);  // false from 11 s on
  EXPECT_EQ(trace.Verdict("eventually[10.999999999 s, 12 s] x"), v1::PASS);
}

TEST(JudgeTest, SeesBetweenThePoints) {
  JudgedTrace trace(60'000);
  trace.Channel("x", "1", {{0, 0}, {10'000, 1}, {11'000, 0}});
  EXPECT_EQ(trace.Verdict("always[0 s, 9.5 s] eventually[0 s, 500 ms] x"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("always[9.5 s, 10.9 s] eventually[0 s, 500 ms] x"), v1::PASS);
}

TEST(JudgeTest, TakesTheLastOfSimultaneousValues) {
  JudgedTrace trace(2'000);
  trace.Channel("x", "1", {{0, 0}, {1'000, 1}, {1'000, 0}});
  EXPECT_EQ(trace.Verdict("eventually x"), v1::FAIL);
}

TEST(JudgeTest, SeesSimultaneousChangesOfTwoChannelsTogether) {
  JudgedTrace trace(2'000);
  trace.Channel("a", "1", {{0, 0}, {1'000, 1}}).Channel("b", "1", {{0, 1}, {1'000, 0}});
  EXPECT_EQ(trace.Verdict("always (a == 1 - b)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("eventually (a and b)"), v1::FAIL);
}

TEST(JudgeTest, IsInconclusiveBeyondTheEndOfTheTrace) {
  JudgedTrace trace(30'000);
  trace.Channel("x", "1", {{0, 0}});
  const v1::CheckResult result = trace.Judge("eventually[0 s, 40 s] x");
  EXPECT_EQ(result.verdict(), v1::INCONCLUSIVE);
  EXPECT_EQ(result.reason(), "trace ends at 30 s, the formula needs it until 40 s");
  EXPECT_EQ(trace.Verdict("always[0 s, 40 s] not x"), v1::INCONCLUSIVE);
}

TEST(JudgeTest, DecidesBeyondTheEndWhereTheRestCannotMatter) {
  JudgedTrace trace(30'000);
  trace.Channel("x", "1", {{0, 0}, {20'000, 1}});
  EXPECT_EQ(trace.Verdict("eventually[0 s, 40 s] x"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[0 s, 40 s] x"), v1::FAIL);
}

TEST(JudgeTest, KnowsTheTraceIncludingItsEnd) {
  JudgedTrace trace(30'000);
  trace.Channel("x", "1", {{0, 1}});
  EXPECT_EQ(trace.Verdict("always[0 s, 30 s] x"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[0 s, 30.000000001 s] x"), v1::INCONCLUSIVE);
}

TEST(JudgeTest, RunsOpenEndedOperatorsToTheEndOfTheTrace) {
  JudgedTrace trace(30'000);
  trace.Channel("x", "1", {{0, 0}, {5'000, 1}});
  EXPECT_EQ(trace.Verdict("always[5 s, end] x"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always x"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("always[40 s, end] x"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Verdict("eventually[40 s, end] x"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Reason("always[40 s, end] x"),
            "trace ends at 30 s, the formula needs it until 40 s");
}

TEST(JudgeTest, IsInconclusiveBeforeAChannelsFirstValue) {
  JudgedTrace trace(30'000);
  trace.Channel("device.heart_rate", "Hz", {{1'200, 1}});
  EXPECT_EQ(trace.Reason("always (device.heart_rate < 100 bpm)"),
            "device.heart_rate has no value before 1.2 s");
  EXPECT_EQ(trace.Verdict("always[1.2 s, end] (device.heart_rate < 100 bpm)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always (device.heart_rate < 10 bpm)"), v1::FAIL);
}

TEST(JudgeTest, IsInconclusiveWhereASampleIsNoNumber) {
  JudgedTrace trace(30'000);
  trace.Channel("x", "1", {{0, 1}, {5'000, kNan}, {6'000, 1}});
  EXPECT_EQ(trace.Verdict("always (x > 0)"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Reason("always (x > 0)"), "x has no value at 5 s");
  EXPECT_EQ(trace.Verdict("always[0 s, 4 s] (x > 0)"), v1::PASS);
}

TEST(JudgeTest, IsInconclusiveWhereADivisionHasNoResult) {
  JudgedTrace trace(30'000);
  trace.Channel("x", "1", {{0, 1}, {5'000, 0}});
  EXPECT_EQ(trace.Reason("always (1 / x > 0)"), "(1 / x > 0) has no finite value at 5 s");
}

TEST(JudgeTest, NamesAChannelTheTraceLacks) {
  JudgedTrace trace(1'000);
  trace.Unrecorded("device.heart_rate", "Hz");
  const v1::CheckResult result = trace.Judge("device.heart_rate > 1 bpm or true");
  EXPECT_EQ(result.verdict(), v1::INCONCLUSIVE);
  EXPECT_EQ(result.reason(), "the trace has no channel device.heart_rate");
}

TEST(JudgeTest, CannotLookBehindTheStartOfTheRun) {
  JudgedTrace trace(30'000);
  trace.Channel("x", "1", {{0, 0}, {5'000, 1}});
  EXPECT_EQ(trace.Verdict("eventually[3 s, 3 s] once[0 s, 10 s] x"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Reason("eventually[3 s, 3 s] once[0 s, 10 s] x"),
            "the formula looks back to -7 s, before the start of the run");
  EXPECT_EQ(trace.Verdict("eventually[3 s, 3 s] once x"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("eventually[12 s, 12 s] once[0 s, 10 s] x"), v1::PASS);
  EXPECT_EQ(trace.Verdict("once[1 s, end] x"), v1::INCONCLUSIVE);
}

TEST(JudgeTest, LooksBackThroughClosedWindows) {
  JudgedTrace trace(30'000);
  trace.Channel("x", "1", {{0, 0}, {5'000, 1}, {6'000, 0}});
  EXPECT_EQ(trace.Verdict("always[7 s, 7.999 s] once[1 s, 2 s] x"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[7 s, 8 s] once[1 s, 2 s] x"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("always[8 s, 9 s] historically[2 s, 2 s] not x"), v1::PASS);
}

TEST(JudgeTest, SeesARiseAtOneInstantOnly) {
  JudgedTrace trace(30'000);
  trace.Channel("x", "1", {{0, 0}, {5'000, 1}, {6'000, 0}});
  EXPECT_EQ(trace.Verdict("eventually[5 s, 5 s] rise(x)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("eventually[0 s, 4.999999999 s] rise(x)"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("eventually[5.000000001 s, 30 s] rise(x)"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("eventually[6 s, 6 s] fall(x)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("eventually[0 s, 5 s] fall(x)"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("always (fall(rise(x)) -> rise(x))"), v1::PASS);
}

TEST(JudgeTest, KeepsAnInstantInsideClosedWindows) {
  JudgedTrace trace(30'000);
  trace.Channel("x", "1", {{0, 0}, {5'000, 1}});
  EXPECT_EQ(trace.Verdict("always[3 s, 5 s] eventually[0 s, 2 s] rise(x)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[3 s, 5.000000001 s] eventually[0 s, 2 s] rise(x)"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("always[2.999999999 s, 5 s] eventually[0 s, 2 s] rise(x)"), v1::FAIL);
}

TEST(JudgeTest, SeesNoChangeAtTheStartAndBehindTheEnd) {
  JudgedTrace trace(30'000);
  trace.Channel("x", "1", {{0, 1}});
  EXPECT_EQ(trace.Verdict("eventually rise(x)"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("eventually fall(x)"), v1::FAIL);
}

TEST(JudgeTest, CannotTellWhetherALateFirstValueIsAChange) {
  JudgedTrace trace(30'000);
  trace.Channel("x", "1", {{2'000, 1}});
  EXPECT_EQ(trace.Verdict("eventually[2 s, 2 s] rise(x)"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Verdict("eventually[2 s, 2 s] fall(x)"), v1::FAIL);
  EXPECT_EQ(trace.Verdict("eventually[2.1 s, end] rise(x)"), v1::FAIL);
}

TEST(JudgeTest, LetsOnlyComparisonsGiveAMargin) {
  JudgedTrace trace(30'000);
  trace.Channel("lamp", "1", {{0, 1}}).Channel("x", "V", {{0, 2}});
  EXPECT_FALSE(trace.Judge("always lamp").value().known());
  EXPECT_DOUBLE_EQ(trace.Judge("lamp and x > 1.5 V").value().margin(), 0.5);
  EXPECT_FALSE(trace.Judge("x == 2 V").value().known());
  EXPECT_DOUBLE_EQ(trace.Judge("x == 3 V").value().margin(), -1);
}

TEST(JudgeTest, ReportsTheClosestApproachOfAPass) {
  JudgedTrace trace(60'000);
  trace.Channel("device.heart_rate", "Hz", {{0, 1}, {42'310, 1.95}, {43'000, 1}});
  const v1::CheckResult result = trace.Judge("always (device.heart_rate <= 120 bpm)");
  EXPECT_EQ(result.verdict(), v1::PASS);
  EXPECT_EQ(
      result.reason(),
      "expected device.heart_rate <= 120 bpm; closest was 117 bpm at 42.31 s, 3 bpm to spare");
  EXPECT_EQ(result.decided_at_ns(), 42'310'000'000);
  EXPECT_EQ(result.value().unit(), "Hz");
  EXPECT_DOUBLE_EQ(result.value().limit(), 2);
  EXPECT_DOUBLE_EQ(result.value().measured(), 1.95);
  EXPECT_NEAR(result.value().relative_margin(), 0.025, 1e-12);
}

TEST(JudgeTest, ReportsTheWorstExcessOfAFailure) {
  JudgedTrace trace(60'000);
  trace.Channel("device.heart_rate", "Hz", {{0, 1}, {41'000, 2.1}, {42'310, 131 / 60.0}});
  EXPECT_EQ(trace.Reason("always (device.heart_rate <= 120 bpm)"),
            "expected device.heart_rate <= 120 bpm; was 131 bpm at 42.31 s, 11 bpm too much");
  EXPECT_EQ(trace.Reason("always not (device.heart_rate > 120 bpm)"),
            "expected device.heart_rate <= 120 bpm; was 131 bpm at 42.31 s, 11 bpm too much");
  EXPECT_LT(trace.Judge("always (device.heart_rate <= 120 bpm)").value().margin(), 0);
}

TEST(JudgeTest, ReportsAMissedDeadlineWithWhatStartedIt) {
  JudgedTrace trace(60'000);
  trace.Channel("stop", "1", {{0, 0}, {32'000, 1}}).Channel("lamp", "1", {{0, 0}, {44'000, 1}});
  const v1::CheckResult result =
      trace.Judge("always[0 s, 50 s] (rise(stop) -> eventually[0 s, 10 s] lamp)");
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_EQ(
      result.reason(),
      "expected eventually[0 s, 10 s] lamp, as rise(stop) held at 32 s; it never held between "
      "32 s and 42 s; it would hold with time bounds relaxed by 2 s");
  EXPECT_EQ(result.decided_at_ns(), 42'000'000'000);
}

TEST(JudgeTest, CallsAMarginWithinTheUncertaintyInconclusive) {
  JudgedTrace trace(60'000);
  trace.Channel("supply", "V", {{0, 4.98}}).Uncertain("supply", 0.03);
  const v1::CheckResult result = trace.Judge("always (supply <= 5 V)");
  EXPECT_EQ(result.verdict(), v1::INCONCLUSIVE);
  EXPECT_EQ(result.reason(),
            "expected supply <= 5 V; was 4.98 V at 0 s, 0.02 V to spare, within the uncertainty of "
            "0.03 V");
  EXPECT_NEAR(result.value().uncertainty(), 0.03, 1e-12);
  EXPECT_EQ(trace.Verdict("always (supply <= 4.96 V)"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Verdict("always (supply <= 5.02 V)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always (supply <= 4.9 V)"), v1::FAIL);
}

TEST(JudgeTest, FindsTheUncertaintyBehindALargerMargin) {
  JudgedTrace trace(60'000);
  trace.Channel("a", "V", {{0, 4.98}}).Uncertain("a", 0.03).Channel("b", "V", {{0, 4.99}});
  EXPECT_EQ(trace.Verdict("always (a <= 5 V and b <= 5 V)"), v1::INCONCLUSIVE);
}

TEST(JudgeTest, AddsUncertaintiesAsRootSumOfSquares) {
  JudgedTrace trace(60'000);
  trace.Channel("a", "V", {{0, 1}}).Uncertain("a", 0.3).Channel("b", "V", {{0, 2}});
  trace.Uncertain("b", 0.4);
  EXPECT_DOUBLE_EQ(trace.Judge("b - a >= 0.4 V").value().uncertainty(), 0.5);
}

TEST(JudgeTest, TakesAnUncertaintyThatIsNoNumberForUnlimited) {
  JudgedTrace trace(60'000);
  trace.Channel("a", "V", {{0, 1}}).Uncertain("a", kNan);
  EXPECT_EQ(trace.Verdict("a < 1000 V"), v1::INCONCLUSIVE);
}

TEST(TimeMarginTest, MeasuresAResponseAgainstItsDeadline) {
  JudgedTrace trace(60'000);
  trace.Channel("stop", "1", {{0, 0}, {32'000, 1}}).Channel("lamp", "1", {{0, 0}, {36'500, 1}});
  const v1::CheckResult result =
      trace.Judge("always[0 s, 45 s] (rise(stop) -> eventually[0 s, 10 s] lamp)");
  EXPECT_EQ(result.verdict(), v1::PASS);
  ASSERT_TRUE(result.time().known());
  EXPECT_NEAR(result.time().margin(), 5.5, 1.1e-3);
  EXPECT_DOUBLE_EQ(result.time().limit(), 10);
  EXPECT_NEAR(result.time().measured(), 4.5, 1.1e-3);
  EXPECT_NEAR(result.time().relative_margin(), 0.55, 1.1e-4);
}

TEST(IdlePremiseTest, PassesNothingWhenThePremiseNeverHeld) {
  JudgedTrace trace(60'000);
  trace.Channel("arrest", "1", {{0, 0}});
  trace.Channel("alarm", "1", {{0, 0}});
  const v1::CheckResult result =
      trace.Judge("always[0 s, 40 s] (rise(arrest) -> (eventually[0 s, 10 s] alarm))");
  EXPECT_EQ(result.verdict(), v1::INCONCLUSIVE);
  EXPECT_THAT(result.reason(), testing::HasSubstr("rise(arrest) never held"));
}

TEST(IdlePremiseTest, LooksAtEveryConjunctAndOnlyWhereItIsAsked) {
  JudgedTrace trace(60'000);
  trace.Channel("a", "1", {{0, 0}, {5'000, 1}});
  trace.Channel("b", "1", {{0, 1}});
  EXPECT_EQ(trace.Judge("always ((a -> b) and (not b -> a))").verdict(), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Judge("always[0 s, 4 s] (a -> b)").verdict(), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Judge("always[0 s, 6 s] (a -> b)").verdict(), v1::PASS);
}

TEST(IdlePremiseTest, HidesNoFailure) {
  JudgedTrace trace(10'000);
  trace.Channel("a", "1", {{0, 0}}).Channel("b", "1", {{0, 1}, {5'000, 0}});
  EXPECT_EQ(trace.Verdict("(always (a -> b)) and (always b)"), v1::FAIL);
}

TEST(IdlePremiseTest, LooksAtAnImplicationInTheConsequent) {
  JudgedTrace trace(60'000);
  trace.Channel("a", "1", {{0, 0}, {5'000, 1}});
  trace.Channel("b", "1", {{0, 0}, {30'000, 1}});
  trace.Channel("c", "1", {{0, 1}});
  EXPECT_EQ(trace.Verdict("always[0 s, 40 s] (a -> (b -> c))"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[0 s, 29 s] (a -> (b -> c))"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Reason("always[0 s, 29 s] (a -> (b -> c))"),
            "nothing was verified: b never held while it was asked for");
  EXPECT_EQ(trace.Verdict("always[0 s, 29 s] (a -> always[0 s, 2 s] (b -> c))"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[0 s, 4 s] (a -> (c -> c))"), v1::INCONCLUSIVE);
}

TEST(IdlePremiseTest, LooksThroughHistorically) {
  JudgedTrace trace(60'000);
  trace.Channel("a", "1", {{0, 0}, {5'000, 1}, {6'000, 0}});
  trace.Channel("b", "1", {{0, 1}});
  EXPECT_EQ(trace.Verdict("historically (a -> b)"), v1::INCONCLUSIVE);  // run time 0 only
  EXPECT_EQ(trace.Verdict("historically (b -> b)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[20 s, 30 s] historically[0 s, 15 s] (a -> b)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[20 s, 30 s] historically[0 s, 13 s] (a -> b)"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Verdict("always[20 s, 30 s] historically (a -> b)"), v1::PASS);
}

TEST(IdlePremiseTest, LooksThroughAnAlwaysWithinAnAlways) {
  JudgedTrace trace(60'000);
  trace.Channel("a", "1", {{0, 0}, {30'000, 1}, {31'000, 0}});
  trace.Channel("b", "1", {{0, 1}});
  EXPECT_EQ(trace.Verdict("always[10 s, 20 s] always[0 s, 10 s] (a -> b)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[10 s, 20 s] always[0 s, 9 s] (a -> b)"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Verdict("always[32 s, 60 s] always (a -> b)"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Verdict("always[10 s, 20 s] always (a -> b)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[0 s, 10 s] always[40 s, end] (a -> b)"), v1::INCONCLUSIVE);
}

TEST(IdlePremiseTest, LooksAtAnOutermostImplicationAndItsConsequent) {
  JudgedTrace trace(60'000);
  trace.Channel("arrest", "1", {{0, 0}});
  trace.Channel("lamp", "1", {{0, 1}});
  trace.Channel("power", "V", {{0, 5}});
  EXPECT_EQ(trace.Verdict("(eventually[0 s, 10 s] rise(arrest)) -> (eventually[0 s, 14 s] lamp)"),
            v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Verdict("(eventually[0 s, 10 s] (power > 1 V)) -> "
                          "(always[0 s, 14 s] (rise(arrest) -> lamp))"),
            v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Verdict("(eventually[0 s, 10 s] (power > 1 V)) -> (always[0 s, 14 s] lamp)"),
            v1::PASS);
}

TEST(IdlePremiseTest, LooksThroughUntilOnlyWhereItsLeftSideIsAsked) {
  JudgedTrace trace(60'000);
  trace.Channel("a", "1", {{0, 0}, {5'000, 1}, {6'000, 0}, {12'000, 1}});
  trace.Channel("b", "1", {{0, 1}});
  EXPECT_EQ(trace.Verdict("(a -> b) until[4 s, 14 s] b"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Verdict("(a -> b) until[5 s, 14 s] b"), v1::INCONCLUSIVE);  // not at it
  EXPECT_EQ(trace.Verdict("(a -> b) until[6 s, 14 s] b"), v1::PASS);
  EXPECT_EQ(trace.Verdict("always[6 s, 7 s] ((a -> b) until[4 s, 14 s] b)"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Verdict("always[6 s, 9 s] ((a -> b) until[4 s, 14 s] b)"), v1::PASS);
}

TEST(IdlePremiseTest, LooksThroughEventuallyAndOnce) {
  JudgedTrace trace(60'000);
  trace.Channel("a", "1", {{0, 0}, {5'000, 1}});
  trace.Channel("b", "1", {{0, 1}});
  EXPECT_EQ(trace.Verdict("eventually[0 s, 4 s] (a -> b)"), v1::INCONCLUSIVE);
  EXPECT_EQ(trace.Verdict("eventually[0 s, 6 s] (a -> b)"), v1::PASS);
  EXPECT_EQ(trace.Verdict("eventually[4 s, 4 s] once (a -> b)"), v1::INCONCLUSIVE);
}

TEST(IdlePremiseTest, DoesNotSeeThroughADisjunction) {
  JudgedTrace trace(60'000);
  trace.Channel("a", "1", {{0, 0}});
  EXPECT_EQ(trace.Verdict("always ((not a) or a)"), v1::PASS);
}

TEST(TimeMarginTest, MeasuresHowMuchLongerSomethingHeld) {
  JudgedTrace trace(120'000);
  trace.Channel("pressed", "1", {{0, 0}, {1'000, 1}, {1'200, 0}});
  trace.Channel("paused", "1", {{0, 0}, {1'000, 1}, {63'000, 0}});
  const v1::CheckResult result =
      trace.Judge("always[0 s, 60 s] (rise(pressed) -> always[0 s, 60 s] paused)");
  ASSERT_TRUE(result.time().known());
  EXPECT_NEAR(result.time().margin(), 2, 1.1e-3);
  EXPECT_NEAR(result.time().measured(), 62, 1.1e-3);
}

TEST(TimeMarginTest, SeesThroughNegations) {
  JudgedTrace trace(30'000);
  trace.Channel("a", "1", {{0, 0}, {10'000, 1}}).Channel("b", "1", {{0, 0}, {13'000, 1}});
  for (const char* text : {"always[0 s, 20 s] (rise(a) -> eventually[0 s, 5 s] b)",
                           "always[0 s, 20 s] (rise(a) -> not always[0 s, 5 s] not b)"}) {
    const v1::CheckResult result = trace.Judge(text);
    EXPECT_EQ(result.time().limit(), 5) << text;
    EXPECT_NEAR(result.time().measured(), 3, 1.1e-3) << text;
  }
}

TEST(TimeMarginTest, TakesTheBoundsOfAnOutermostAlwaysForAChoiceOfTime) {
  JudgedTrace trace(120'000);
  trace.Channel("paused", "1", {{0, 1}, {62'000, 0}});
  EXPECT_FALSE(trace.Judge("always[0 s, 60 s] paused").time().known());
}

TEST(TimeMarginTest, IsUnknownWhereOnlyTheEndOfTheTraceLimitsIt) {
  JudgedTrace trace(60'000);
  trace.Channel("x", "1", {{0, 1}});
  EXPECT_FALSE(trace.Judge("always[0 s, 60 s] x").time().known());
}

TEST(TimeMarginTest, IsUnknownWhenTheResponseNeverComes) {
  JudgedTrace trace(60'000);
  trace.Channel("x", "1", {{0, 0}});
  EXPECT_EQ(trace.Verdict("eventually[0 s, 10 s] x"), v1::FAIL);
  EXPECT_FALSE(trace.Judge("eventually[0 s, 10 s] x").time().known());
}

TEST(TimeMarginTest, LeavesSamplingWindowsAlone) {
  JudgedTrace trace(60'000);
  trace.Channel("x", "1", {{0, 1}});
  EXPECT_FALSE(trace.Judge("always[10 s, 10 s] x").time().known());
  EXPECT_FALSE(trace.Judge("always x").time().known());
}

TEST(JudgeTest, KnowsNoMarginInTimeOfATraceCutShort) {
  JudgedTrace trace(6'000);
  trace.Channel("x", "1", {{0, 0}, {1'000, 1}});
  EXPECT_TRUE(trace.Judge("eventually[0 s, 5 s] x").time().known());
  trace.CutShort();
  const v1::CheckResult result = trace.Judge("eventually[0 s, 5 s] x");
  EXPECT_EQ(result.verdict(), v1::PASS);
  EXPECT_FALSE(result.time().known());
  EXPECT_THAT(result.reason(), testing::Not(testing::HasSubstr("in time")));
}

}  // namespace
}  // namespace rig::check
