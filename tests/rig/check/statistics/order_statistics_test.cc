#include "rig/check/statistics/order_statistics.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

namespace rig::statistics {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

// n, n - 1, … 1.
std::vector<double> Countdown(int n) {
  std::vector<double> values(static_cast<std::size_t>(n));
  std::iota(values.rbegin(), values.rend(), 1.0);
  return values;
}

TEST(QuantileTest, GivesTheTextbookIntervalOfAMedian) {
  // n = 10: P(2 <= B(10, 1/2) <= 8) = 0.978515625 between the 2nd and the 9th value.
  const auto median = QuantileWithInterval(Countdown(10), 0.5, 0.95);
  ASSERT_TRUE(median);
  EXPECT_DOUBLE_EQ(median->estimate, 5.5);
  EXPECT_EQ(median->low, 2);
  EXPECT_EQ(median->high, 9);
  EXPECT_NEAR(median->confidence, 0.978515625, 1e-14);
}

// Between the only two: 1 - 2 P(B(2, 1/2) = 0), exactly.
TEST(QuantileTest, GivesTheExtremesWhereTheyAreJustEnough) {
  const auto median = QuantileWithInterval(Countdown(2), 0.5, 0.5);
  ASSERT_TRUE(median);
  EXPECT_EQ(median->low, 1);
  EXPECT_EQ(median->high, 2);
  EXPECT_DOUBLE_EQ(median->confidence, 0.5);
}

TEST(QuantileTest, LeavesAnEndOpenThatTheValuesCannotGive) {
  const auto high = QuantileWithInterval(Countdown(20), 0.99, 0.95);
  ASSERT_TRUE(high);
  EXPECT_EQ(high->high, kInfinite);
  EXPECT_TRUE(std::isfinite(high->low));
  const auto one = QuantileWithInterval(std::vector<double>{7}, 0.5, 0.95);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->low, -kInfinite);
  EXPECT_EQ(one->high, kInfinite);
  EXPECT_EQ(one->estimate, 7);
}

TEST(QuantileTest, CoversAsOftenAsItSays) {
  std::mt19937_64 random(11);
  std::exponential_distribution<double> latency(1);
  const double truth = -std::log(1 - 0.9);
  int covered = 0;
  constexpr int kRepeats = 4000;
  double confidence = 0;
  for (int i = 0; i < kRepeats; ++i) {
    std::vector<double> values(120);
    for (double& value : values) value = latency(random);
    const auto quantile = QuantileWithInterval(values, 0.9, 0.9);
    ASSERT_TRUE(quantile);
    confidence = quantile->confidence;
    covered += quantile->low <= truth && truth <= quantile->high;
  }
  // Standard error 0.0042.
  EXPECT_GE(confidence, 0.9);
  EXPECT_NEAR(static_cast<double>(covered) / kRepeats, confidence, 0.02);
}

TEST(QuantileTest, RefusesValuesThatAreNone) {
  EXPECT_EQ(QuantileWithInterval({}, 0.5, 0.95).error().message,
            "limits from 0 values; expected at least 1");
  const std::vector<double> values{1, std::nan(""), 3};
  const auto refused = QuantileWithInterval(values, 0.5, 0.95);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "value 2 of 3 is nan; expected a finite number");
  EXPECT_FALSE(QuantileWithInterval(Countdown(9), 1, 0.95));
  EXPECT_FALSE(QuantileWithInterval(Countdown(9), 0.5, 0));
}

TEST(NonparametricToleranceTest, NeedsFiftyNineOrNinetyThreeValues) {
  EXPECT_EQ(NonparametricSampleSize(ToleranceSide::kUpper, 0.95, 0.95).value(), 59);
  EXPECT_EQ(NonparametricSampleSize(ToleranceSide::kBoth, 0.95, 0.95).value(), 93);
  EXPECT_FALSE(NonparametricTolerance(Countdown(92), ToleranceSide::kBoth, 0.95, 0.95));
  const auto few = NonparametricTolerance(Countdown(58), ToleranceSide::kUpper, 0.95, 0.95);
  ASSERT_FALSE(few);
  EXPECT_EQ(few.error().code, Code::kFailedPrecondition);
  EXPECT_EQ(few.error().message,
            "limits of coverage 0.95 at confidence 0.95 from 58 values; expected at least 59");
}

TEST(NonparametricToleranceTest, IsTheExtremesAtTheFewestValues) {
  const auto upper = NonparametricTolerance(Countdown(59), ToleranceSide::kUpper, 0.95, 0.95);
  ASSERT_TRUE(upper);
  EXPECT_EQ(upper->low, -kInfinite);
  EXPECT_EQ(upper->high, 59);
  EXPECT_EQ(upper->left_out, 0);
  EXPECT_NEAR(upper->confidence, 1 - std::pow(0.95, 59), 1e-14);
  const auto both = NonparametricTolerance(Countdown(93), ToleranceSide::kBoth, 0.95, 0.95);
  ASSERT_TRUE(both);
  EXPECT_EQ(both->low, 1);
  EXPECT_EQ(both->high, 93);
  EXPECT_NEAR(both->confidence, 1 - 93 * std::pow(0.95, 92) + 92 * std::pow(0.95, 93), 1e-12);
}

TEST(NonparametricToleranceTest, LeavesOutWhatTheConfidenceAllows) {
  // One failure may be among 93, two among 124.
  const auto upper = NonparametricTolerance(Countdown(93), ToleranceSide::kUpper, 0.95, 0.95);
  ASSERT_TRUE(upper);
  EXPECT_EQ(upper->high, 92);
  EXPECT_EQ(upper->left_out, 1);
  const auto lower = NonparametricTolerance(Countdown(124), ToleranceSide::kLower, 0.95, 0.95);
  ASSERT_TRUE(lower);
  EXPECT_EQ(lower->low, 3);
  EXPECT_EQ(lower->high, kInfinite);
  const auto both = NonparametricTolerance(Countdown(124), ToleranceSide::kBoth, 0.95, 0.95);
  ASSERT_TRUE(both);
  EXPECT_EQ(both->low, 1);
  EXPECT_EQ(both->high, 123);
}

}  // namespace
}  // namespace rig::statistics
