#include <gmock/gmock.h>

#include "tests/rig/check/judged_trace.h"

namespace rig::check {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

JudgedTrace Bench() {
  JudgedTrace trace(10'000);
  trace.Channel("device.rate", "Hz", {{0, 1.0}});
  trace.Channel("device.volume", "m3", {{0, 2e-6}});
  trace.Channel("device.flow", "m3/s", {{0, 1e-9}});
  trace.Channel("commanded.ecg", "V", {{0, 0.001}});
  trace.Channel("observed.lamp", "1", {{0, 1}});
  trace.Channel("observed.buzzer", "1", {{0, 0}});
  trace.Channel("truth.time", "s", {{0, 4}});
  return trace;
}

TEST(FormulaParserTest, TakesTheLongestUnitAfterANumber) {
  EXPECT_EQ(Bench().Verdict("device.flow <= 3.6 mL/h"), v1::PASS);
  EXPECT_EQ(Bench().Verdict("device.volume / 2 s >= 1 mL/s"), v1::PASS);
  EXPECT_EQ(Bench().Verdict("2 mL/truth.time == 0.5 mL/s"), v1::PASS);
  EXPECT_EQ(Bench().Verdict("6 mL/h/2 == 3 mL/h"), v1::PASS);
  EXPECT_EQ(Bench().Verdict("50 % == 0.5"), v1::PASS);
}

TEST(FormulaParserTest, TakesAUnitOnlyAsAWholeWord) {
  EXPECT_EQ(Bench().Verdict("5 == 5 and observed.lamp"), v1::PASS);
  EXPECT_THAT(Bench().ParseError("truth.time > 5 seconds"),
              StartsWith("column 16: \"seconds\" is no unit"));
}

TEST(FormulaParserTest, WantsOneSpaceBetweenNumberAndUnit) {
  EXPECT_THAT(Bench().ParseError("truth.time > 10s"),
              StartsWith("column 14: \"10\" and a unit without a space, expected one space"));
}

TEST(FormulaParserTest, ChecksDimensions) {
  EXPECT_THAT(Bench().ParseError("device.rate > 3 s"),
              StartsWith("column 13: \"device.rate\" is a value in Hz, \"3 s\" is a value in s"));
  EXPECT_THAT(Bench().ParseError("device.rate + 1 > 3 bpm"), HasSubstr("plain number"));
  EXPECT_EQ(Bench().Verdict("device.rate * 1 min == 60"), v1::PASS);
  EXPECT_THAT(Bench().ParseError("min(device.rate, 3 s) > 1 bpm"), HasSubstr("one dimension"));
}

TEST(FormulaParserTest, TakesWholeNanosecondsAndTheirRoundingOnly) {
  EXPECT_EQ(Bench().Verdict("always[0 s, 0.3 s] observed.lamp"), v1::PASS);
  for (const char* bound : {"0.1 ns", "0.9 ns", "1.2 ns", "1000.1 ns"}) {
    EXPECT_THAT(Bench().ParseError(std::string("always[0 s, ") + bound + "] observed.lamp"),
                HasSubstr("expected whole nanoseconds"))
        << bound;
  }
}

TEST(FormulaParserTest, ShortensWhatItQuotes) {
  const std::string name(60'000, 'n');
  EXPECT_LT(Bench().ParseError(name).size(), 200);
  EXPECT_LT(Bench().ParseError("observed.lamp " + name).size(), 200);
  EXPECT_LT(Bench().ParseError("5 " + name).size(), 200);
  EXPECT_LT(Bench().ParseError(std::string(60'000, '5') + "s").size(), 200);
  EXPECT_LT(Bench().ParseError("device.rate + 1 * 1" + std::string(60'000, '0')).size(), 400);
}

TEST(FormulaParserTest, RefusesAPowerBeyondMeaning) {
  std::string power = "truth.time";
  for (int i = 0; i < 200; ++i) power += " * truth.time";
  EXPECT_THAT(Bench().ParseError(power + " > 1"), HasSubstr("a power of a unit too large"));
}

TEST(FormulaParserTest, RefusesAValueWhereAConditionIsNeeded) {
  EXPECT_THAT(Bench().ParseError("always device.rate > 3 bpm"),
              StartsWith("column 8: \"device.rate\" is a value in Hz, expected a condition"));
  EXPECT_THAT(Bench().ParseError("not observed.lamp > 3"),
              StartsWith("column 1: \"not observed.lamp\" is a condition, expected a value"));
  EXPECT_THAT(Bench().ParseError("1 -> true"), StartsWith("column 1: \"1\" is a plain number"));
}

TEST(FormulaParserTest, RefusesChainedComparisons) {
  EXPECT_THAT(Bench().ParseError("1 bpm < device.rate < 2 bpm"),
              StartsWith("column 21: a second comparison"));
}

TEST(FormulaParserTest, RefusesATemporalOperatorWhoseReachReadsTwoWays) {
  EXPECT_THAT(Bench().ParseError("always observed.lamp -> observed.buzzer"),
              StartsWith("column 22: \"->\" after \"always observed.lamp\" reads two ways"));
  EXPECT_THAT(Bench().ParseError("always observed.lamp and observed.buzzer"),
              HasSubstr("reads two ways"));
  EXPECT_EQ(Bench().Verdict("always (observed.lamp) -> observed.lamp"), v1::PASS);
  EXPECT_EQ(Bench().Verdict("always (observed.buzzer or true)"), v1::PASS);
}

TEST(FormulaParserTest, BindsImplicationToTheRightAndLoosest) {
  EXPECT_EQ(Bench().Verdict("not (false -> true -> false)"), v1::FAIL);
  EXPECT_EQ(Bench().Verdict("(false -> true) -> false"), v1::FAIL);
  EXPECT_EQ(Bench().Verdict("true | false & false"), v1::PASS);
  EXPECT_EQ(Bench().Verdict("!false and not false"), v1::PASS);
}

TEST(FormulaParserTest, CalculatesWithTheUsualPrecedence) {
  EXPECT_EQ(Bench().Verdict("2 + 3 * 4 - 6 / 2 == 11"), v1::PASS);
  EXPECT_EQ(Bench().Verdict("-2 - -3 == 1 and 2*-3 == -6"), v1::PASS);
  EXPECT_EQ(Bench().Verdict("abs(-3 mV) == 3 mV and min(1, 2) == 1 and max(1, 2) == 2"), v1::PASS);
}

TEST(FormulaParserTest, RefusesNumbersThatAreNotFinite) {
  EXPECT_THAT(Bench().ParseError("observed.lamp > nan"),
              StartsWith("column 17: \"nan\" is no number"));
  EXPECT_THAT(Bench().ParseError("observed.lamp > 1e999"), StartsWith("column 17: \"1e999\""));
  EXPECT_THAT(Bench().ParseError("observed.lamp > 1 / 0"), HasSubstr("is no finite number"));
}

TEST(FormulaParserTest, RefusesBoundsThatAreNoWindow) {
  EXPECT_THAT(Bench().ParseError("always[5 s, 2 s] true"),
              StartsWith("column 8: the lower bound is above the upper bound"));
  EXPECT_THAT(Bench().ParseError("always[-5 s, 2 s] true"),
              StartsWith("column 8: a negative bound"));
  EXPECT_THAT(Bench().ParseError("always[0, 2 s] true"), StartsWith("column 8: \"0\" is no time"));
  EXPECT_THAT(Bench().ParseError("always[0 s, 2 mV] true"), HasSubstr("\"2 mV\" is no time"));
  EXPECT_THAT(Bench().ParseError("always[0 s, 200 d] true"), HasSubstr("expected at most 100 d"));
  EXPECT_THAT(Bench().ParseError("always[0 s 2 s] true"), HasSubstr("expected \",\""));
}

TEST(FormulaParserTest, AcceptsBoundsInAnyUnitOfTime) {
  EXPECT_EQ(Bench().Verdict("always[0 s, 0.1 min] true"), v1::PASS);
  EXPECT_EQ(Bench().Verdict("always[200 ms, end] observed.lamp"), v1::PASS);
}

TEST(FormulaParserTest, NamesAnUnknownChannel) {
  EXPECT_THAT(Bench().ParseError("device.pulse > 3"),
              StartsWith("column 1: \"device.pulse\" is no channel here"));
}

TEST(FormulaParserTest, SaysWhereAFormulaBreaksOff) {
  EXPECT_EQ(Bench().ParseError(""),
            "column 1: the formula ends, expected a channel, a number or \"(\"");
  EXPECT_EQ(Bench().ParseError("(true"), "column 6: the formula ends, expected \")\"");
  EXPECT_EQ(Bench().ParseError("true true"), "column 6: \"true\", expected an operator or the end");
  EXPECT_THAT(Bench().ParseError("observed.lamp = 1"), HasSubstr("expected \"==\""));
  EXPECT_THAT(Bench().ParseError("true \xc2\xac"),
              StartsWith("column 6: a character that is not ASCII"));
  EXPECT_THAT(Bench().ParseError("observed. > 1"), StartsWith("column 9: \".\""));
}

TEST(FormulaParserTest, LimitsNesting) {
  const std::string open(5'000, '(');
  EXPECT_THAT(Bench().ParseError(open + "true"), HasSubstr("nested too deeply"));
  std::string arrows = "true";
  std::string sum = "1";
  for (int i = 0; i < 5'000; ++i) arrows += "->true";
  for (int i = 0; i < 5'000; ++i) sum += "+1";
  EXPECT_THAT(Bench().ParseError(arrows), HasSubstr("nested too deeply"));
  EXPECT_THAT(Bench().ParseError(sum + " > 1"), HasSubstr("nested too deeply"));
  EXPECT_THAT(Bench().ParseError(std::string(70'000, ' ')), HasSubstr("expected at most 65536"));
}

TEST(FormulaParserTest, ListsTheChannels) {
  const auto formula = Bench().Parse("observed.lamp and device.rate > 1 bpm and observed.lamp");
  ASSERT_TRUE(formula);
  EXPECT_THAT(formula->channels(), testing::ElementsAre("device.rate", "observed.lamp"));
}

}  // namespace
}  // namespace rig::check
