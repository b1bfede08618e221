#include "rig/check/statistics/tolerance.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <random>

namespace rig::statistics {
namespace {

struct Row {
  std::int64_t n;
  double confidence, coverage, factor;
};

// Reference: the defining integrals by mpmath at 25 digits.
TEST(OneSidedToleranceFactorTest, GivesTheReferenceValues) {
  for (const Row& row :
       {Row{2, 0.95, 0.95, 26.2596739830345}, Row{10, 0.95, 0.95, 2.9109634130781675},
        Row{30, 0.95, 0.99, 3.0639011262381694}, Row{5, 0.90, 0.90, 2.7423482029512921},
        Row{1000, 0.95, 0.95, 1.7272632696712743}}) {
    const double factor = OneSidedToleranceFactor(row.n, row.confidence, row.coverage).value();
    EXPECT_NEAR(factor / row.factor, 1, 1e-12) << row.n;
  }
}

TEST(TwoSidedToleranceFactorTest, GivesTheReferenceValues) {
  for (const Row& row :
       {Row{2, 0.95, 0.95, 36.519214612060742}, Row{10, 0.95, 0.95, 3.3934294787126089},
        Row{30, 0.95, 0.99, 3.3545758447934489}, Row{5, 0.90, 0.90, 3.4992630218657964},
        Row{100, 0.95, 0.95, 2.2338820230442491}}) {
    const double factor = TwoSidedToleranceFactor(row.n, row.confidence, row.coverage).value();
    EXPECT_NEAR(factor / row.factor, 1, 1e-12) << row.n;
  }
}

TEST(ToleranceFactorTest, ApproachesTheNormalQuantileForManyValues) {
  EXPECT_NEAR(OneSidedToleranceFactor(100'000, 0.95, 0.95).value(), 1.6449, 0.01);
  EXPECT_NEAR(TwoSidedToleranceFactor(100'000, 0.95, 0.95).value(), 1.9600, 0.01);
}

TEST(ToleranceFactorTest, CoversAsOftenAsItSays) {
  const double k = TwoSidedToleranceFactor(8, 0.9, 0.8).value();
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  const auto share_below = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
  int held = 0;
  constexpr int kRepeats = 20'000;
  for (int i = 0; i < kRepeats; ++i) {
    double sum = 0, squares = 0;
    for (int j = 0; j < 8; ++j) {
      const double x = normal(random);
      sum += x;
      squares += x * x;
    }
    const double mean = sum / 8;
    const double s = std::sqrt((squares - 8 * mean * mean) / 7);
    held += share_below(mean + k * s) - share_below(mean - k * s) >= 0.8;
  }
  // Standard error 0.0021.
  EXPECT_NEAR(static_cast<double>(held) / kRepeats, 0.9, 0.009);
}

TEST(ToleranceFactorTest, RefusesWhatItCannotTell) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& refused :
       {OneSidedToleranceFactor(1, 0.95, 0.95), TwoSidedToleranceFactor(0, 0.95, 0.95),
        TwoSidedToleranceFactor(100'001, 0.95, 0.95), TwoSidedToleranceFactor(10, 1, 0.95),
        OneSidedToleranceFactor(10, 0.95, 0), OneSidedToleranceFactor(10, nan, 0.95)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  }
  EXPECT_EQ(TwoSidedToleranceFactor(1, 0.95, 0.95).error().message,
            "a tolerance interval from 1 values; expected 2 to 100000");
}

}  // namespace
}  // namespace rig::statistics
