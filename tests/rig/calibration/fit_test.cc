#include "rig/calibration/fit.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rig {
namespace {

constexpr ReadingQuality kGood{
    .reference_uncertainty_v = 60e-6, .reference_resolution_v = 0, .fixture_resolution_v = 0};

// Readings `scatter` above and below what a gain of 1.001 and an offset of 2 mV give.
std::vector<CalibrationPoint> Points(double scatter) {
  std::vector<CalibrationPoint> points;
  for (const double volts : {0.0, 2.5, 5.0}) {
    const double truth = 2e-3 + 1.001 * volts;
    points.push_back({volts, {truth - scatter, truth + scatter}});
  }
  return points;
}

TEST(FitChannelTest, FindsGainAndOffset) {
  const auto channel = FitChannel(Points(10e-6), kGood, {});
  ASSERT_TRUE(channel) << channel.error().message;
  EXPECT_NEAR(channel->gain(), 1.001, 1e-12);
  EXPECT_NEAR(channel->offset(), 2e-3, 1e-12);
  EXPECT_EQ(channel->low(), 0);
  EXPECT_EQ(channel->high(), 5);
}

TEST(FitChannelTest, TellsTheErrorBeforeAndAfter) {
  const auto channel = FitChannel(Points(0), kGood, {.gain = 1.001, .offset_v = 0}).value();
  EXPECT_NEAR(channel.as_found(), 2e-3, 1e-12);
  EXPECT_NEAR(channel.as_left(), 0, 1e-12);
}

TEST(FitChannelTest, IsAsUncertainAsItsReferenceWhenNothingScatters) {
  EXPECT_NEAR(FitChannel(Points(0), kGood, {})->uncertainty(), 60e-6, 1e-12);
}

// By hand: s = sqrt(6 * 1e-8 / 3) = 141.4 uV of one reading; the line's own at the ends s *
// sqrt(1/6
// + 6.25 / 25) = 91.3 uV; the reference's 30 uV.
TEST(FitChannelTest, AddsRepeatabilityAndTheLinesOwn) {
  const auto channel = FitChannel(Points(100e-6), kGood, {}).value();
  const double s = std::sqrt(2.0) * 100e-6;
  const double line = s * std::sqrt(1.0 / 6 + 6.25 / 25);
  EXPECT_NEAR(channel.uncertainty(), 2 * std::sqrt(s * s + line * line + 30e-6 * 30e-6), 1e-9);
}

TEST(FitChannelTest, AddsBothResolutions) {
  ReadingQuality coarse = kGood;
  coarse.reference_resolution_v = 1e-3;
  coarse.fixture_resolution_v = 2e-3;
  const double squares = 30e-6 * 30e-6 + 1e-6 / 12 + 4e-6 / 12;
  EXPECT_NEAR(FitChannel(Points(0), coarse, {})->uncertainty(), 2 * std::sqrt(squares), 1e-9);
}

TEST(FitChannelTest, AddsWhatTheLineLeaves) {
  auto points = Points(0);
  for (double& volts : points[1].reference_v) volts += 3e-3;
  const auto channel = FitChannel(points, kGood, {}).value();
  EXPECT_NEAR(channel.as_left(), 2e-3, 1e-9);
  EXPECT_GT(channel.uncertainty(), 2 * 2e-3 / std::sqrt(3.0));
}

TEST(FitChannelTest, RefusesWhatTellsTooLittle) {
  auto points = Points(0);
  points.pop_back();
  EXPECT_EQ(FitChannel(points, kGood, {}).error().code, Code::kInvalidArgument);
  points = Points(0);
  points[1].reference_v.pop_back();
  EXPECT_EQ(FitChannel(points, kGood, {}).error().code, Code::kInvalidArgument);
  points = Points(0);
  for (CalibrationPoint& point : points) point.fixture_v = 1;
  EXPECT_EQ(FitChannel(points, kGood, {}).error().code, Code::kInvalidArgument);
}

TEST(FitChannelTest, RefusesReadingsThatAreNoNumbers) {
  auto points = Points(0);
  points[2].reference_v[1] = std::nan("");
  EXPECT_EQ(FitChannel(points, kGood, {}).error().code, Code::kInvalidArgument);
}

TEST(FitChannelTest, RefusesAGainThatNoWorkingFixtureHas) {
  auto points = Points(0);
  for (CalibrationPoint& point : points) {
    for (double& volts : point.reference_v) volts *= 1e-3;
  }
  EXPECT_EQ(FitChannel(points, kGood, {}).error().code, Code::kOutOfRange);
}

}  // namespace
}  // namespace rig
