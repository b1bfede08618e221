#include "rig/check/uncertainty/budget.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace rig::uncertainty {
namespace {

using Component = v1::UncertaintyComponent;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

Component Row(Component::Distribution distribution, double half_width, double sensitivity = 1) {
  Component row;
  row.set_distribution(distribution);
  row.set_half_width(half_width);
  row.set_sensitivity(sensitivity);
  return row;
}

TEST(StandardUncertaintyTest, DividesByWhatTheDistributionAsks) {
  EXPECT_DOUBLE_EQ(StandardUncertainty(Row(Component::NORMAL_K2, 0.01)), 0.005);
  EXPECT_DOUBLE_EQ(StandardUncertainty(Row(Component::RECTANGULAR, 3)), std::sqrt(3.0));
  EXPECT_DOUBLE_EQ(StandardUncertainty(Row(Component::TRIANGULAR, 6)), std::sqrt(6.0));
}

TEST(StandardUncertaintyTest, OfHalfAStepIsTheStepOverRootTwelve) {
  EXPECT_DOUBLE_EQ(StandardUncertainty(Row(Component::RECTANGULAR, 0.5)), 1 / std::sqrt(12.0));
}

TEST(StandardUncertaintyTest, TakesTheSizeOfTheSensitivity) {
  EXPECT_DOUBLE_EQ(StandardUncertainty(Row(Component::NORMAL_K2, 0.01, -3)), 0.015);
}

TEST(StandardUncertaintyTest, TakesWhatIsNotKnownForUnlimited) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Component& row :
       {Row(Component::DISTRIBUTION_UNSET, 1), Row(Component::RECTANGULAR, -1),
        Row(Component::RECTANGULAR, nan), Row(Component::RECTANGULAR, 0, kInfinite)}) {
    EXPECT_EQ(StandardUncertainty(row), kInfinite);
  }
}

TEST(BudgetTest, AddsItsComponentsInSquaresAndDoublesThem) {
  v1::UncertaintyBudget budget;
  *budget.add_value() = Row(Component::NORMAL_K2, 6);
  *budget.add_value() = Row(Component::RECTANGULAR, 4 * std::sqrt(3.0));
  *budget.add_time() = Row(Component::RECTANGULAR, 0.001);
  *budget.add_clock() = Row(Component::RECTANGULAR, 20e-6);
  Complete(budget);
  EXPECT_DOUBLE_EQ(budget.value(1).standard(), 4);
  EXPECT_DOUBLE_EQ(budget.expanded(), 10);
  EXPECT_DOUBLE_EQ(budget.time_standard_s(), 0.001 / std::sqrt(3.0));
  EXPECT_DOUBLE_EQ(budget.clock_standard(), 20e-6 / std::sqrt(3.0));
}

TEST(BudgetTest, WithoutComponentsIsExact) {
  v1::UncertaintyBudget budget;
  Complete(budget);
  EXPECT_EQ(budget.expanded(), 0);
  const std::vector<std::string> one{"a"};
  EXPECT_EQ(TimeUncertainty({{"a", budget}}, one, 3600), 0);
  EXPECT_EQ(TimeUncertainty({}, one, 3600), 0);
}

TEST(BudgetTest, OfTimesGrowsWithTheSpanByTheClock) {
  v1::UncertaintyBudget budget;
  *budget.add_time() = Row(Component::RECTANGULAR, 0.001);
  *budget.add_clock() = Row(Component::RECTANGULAR, 100e-6);
  Complete(budget);
  const Budgets budgets{{"a", budget}, {"b", budget}};
  const std::vector<std::string> two{"a", "b"};
  EXPECT_DOUBLE_EQ(TimeUncertainty(budgets, two, 0), 2 * 0.001 * std::sqrt(2.0 / 3));
  EXPECT_NEAR(TimeUncertainty(budgets, two, 1000), 2 * 0.1 * std::sqrt(2.0 / 3), 1e-4);
  // Two edges of one channel: two time stamps, one clock.
  const std::vector<std::string> edges{"a", "a"};
  EXPECT_DOUBLE_EQ(TimeUncertainty(budgets, edges, 0), 2 * 0.001 * std::sqrt(2.0 / 3));
  EXPECT_NEAR(TimeUncertainty(budgets, edges, 1000), 2 * 0.1 / std::sqrt(3.0), 1e-4);
}

TEST(BudgetTest, AgreesWithMonteCarlo) {
  v1::UncertaintyBudget budget;
  *budget.add_value() = Row(Component::NORMAL_K2, 2e-3, 50);
  *budget.add_value() = Row(Component::RECTANGULAR, 1.5e-3, 50);
  *budget.add_value() = Row(Component::TRIANGULAR, 2e-3, 50);
  Complete(budget);
  std::mt19937_64 random(12);
  std::normal_distribution<double> normal(0, 1e-3);
  std::uniform_real_distribution<double> within(-1, 1);
  constexpr int kDraws = 400'000;
  double squares = 0;
  int inside = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double error = 50 * (normal(random) + 1.5e-3 * within(random) +
                               2e-3 * (within(random) + within(random)) / 2);
    squares += error * error;
    inside += std::fabs(error) <= budget.expanded();
  }
  EXPECT_NEAR(2 * std::sqrt(squares / kDraws) / budget.expanded(), 1, 0.006);
  // k = 2 covers about 95 % where no one component dominates.
  EXPECT_NEAR(static_cast<double>(inside) / kDraws, 0.955, 0.01);
}

}  // namespace
}  // namespace rig::uncertainty
