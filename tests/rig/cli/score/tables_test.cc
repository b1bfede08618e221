#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rig/cli/options.h"
#include "rig/cli/score/condition.h"
#include "rig/cli/score/event_table.h"
#include "rig/cli/score/measures.h"

namespace rig {
namespace {

using testing::HasSubstr;

TEST(EventTableTest, ReadsSeizuresOfATabSeparatedTable) {
  const auto table = ParseEventTable(
      "onset\tduration\teventType\trecordingDuration\n296\t40\tsz_foc\t3600\n0\t3600\tbckg\t3600\n",
      "f");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->events.size(), 1u);
  EXPECT_EQ(table->events[0].end_s, 336);
  EXPECT_EQ(table->recorded_s, 3600);
}

TEST(EventTableTest, NamesTheLineThatIsWrong) {
  EXPECT_THAT(ParseEventTable("onset,duration\n1,x\n", "f").error().message, HasSubstr("f:2:"));
  EXPECT_THAT(ParseEventTable("onset,duration\n1\n", "f").error().message, HasSubstr("f:2:"));
  EXPECT_THAT(ParseEventTable("onset,duration\nnan,1\n", "f").error().message, HasSubstr("f:2:"));
  EXPECT_THAT(ParseEventTable("onset\n", "f").error().message, HasSubstr("no column duration"));
  EXPECT_FALSE(ParseEventTable("", "f"));
}

TEST(EventTableTest, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(
      ParseEventTable("onset,duration,eventType\n1,2,sz\n9,2,Seizure\n", "f").error().message,
      HasSubstr("f:3: eventType \"Seizure\""));
  EXPECT_THAT(
      ParseEventTable("onset,duration,recordingDuration\n1,2,60\n9,2,61\n", "f").error().message,
      HasSubstr("f:3: recordingDuration 61"));
}

TEST(NumberInTest, RefusesWhatIsNoFiniteNumber) {
  const CLI::Validator percent = NumberIn(0, 100);
  for (const char* text : {"nan", "inf", "-nan", "101", "-1", "1x", ""}) {
    EXPECT_NE(percent(text), "") << text;
  }
  for (const char* text : {"0", "99.5", "100", "1e1"}) EXPECT_EQ(percent(text), "") << text;
  std::string infinite = "inf";
  EXPECT_NE(NumberIn(0)(infinite), "");
}

TEST(ScoreConditionTest, ReadsChannelsAndComparisons) {
  const auto bare = ParseScoreCondition("not device.alarm");
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->channel, "device.alarm");
  EXPECT_TRUE(bare->negated);
  const auto below = ParseScoreCondition("truth.ecg.rate < 60 bpm");
  ASSERT_TRUE(below);
  EXPECT_EQ(below->channel, "truth.ecg.rate");
  EXPECT_DOUBLE_EQ(below->limit.si, 1.0);
  for (const char* wrong : {"", "a b", "a <", "< 3", "a < b", "a == 3"}) {
    EXPECT_FALSE(ParseScoreCondition(wrong)) << wrong;
  }
}

TEST(MeasuresTest, DecidesByTheWholeInterval) {
  Measures measures;
  measures.AddShare("share", {95, 100});  // 88.7 % to 98.4 %
  measures.Require("share", true, 0.88);
  EXPECT_EQ(measures.verdict(), v1::PASS);
  measures.Require("share", true, 0.9);
  EXPECT_EQ(measures.verdict(), v1::INCONCLUSIVE);
  measures.Require("share", true, 0.99);
  EXPECT_EQ(measures.verdict(), v1::FAIL);
}

TEST(MeasuresTest, NeverPassesOnThoseThatWereDecidedAlone) {
  Measures measures;
  measures.AddShare("share", {200, 200}, 40);
  measures.Require("share", true, 0.9);
  EXPECT_EQ(measures.verdict(), v1::INCONCLUSIVE);
  EXPECT_THAT(measures.Table(), HasSubstr("200/200, 40 open"));
}

TEST(MeasuresTest, NeverPassesWithoutAnythingScored) {
  Measures measures;
  measures.AddShare("share", {0, 0});
  EXPECT_EQ(measures.verdict(), v1::INCONCLUSIVE);
  measures.AddShare("other", {1, 1});
  measures.Require("share", true, 0.0);
  EXPECT_EQ(measures.verdict(), v1::INCONCLUSIVE);
}

}  // namespace
}  // namespace rig
