#include "rig/check/score/cinc2015.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::score {
namespace {

using testing::HasSubstr;

TEST(Cinc2015ScoreTest, WeighsASuppressedTrueAlarmFiveTimes) {
  EXPECT_DOUBLE_EQ(*Cinc2015Score({.true_positives = 1}), 100);
  EXPECT_DOUBLE_EQ(
      *Cinc2015Score(
          {.true_positives = 6, .true_negatives = 3, .false_positives = 6, .false_negatives = 1}),
      100.0 * 9 / 20);
  EXPECT_FALSE(Cinc2015Score({}));
}

TEST(DecideAlarmsTest, SortsByTypeAndEvent) {
  const auto truth = ParseAlarmList("a1l,Asystole,1\na2s,Asystole,0\nt3s,Tachycardia,1\n", "t");
  const auto answers = ParseAlarmList("a1l,0\na2s,1\nt3s,1\n", "a");
  ASSERT_TRUE(truth && answers);
  const auto sets = DecideAlarms(*truth, *answers);
  ASSERT_TRUE(sets);
  EXPECT_EQ(sets->at("gross").total(), 3);
  EXPECT_EQ(sets->at("Asystole").false_negatives, 1);
  EXPECT_EQ(sets->at("Asystole").false_positives, 1);
  EXPECT_EQ(sets->at("real-time").total(), 2);
  EXPECT_EQ(sets->at("retrospective").false_negatives, 1);
}

TEST(DecideAlarmsTest, WantsAnAnswerForEveryRecordAndNoOther) {
  const auto truth = ParseAlarmList("a1l,Asystole,1\n", "t");
  EXPECT_THAT(DecideAlarms(*truth, {}).error().message, HasSubstr("a1l: has no answer"));
  EXPECT_THAT(DecideAlarms(*truth, {{"a1l", "", true}, {"b", "", true}}).error().message,
              HasSubstr("b: is answered"));
}

TEST(ParseAlarmListTest, RefusesATypeThatIsTheNameOfASet) {
  for (const char* set : {"gross", "real-time", "retrospective"}) {
    const std::string type = set;
    EXPECT_THAT(ParseAlarmList("a1l," + type + ",1\n", "t").error().message,
                HasSubstr("t:1: type " + type));
  }
}

TEST(ParseAlarmListTest, NamesTheLineThatIsWrong) {
  EXPECT_THAT(ParseAlarmList("a,0\nb,2\n", "f").error().message, HasSubstr("f:2:"));
  EXPECT_THAT(ParseAlarmList("a,0\na,1\n", "f").error().message, HasSubstr("f:2: record a again"));
  EXPECT_FALSE(ParseAlarmList("a\n", "f"));
}

}  // namespace
}  // namespace rig::score
