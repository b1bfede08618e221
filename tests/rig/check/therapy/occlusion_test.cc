#include "rig/check/therapy/occlusion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rig::therapy {
namespace {

using testing::HasSubstr;

constexpr double kMlPerKpa = 1e-9;       // m3/Pa
constexpr double kMlPerH = 1e-6 / 3600;  // m3/s
constexpr double kKpa = 1e3;

RunTime T(double s) { return AtNanoseconds(static_cast<std::int64_t>(s * 1e9)); }

// Worked case: 12 mL/h, 0.010 mL/kPa, 15 kPa to 85 kPa in 210 s and 8 s more.
LineModel Worked() {
  return {.compliance = {0.010 * kMlPerKpa, 0.010 * kMlPerKpa},
          .flow = {12 * kMlPerH, 12 * kMlPerH},
          .alarm_pressure = {85 * kKpa, 85 * kKpa},
          .latency = {8, 8}};
}

// The line's pressure: 15 kPa, and from 10 s on rising as the compliance says, each second.
check::Steps Rising(double ml_per_kpa, double ml_per_h, int until_s) {
  check::Steps steps;
  for (int s = 0; s <= until_s; ++s) {
    const double rise = s < 10 ? 0 : (s - 10) * ml_per_h / 3600 / ml_per_kpa * kKpa;
    check::Append(steps, check::At(T(s)), 15 * kKpa + rise);
  }
  return steps;
}

TEST(TimeToAlarmTest, SolvesTheWorkedCase) {
  const auto time = TimeToAlarm(Worked(), 15 * kKpa);
  ASSERT_TRUE(time);
  EXPECT_NEAR(time->low, 218, 1e-9);
  EXPECT_NEAR(time->high, 218, 1e-9);
}

TEST(TimeToAlarmTest, BoundsWithTheWorstOfEachQuantity) {
  LineModel line = Worked();
  line.compliance = {0.008 * kMlPerKpa, 0.012 * kMlPerKpa};
  line.flow = {10 * kMlPerH, 15 * kMlPerH};
  line.latency = {0, 8};
  const auto time = TimeToAlarm(line, 15 * kKpa);
  ASSERT_TRUE(time);
  EXPECT_NEAR(time->low, 0.008 * 70 / 15 * 3600, 1e-6);
  EXPECT_NEAR(time->high, 0.012 * 70 / 10 * 3600 + 8, 1e-6);
}

TEST(TimeToAlarmTest, RefusesALineThatIsNone) {
  LineModel line = Worked();
  line.flow = {0, 1};
  EXPECT_FALSE(TimeToAlarm(line, 0));
  line = Worked();
  line.compliance = {2, 1};
  EXPECT_FALSE(TimeToAlarm(line, 0));
  EXPECT_FALSE(TimeToAlarm(Worked(), std::nan("")));
}

TEST(ReleasedBolusTest, IsWhatTheLineHoldsOverTheVein) {
  const auto bolus = ReleasedBolus(Worked(), 15 * kKpa);
  ASSERT_TRUE(bolus);
  EXPECT_NEAR(bolus->high, 0.70e-6, 1e-12);
}

TEST(ExamineOcclusionTest, MeasuresAnAlarmThatWasSeen) {
  const auto finding = ExamineOcclusion(
      Rising(0.010, 12, 300), {.clamped = T(10), .alarmed = T(220), .until = T(300)}, Worked());
  ASSERT_TRUE(finding);
  EXPECT_TRUE(finding->alarmed);
  EXPECT_DOUBLE_EQ(finding->time_s, 210);
  EXPECT_NEAR(finding->pressure, 85 * kKpa, 1e-6);
  EXPECT_DOUBLE_EQ(finding->alarm_time.high, 210);
  EXPECT_NEAR(finding->shown_compliance->low, 0.010 * kMlPerKpa, 1e-18);
}

// Stopped after a tenth of the time, the bound still holds what would have been measured.
TEST(ExamineOcclusionTest, PredictsABoundFromTheBeginningOfTheRise) {
  LineModel line = Worked();
  line.compliance = {0.009 * kMlPerKpa, 0.012 * kMlPerKpa};
  const auto finding = ExamineOcclusion(Rising(0.010, 12, 31),
                                        {.clamped = T(10), .alarmed = {}, .until = T(31)}, line);
  ASSERT_TRUE(finding);
  EXPECT_FALSE(finding->alarmed);
  EXPECT_DOUBLE_EQ(finding->time_s, 21);
  // 63 kPa remain.
  EXPECT_NEAR(finding->alarm_time.low, 21 + 0.009 * 63 / 12 * 3600 + 8, 1e-6);
  EXPECT_NEAR(finding->alarm_time.high, 21 + 0.012 * 63 / 12 * 3600 + 8, 1e-6);
  EXPECT_LE(finding->alarm_time.low, 218);
  EXPECT_GE(finding->alarm_time.high, 218);
}

TEST(ExamineOcclusionTest, PredictsNothingFromALineThatIsNotTheModels) {
  const OcclusionTimes times{.clamped = T(10), .alarmed = {}, .until = T(60)};
  const auto softer = ExamineOcclusion(Rising(0.020, 12, 60), times, Worked());
  ASSERT_FALSE(softer);
  EXPECT_THAT(softer.error().message, HasSubstr("nothing can be predicted"));
  const auto flat = ExamineOcclusion(Rising(0.010, 0, 60), times, Worked());
  ASSERT_FALSE(flat);
  EXPECT_EQ(flat.error().code, Code::kFailedPrecondition);
}

TEST(ExamineOcclusionTest, RefusesAPressureThatIsNotKnown) {
  check::Steps pressure = Rising(0.010, 12, 300);
  check::Append(pressure, check::At(T(50)), check::kUnknown);
  const auto finding =
      ExamineOcclusion(pressure, {.clamped = T(10), .alarmed = {}, .until = T(300)}, Worked());
  ASSERT_FALSE(finding);
  EXPECT_EQ(finding.error().code, Code::kDataLoss);
}

}  // namespace
}  // namespace rig::therapy
