#include "rig/check/score/alarms.h"

#include <gtest/gtest.h>

#include <cmath>

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
  EXPECT_EQ(score.OpenEvents(), 1);
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

// Latencies of 1 s to `count` s.
AlarmScore Latencies(int count) {
  AlarmScore score;
  for (int s = 1; s <= count; ++s) score.latencies_s.push_back(s);
  score.in_time = count;
  return score;
}

TEST(LatencyQuantileTest, HasTheIntervalOfOrderStatistics) {
  const auto median = LatencyQuantile(Latencies(9), 0.5);
  ASSERT_TRUE(median);
  EXPECT_DOUBLE_EQ(median->value, 5);
  EXPECT_DOUBLE_EQ(median->low, 2);  // Conover 1999: 2nd and 8th of 9
  EXPECT_DOUBLE_EQ(median->high, 8);
  EXPECT_TRUE(std::isinf(LatencyQuantile(Latencies(9), 0.95)->high));
}

TEST(LatencyQuantileTest, TakesMissingEventsForInfinite) {
  AlarmScore score = Latencies(9);
  score.missing = 10;
  EXPECT_TRUE(std::isinf(LatencyQuantile(score, 0.5)->value));
  EXPECT_GT(LatencyQuantile(score, 0.5)->low, 4);
  score.latencies_s.clear();
  EXPECT_TRUE(std::isinf(LatencyQuantile(score, 0.5)->value));
  score.missing = 0;
  EXPECT_FALSE(LatencyQuantile(score, 0.5));
}

TEST(LatencyQuantileTest, AllowsOpenEventsAnyLatency) {
  AlarmScore score = Latencies(9);
  score.undecided = 3;
  score.masked = 1;
  const auto median = LatencyQuantile(score, 0.5);
  ASSERT_TRUE(median);
  EXPECT_DOUBLE_EQ(median->value, 5);
  EXPECT_EQ(median->low, 0);
  EXPECT_TRUE(std::isinf(median->high));
}

}  // namespace
}  // namespace rig::score
