#include "rig/check/score/seizures.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rig::score {
namespace {

EventScore Score(const std::vector<TimedEvent>& reference, const std::vector<TimedEvent>& test,
                 double recorded_s = 86'400) {
  const auto score = ScoreEvents(reference, test, recorded_s, {});
  EXPECT_TRUE(score);
  return score ? *score : EventScore{};
}

TEST(ScoreEventsTest, FindsASeizureByAnyOverlap) {
  const EventScore score = Score({{1000, 1060}}, {{1059, 1070}});
  EXPECT_EQ(score.sensitivity, (Fraction{1, 1}));
  EXPECT_EQ(score.false_positives, 0);
}

TEST(ScoreEventsTest, ToleratesThirtySecondsBeforeAndSixtyAfter) {
  EXPECT_EQ(Score({{1000, 1060}}, {{960, 970.1}}).sensitivity, (Fraction{1, 1}));
  EXPECT_EQ(Score({{1000, 1060}}, {{960, 970}}).sensitivity, (Fraction{0, 1}));
  EXPECT_EQ(Score({{1000, 1060}}, {{1119.9, 1130}}).sensitivity, (Fraction{1, 1}));
  EXPECT_EQ(Score({{1000, 1060}}, {{1120, 1130}}).sensitivity, (Fraction{0, 1}));
}

TEST(ScoreEventsTest, CountsADetectionThatReachesOutOfTheToleranceAsFalseToo) {
  const EventScore score = Score({{1000, 1060}}, {{1010, 1121}});
  EXPECT_EQ(score.sensitivity, (Fraction{1, 1}));
  EXPECT_EQ(score.false_positives, 1);
  EXPECT_EQ(score.precision, (Fraction{1, 2}));
}

TEST(ScoreEventsTest, MergesDetectionsCloserThanNinetySeconds) {
  EXPECT_EQ(Score({}, {{100, 110}, {199.9, 210}}).false_positives, 1);
  EXPECT_EQ(Score({}, {{100, 110}, {200, 210}}).false_positives, 2);
}

TEST(ScoreEventsTest, SplitsEventsLongerThanFiveMinutes) {
  const EventScore score = Score({{1000, 1700}}, {{1650, 1660}});
  // 1000 to 1300, to 1600, to 1700; only the last one and its tolerance hold the detection, and
  // the second's reaches to 1660.
  EXPECT_EQ(score.sensitivity, (Fraction{2, 3}));
  EXPECT_EQ(Score({}, {{1000, 1300}}).false_positives, 1);
  EXPECT_EQ(Score({}, {{1000, 1300.1}}).false_positives, 2);
}

TEST(ScoreEventsTest, RefusesEventsOutOfOrderOrOutsideTheRecording) {
  EXPECT_FALSE(ScoreEvents({{10, 20}, {5, 30}}, {}, 100, {}));
  EXPECT_FALSE(ScoreEvents({{10, 9}}, {}, 100, {}));
  EXPECT_FALSE(ScoreEvents({}, {{90, 101}}, 100, {}));
  EXPECT_FALSE(ScoreEvents({{std::nan(""), 20}}, {}, 100, {}));
  EXPECT_FALSE(ScoreEvents({}, {}, 0, {}));
}

}  // namespace
}  // namespace rig::score
