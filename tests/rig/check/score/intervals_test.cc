#include "rig/check/score/intervals.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rig::score {
namespace {

TEST(RateOfTest, HasTheClosedFormForNoEvent) {
  const auto rate = RateOf(0, 10);
  ASSERT_TRUE(rate);
  EXPECT_EQ(rate->value, 0);
  EXPECT_EQ(rate->low, 0);
  EXPECT_NEAR(rate->high, -std::log(0.025) / 10, 1e-12);
}

// Garwood 1936, table for 95 %: 10 events give 4.795389 to 18.390356.
TEST(RateOfTest, AgreesWithGarwoodsTable) {
  const auto rate = RateOf(10, 2);
  ASSERT_TRUE(rate);
  EXPECT_NEAR(rate->value, 5, 1e-12);
  EXPECT_NEAR(rate->low, 4.795389 / 2, 1e-6);
  EXPECT_NEAR(rate->high, 18.390356 / 2, 1e-6);
}

// What the interval promises: at its ends, the tail probabilities of the count are 2.5 % each.
TEST(RateOfTest, LeavesTheTailsItClaims) {
  const auto poisson_cdf = [](int k, double mean) {
    double term = std::exp(-mean);
    double sum = term;
    for (int i = 1; i <= k; ++i) sum += term *= mean / i;
    return sum;
  };
  for (const int events : {1, 3, 25}) {
    const auto rate = RateOf(events, 1);
    ASSERT_TRUE(rate);
    EXPECT_NEAR(poisson_cdf(events, rate->high), 0.025, 1e-12) << events;
    EXPECT_NEAR(1 - poisson_cdf(events - 1, rate->low), 0.025, 1e-12) << events;
  }
}

TEST(RateOfTest, RefusesNoTime) {
  EXPECT_FALSE(RateOf(1, 0));
  EXPECT_FALSE(RateOf(1, std::nan("")));
  EXPECT_FALSE(RateOf(-1, 1));
}

TEST(ShareOfTest, AllowsOpenTrialsAnyOutcome) {
  const auto share = ShareOf({2, 2}, 4);
  ASSERT_TRUE(share);
  EXPECT_EQ(share->value, 1);
  EXPECT_EQ(share->high, 1);
  EXPECT_DOUBLE_EQ(share->low, ShareOf({2, 6})->low);
  EXPECT_FALSE(ShareOf({0, 0}, 4));
}

TEST(RateOfTest, AllowsOpenEventsToHaveBeen) {
  EXPECT_DOUBLE_EQ(RateOf(1, 1, 2)->high, RateOf(3, 1)->high);
  EXPECT_DOUBLE_EQ(RateOf(1, 1, 2)->low, RateOf(1, 1)->low);
}

TEST(ShareOfTest, HasNoIntervalForNoTrial) { EXPECT_FALSE(ShareOf({0, 0})); }

TEST(ShareOfTest, GivesTheExactBinomialInterval) {
  const auto share = ShareOf({1902, 1902});
  ASSERT_TRUE(share);
  EXPECT_EQ(share->high, 1);
  EXPECT_NEAR(share->low, std::pow(0.025, 1.0 / 1902), 1e-12);
}

}  // namespace
}  // namespace rig::score
