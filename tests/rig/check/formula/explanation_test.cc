// What a verdict names as its cause, and the numbers stored with it.
#include <gmock/gmock.h>

#include "tests/rig/check/judged_trace.h"

namespace rig::check {
namespace {

using testing::HasSubstr;

// The supply at 5 V; 80 bpm from 1 s on, from between the levels 90 bpm and 70 bpm.
JudgedTrace Monitor() {
  JudgedTrace trace(20'000);
  trace.Channel("x", "V", {{0, 5}}).Channel("hr", "Hz", {{0, 80 / 60.0}});
  return trace;
}

TEST(ExplanationTest, BlamesTheConsequentOfAnImplicationThatFails) {
  const v1::CheckResult result =
      Monitor().Judge("always[10 s, 12 s] (x > 4 V -> eventually[0 s, 2 s] (hr > 200 bpm))");
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_EQ(result.reason(),
            "expected eventually[0 s, 2 s] (hr > 200 bpm), as x > 4 V held at 10 s; it never "
            "held between 10 s and 12 s; closest was 80 bpm at 10 s, 120 bpm too little");
  EXPECT_EQ(result.value().unit(), "Hz");
  EXPECT_DOUBLE_EQ(result.value().margin(), -2);
}

TEST(ExplanationTest, ComparesMarginsOfDifferentDimensionsRelativeToTheirLimits) {
  const JudgedTrace trace = Monitor();
  // 0.1 V of 5.1 V is closer than 0.05 Hz of 1.383 Hz (3 bpm of 83 bpm).
  EXPECT_EQ(trace.Judge("always (x <= 5.1 V and hr <= 83 bpm)").value().unit(), "V");
  EXPECT_EQ(trace.Judge("always (x <= 5.1 V or hr <= 83 bpm)").value().unit(), "Hz");
  EXPECT_EQ(trace.Judge("always (hr > 83 bpm or x > 5.1 V)").value().unit(), "V");
  EXPECT_EQ(trace.Judge("eventually (hr > 70 bpm -> x <= 5.1 V)").value().unit(), "V");
}

TEST(ExplanationTest, ShowsWhatPassesInSpiteOfTheUncertainty) {
  JudgedTrace trace(20'000);
  trace.Channel("a", "V", {{0, 4}}).Channel("b", "V", {{0, 4.5}}).Uncertain("a", 2);
  const v1::CheckResult result = trace.Judge("always (a <= 5 V or b <= 5 V)");
  EXPECT_EQ(result.verdict(), v1::PASS);
  EXPECT_DOUBLE_EQ(result.value().margin(), 0.5);
  EXPECT_EQ(result.value().uncertainty(), 0);
}

TEST(ExplanationTest, NamesWhatTheUncertaintyLeavesOpenNotWhatIsClear) {
  JudgedTrace trace(20'000);
  trace.Channel("x", "V", {{0, 5}}).Channel("y", "V", {{0, 5}}).Uncertain("x", 0.1);
  EXPECT_EQ(trace.Reason("y <= 4.99 V or x <= 5.05 V"),
            "expected x <= 5.05 V; was 5 V at 0 s, 0.05 V to spare, within the uncertainty of "
            "0.1 V");
  // It may not have come on at all, though it is far from going off.
  trace.Channel("z", "V", {{0, 3}, {1'000, 5.05}, {2'000, 4.5}}).Uncertain("z", 0.1);
  EXPECT_EQ(trace.Reason("always[2 s, 3 s] above(z, 5 V, 4 V)"),
            "expected above(z, 5 V, 4 V); whether it holds at 2 s is within the uncertainty of z");
}

TEST(ExplanationTest, TellsOnWhichSideOfTheLimitAcceptanceEnds) {
  JudgedTrace trace(20'000);
  trace.Channel("x", "V", {{0, 5}}).Uncertain("x", 0.1);
  const auto acceptance = [&](const char* text) { return trace.Judge(text).acceptance_limit(); };
  EXPECT_DOUBLE_EQ(acceptance("x >= 5 V"), 5.1);
  EXPECT_DOUBLE_EQ(acceptance("5 V <= x"), 5.1);
  EXPECT_DOUBLE_EQ(acceptance("not (x > 5 V)"), 4.9);
  EXPECT_DOUBLE_EQ(acceptance("x <= 5 V"), 4.9);
  EXPECT_DOUBLE_EQ(acceptance("x <= 6 V"), 5.9);
  EXPECT_DOUBLE_EQ(acceptance("x >= 4 V"), 4.1);
  EXPECT_DOUBLE_EQ(acceptance("above(x, 5 V, 5 V)"), 5.1);
}

TEST(ExplanationTest, GivesHysteresisALimitAValueAndAMargin) {
  const v1::CheckResult below = Monitor().Judge("always[5 s, 15 s] above(hr, 120 bpm, 115 bpm)");
  EXPECT_EQ(below.reason(),
            "expected above(hr, 120 bpm, 115 bpm); was 80 bpm at 5 s, 40 bpm too little");
  EXPECT_DOUBLE_EQ(below.value().limit(), 2);
  EXPECT_DOUBLE_EQ(below.value().measured(), 80 / 60.0);
  EXPECT_DOUBLE_EQ(below.value().margin(), -40 / 60.0);
  const v1::CheckResult above = Monitor().Judge("always not above(hr, 75 bpm, 70 bpm)");
  EXPECT_EQ(above.verdict(), v1::FAIL);
  EXPECT_DOUBLE_EQ(above.value().limit(), 70 / 60.0);
  EXPECT_NEAR(above.value().margin(), -10 / 60.0, 1e-12);
}

TEST(ExplanationTest, SaysThatHysteresisHasNotComeToAStateYet) {
  EXPECT_EQ(Monitor().Reason("always[1 s, 2 s] above(hr, 90 bpm, 70 bpm)"),
            "above(hr, 90 bpm, 70 bpm) is not known at 1 s: hr has been between the two levels "
            "so far");
}

TEST(ExplanationTest, ShowsHowCloseHysteresisIsWithinItsUncertainty) {
  JudgedTrace trace = Monitor();
  trace.Uncertain("x", 0.1);
  EXPECT_EQ(trace.Reason("above(x, 4.95 V, 4.95 V)"),
            "expected above(x, 4.95 V, 4.95 V); was 5 V at 0 s, 0.05 V to spare, within the "
            "uncertainty of 0.1 V");
}

TEST(ExplanationTest, SaysThatARateLooksBackBeforeTheStart) {
  EXPECT_EQ(Monitor().Reason("always (rate(x, 1 s) < 1 V/s)"),
            "the formula looks back to -1 s, before the start of the run");
  EXPECT_THAT(Monitor().Reason("always[1 s, 2 s] (rate(x, 1 s) < 1 V/s)"), HasSubstr("closest"));
}

TEST(ExplanationTest, MeasuresATimeWithinABoundLongerThanTheTrace) {
  JudgedTrace trace(20'000);
  trace.Channel("alive", "1", {{0, 0}, {500, 1}});
  const v1::CheckResult result = trace.Judge("eventually[0 s, 200 s] alive");
  EXPECT_NEAR(result.time().measured(), 0.5, 1.1e-3);
  EXPECT_NEAR(result.time().margin(), 199.5, 1.1e-3);
}

}  // namespace
}  // namespace rig::check
