#include "sim_signals/body/breaths.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim_signals/body/bodies.h"

namespace rig {
namespace {

constexpr char kRhythm[] = "rhythm: {asystole: {}}\n";

std::vector<Breath> Breaths(const BodyCourse& course, double until_s) {
  BreathSchedule schedule(course, 1);
  std::vector<Breath> breaths;
  while (auto breath = schedule.Next()) {
    if (Seconds(breath->begin) >= until_s) break;
    breaths.push_back(*breath);
  }
  return breaths;
}

TEST(BreathScheduleTest, HasTheRateAndVariationAsked) {
  const auto breaths =
      Breaths(CourseOf(std::string(kRhythm) + "breathing: {rate: 20 bpm, variation: 0.1}"), 3600);
  double squares = 0.0;
  for (const Breath& b : breaths) squares += std::pow(Seconds(b.period) - 3.0, 2);
  EXPECT_NEAR(static_cast<double>(breaths.size()), 1200.0, 12.0);
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(breaths.size())), 0.3, 0.02);
  for (std::size_t i = 1; i < breaths.size(); ++i) {
    EXPECT_EQ(breaths[i].begin, breaths[i - 1].end());
  }
}

TEST(BreathScheduleTest, ABreathGoesOnToItsEndWhenBreathingStopsAndNoneFollows) {
  const auto breaths =
      Breaths(CourseOf({{0.0, std::string(kRhythm) + "breathing: {rate: 10 bpm, variation: 0}"},
                        {8.0, "breathing: {rate: 0 bpm}"},
                        {40.0, "breathing: {rate: 10 bpm, variation: 0}"}}),
              50);
  ASSERT_EQ(breaths.size(), 4u);
  EXPECT_EQ(Nanoseconds(breaths[1].end()), 12'000'000'000);
  EXPECT_EQ(Nanoseconds(breaths[2].begin), 40'000'000'000);
}

TEST(BreathCursorTest, FindsTheBreathOfAnInstantAndNoneInApnoea) {
  const BodyCourse course =
      CourseOf({{0.0, std::string(kRhythm) + "breathing: {rate: 10 bpm, variation: 0}"},
                {8.0, "breathing: {rate: 0 bpm}"}});
  BreathCursor cursor{BreathSchedule(course, 1)};
  EXPECT_EQ(cursor.At(AtNanoseconds(5'999'999'999))->number, 1u);
  EXPECT_EQ(cursor.At(AtNanoseconds(6'000'000'000))->number, 2u);
  EXPECT_EQ(cursor.At(AtNanoseconds(12'000'000'000)), nullptr);
}

}  // namespace
}  // namespace rig
