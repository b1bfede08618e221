#include "rig/check/score/alarms.h"

#include <gtest/gtest.h>

namespace rig::score {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr Truth F = Truth::kFalse;
constexpr Truth T = Truth::kTrue;
constexpr Truth U = Truth::kUnknown;

Condition At(std::initializer_list<std::pair<int, Truth>> changes) {
  Condition condition;
  for (const auto& [s, value] : changes) condition.push_back({s * kSecond, value});
  return condition;
}

// An event from 100 s to 200 s, a limit of 10 s, 300 s observed.
AlarmScore Score(const Condition& alarm, const Condition& truth = At({{0, F}, {100, T}, {200, F}}),
                 int end_s = 300) {
  AlarmScore score;
  ScoreAlarms({truth, alarm, end_s * kSecond}, 10 * kSecond, score);
  return score;
}

TEST(ScoreAlarmsTest, MeasuresLatencyFromTheTrueEvent) {
  const AlarmScore score = Score(At({{0, F}, {107, T}, {210, F}}));
  EXPECT_EQ(score.in_time, 1);
  ASSERT_EQ(score.latencies_s.size(), 1u);
  EXPECT_DOUBLE_EQ(score.latencies_s[0], 7);
  EXPECT_EQ(score.Sensitivity(), (Fraction{1, 1}));
  EXPECT_EQ(score.Predictivity(), (Fraction{1, 1}));
  EXPECT_DOUBLE_EQ(score.observed_s, 300);
}

TEST(ScoreAlarmsTest, AcceptsTheLimitItselfAndNothingLater) {
  EXPECT_EQ(Score(At({{0, F}, {110, T}})).in_time, 1);
  const AlarmScore late = Score(At({{0, F}, {111, T}}));
  EXPECT_EQ(late.in_time, 0);
  EXPECT_EQ(late.late, 1);
  EXPECT_EQ(late.Sensitivity(), (Fraction{0, 1}));
  EXPECT_EQ(late.Predictivity(), (Fraction{1, 1}));  // late, not false
}

TEST(ScoreAlarmsTest, CountsAnEventWithoutAlarmAsMissing) {
  const AlarmScore score = Score(At({{0, F}}));
  EXPECT_EQ(score.missing, 1);
  EXPECT_TRUE(score.latencies_s.empty());
}

TEST(ScoreAlarmsTest, CountsAlarmsOutsideOfEventsAsFalse) {
  const AlarmScore score = Score(At({{0, F}, {50, T}, {55, F}, {104, T}, {120, F}, {250, T}}));
  EXPECT_EQ(score.false_alarms, 2);
  EXPECT_EQ(score.true_alarms, 1);
  EXPECT_EQ(score.Predictivity(), (Fraction{1, 3}));
}

TEST(ScoreAlarmsTest, CountsFurtherAlarmsOfAnEventOnce) {
  const AlarmScore score = Score(At({{0, F}, {104, T}, {120, F}, {150, T}, {160, F}}));
  EXPECT_EQ(score.true_alarms, 1);
  EXPECT_EQ(score.repeated_alarms, 1);
  EXPECT_EQ(score.false_alarms, 0);
}

TEST(ScoreAlarmsTest, AllowsAShortEventItsLatency) {
  const AlarmScore score = Score(At({{0, F}, {108, T}}), At({{0, F}, {100, T}, {103, F}}));
  EXPECT_EQ(score.in_time, 1);
  EXPECT_EQ(score.false_alarms, 0);
}

TEST(ScoreAlarmsTest, DoesNotScoreAnEventUnderAnAlarmThatWasOnBefore) {
  const AlarmScore score = Score(At({{0, F}, {50, T}}));
  EXPECT_EQ(score.masked, 1);
  EXPECT_EQ(score.Sensitivity(), (Fraction{0, 0}));
  EXPECT_EQ(score.false_alarms, 1);
}

TEST(ScoreAlarmsTest, DoesNotDecideWhatIsNotKnown) {
  EXPECT_EQ(Score(At({{0, F}, {102, U}, {150, F}})).undecided, 1);
  EXPECT_EQ(Score(At({{0, F}}), At({{0, F}, {295, T}})).undecided, 1);          // run ends too soon
  EXPECT_EQ(Score(At({{0, F}, {50, T}}), At({{0, U}, {60, T}})).undecided, 1);  // onset unknown
  const AlarmScore unknown_truth = Score(At({{0, F}, {50, T}}), At({{0, U}}));
  EXPECT_EQ(unknown_truth.undecided_alarms, 1);
  EXPECT_EQ(unknown_truth.false_alarms, 0);
  EXPECT_DOUBLE_EQ(unknown_truth.observed_s, 0);
}

TEST(ScoreAlarmsTest, AddsRunsUp) {
  AlarmScore score;
  const Condition truth = At({{0, F}, {100, T}, {200, F}});
  ScoreAlarms({truth, At({{0, F}, {109, T}}), 300 * kSecond}, 10 * kSecond, score);
  ScoreAlarms({truth, At({{0, F}, {103, T}}), 300 * kSecond}, 10 * kSecond, score);
  EXPECT_EQ(score.in_time, 2);
  EXPECT_EQ(score.latencies_s, (std::vector<double>{3, 9}));
  EXPECT_DOUBLE_EQ(score.observed_s, 600);
}

TEST(QuantileTest, IsTheNearestRank) {
  const std::vector<double> values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  EXPECT_EQ(Quantile(values, 0.5), 5);
  EXPECT_EQ(Quantile(values, 0.9), 9);
  EXPECT_EQ(Quantile(values, 0.95), 10);
  EXPECT_EQ(Quantile({3}, 0.5), 3);
}

}  // namespace
}  // namespace rig::score
