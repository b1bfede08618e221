#include "rig/check/uncertainty/propagate.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace rig::uncertainty {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinite = std::numeric_limits<double>::infinity();

TEST(PropagateTest, AddsIndependentInputsInSquares) {
  const std::vector<Input> inputs{{1, 3}, {-2, 2}};
  EXPECT_DOUBLE_EQ(Propagate(inputs), 5);
}

TEST(PropagateTest, WithoutInputsIsExact) { EXPECT_EQ(Propagate({}), 0); }

TEST(PropagateTest, KeepsVerySmallAndVeryLargeUncertainties) {
  EXPECT_DOUBLE_EQ(Propagate(std::vector<Input>{{3, 1e-200}, {4, 1e-200}}), 5e-200);
  EXPECT_DOUBLE_EQ(Propagate(std::vector<Input>{{3, 1e200}, {4, 1e200}}), 5e200);
}

TEST(PropagateTest, TakesWhatIsNotKnownForUnlimited) {
  for (const Input& unknown :
       {Input{kNan, 1}, Input{1, kNan}, Input{0, kInfinite}, Input{kInfinite, 0}, Input{1, -1}}) {
    EXPECT_EQ(Propagate(std::vector<Input>{{1, 1}, unknown}), kInfinite);
  }
}

TEST(PropagateTest, AgreesWithMonteCarlo) {
  // A flow from a volume over a time, f = v / t: derivatives 1/t and -v/t^2.
  const double v = 10, t = 120, u_v = 0.05, u_t = 0.4;
  const double first_order = Propagate(std::vector<Input>{{1 / t, u_v}, {-v / (t * t), u_t}});
  std::mt19937_64 random(20240531);
  std::normal_distribution<double> volume(v, u_v), time(t, u_t);
  constexpr int kDraws = 400'000;
  double sum = 0, squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double deviation = volume(random) / time(random) - v / t;
    sum += deviation;
    squares += deviation * deviation;
  }
  const double mean = sum / kDraws;
  const double monte_carlo = std::sqrt(squares / kDraws - mean * mean);
  // The estimate's own standard error is 1 / sqrt(2 * draws) = 0.11 %.
  EXPECT_NEAR(monte_carlo / first_order, 1, 0.006);
}

TEST(PropagateCorrelatedTest, FullyCorrelatedDifferencesCancel) {
  const std::vector<Input> difference{{1, 0.3}, {-1, 0.3}};
  const auto same_error = PropagateCorrelated(difference, std::vector<double>{1, 1, 1, 1});
  ASSERT_TRUE(same_error);
  EXPECT_NEAR(*same_error, 0, 1e-9);
  const auto independent = PropagateCorrelated(difference, std::vector<double>{1, 0, 0, 1});
  ASSERT_TRUE(independent);
  EXPECT_DOUBLE_EQ(*independent, Propagate(difference));
}

TEST(PropagateCorrelatedTest, AgreesWithMonteCarlo) {
  const double r = 0.6;
  const std::vector<Input> inputs{{2, 0.5}, {3, 0.4}};
  const auto first_order = PropagateCorrelated(inputs, std::vector<double>{1, r, r, 1});
  ASSERT_TRUE(first_order);
  std::mt19937_64 random(7);
  std::normal_distribution<double> standard;
  constexpr int kDraws = 400'000;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double a = standard(random);
    const double b = r * a + std::sqrt(1 - r * r) * standard(random);
    const double deviation = 2 * 0.5 * a + 3 * 0.4 * b;
    squares += deviation * deviation;
  }
  EXPECT_NEAR(std::sqrt(squares / kDraws) / *first_order, 1, 0.006);
}

TEST(PropagateCorrelatedTest, RefusesCoefficientsThatAreNone) {
  const std::vector<Input> two{{1, 1}, {1, 1}};
  for (const std::vector<double>& r : {std::vector<double>{1, 0, 0},
                                       {1, 1.1, 1.1, 1},
                                       {1, kNan, kNan, 1},
                                       {1, 0.2, 0.3, 1},
                                       {0.5, 0, 0, 1}}) {
    const auto combined = PropagateCorrelated(two, r);
    ASSERT_FALSE(combined);
    EXPECT_EQ(combined.error().code, Code::kInvalidArgument);
  }
}

TEST(PropagateCorrelatedTest, RefusesCoefficientsThatContradictEachOther) {
  // a and b, b and c, a and c all opposed: there are no three such quantities.
  const std::vector<Input> three{{1, 1}, {1, 1}, {1, 1}};
  EXPECT_FALSE(PropagateCorrelated(three, std::vector<double>{1, -1, -1, -1, 1, -1, -1, -1, 1}));
}

}  // namespace
}  // namespace rig::uncertainty
