#include "sim_signals/metabolism/glucose_model.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace rig {
namespace {

using State = GlucoseModel::State;

void RunHours(GlucoseModel& model, double hours, double units_per_hour) {
  for (long i = 0; i < std::lround(hours * 720); ++i) model.StepGrid(units_per_hour);
}

double HighestWithin(GlucoseModel& model, double hours, double units_per_hour) {
  double highest = 0.0;
  for (long i = 0; i < std::lround(hours * 720); ++i) {
    model.StepGrid(units_per_hour);
    highest = std::max(highest, model.plasma_mg_dl());
  }
  return highest;
}

TEST(GlucoseModelTest, FastingIsAtRestUnderBasalInsulin) {
  const State slope = GlucoseModel::Slope(
      GlucoseModel::Fasting(),
      {.insulin_pmol_kg_min = GlucoseModel::BasalUnitsPerHour() / 60.0 * 6000.0 / 86.07});
  for (const double s : slope) EXPECT_NEAR(s, 0.0, 1e-12);
  GlucoseModel model;
  RunHours(model, 48, GlucoseModel::BasalUnitsPerHour());
  EXPECT_NEAR(model.plasma_mg_dl(), 142.75, 1e-6);
  EXPECT_GT(GlucoseModel::BasalUnitsPerHour(), 0.8);  // U/h, of an adult
  EXPECT_LT(GlucoseModel::BasalUnitsPerHour(), 1.6);
}

// The same slopes by Heun's method in steps of 0.05 s: a day of three meals and their boluses.
TEST(GlucoseModelTest, DayAgreesWithATightIntegration) {
  const double basal = GlucoseModel::BasalUnitsPerHour();
  GlucoseModel model;
  State tight = GlucoseModel::Fasting();
  double plate_mg = 0.0;
  GlucoseModel::Input input{.insulin_pmol_kg_min = basal / 60.0 * 6000.0 / 86.07};
  double farthest = 0.0;
  for (int point = 0; point < 720 * 24; ++point) {
    if (point == 720 * 7 || point == 720 * 12 || point == 720 * 18) {
      model.Eat(70.0);
      model.Inject(5.0);
      plate_mg += 70'000.0;
      input.meal_mg = tight[0] + tight[1] + plate_mg;
      tight[GlucoseModel::kSkinInsulin1] += 5.0 * 6000.0 / 86.07;
    }
    model.StepGrid(basal);
    const double bite = std::min(plate_mg, 5000.0 / 12.0);
    plate_mg -= bite;
    input.eaten_mg_min = 12.0 * bite;
    constexpr int kParts = 100;
    constexpr double kStepMin = 1.0 / 12.0 / kParts;
    for (int n = 0; n < kParts; ++n) {
      const State k1 = GlucoseModel::Slope(tight, input);
      State middle = tight;
      for (std::size_t i = 0; i < tight.size(); ++i) middle[i] += 0.5 * kStepMin * k1[i];
      const State k2 = GlucoseModel::Slope(middle, input);
      for (std::size_t i = 0; i < tight.size(); ++i) tight[i] += kStepMin * k2[i];
    }
    const double plasma = tight[GlucoseModel::kPlasmaGlucose] / 1.8479;
    farthest = std::max(farthest, std::abs(model.plasma_mg_dl() - plasma));
    ASSERT_TRUE(std::isfinite(model.plasma_mg_dl()));
  }
  RecordProperty("farthest_mg_dl", fmt::format("{}", farthest));
  EXPECT_LT(farthest, 1e-5);
}

// The equations written anew in Python, SciPy 1.10's solve_ivp (RK45, rtol and atol 1e-10): plasma
// glucose at 2, 3 and 5 h after 60 g, without and with a bolus of 6 U.
TEST(GlucoseModelTest, AgreesWithAnIndependentSolution) {
  constexpr struct {
    double bolus, after_2h, after_3h, after_5h;
  } kSolutions[] = {{0.0, 238.458125, 244.237197, 236.035527},
                    {6.0, 156.269188, 134.930145, 127.920918}};
  const double basal = GlucoseModel::BasalUnitsPerHour();
  for (const auto& [bolus, after_2h, after_3h, after_5h] : kSolutions) {
    GlucoseModel model;
    model.Eat(60.0);
    model.Inject(bolus);
    RunHours(model, 2, basal);
    EXPECT_NEAR(model.plasma_mg_dl(), after_2h, 1e-4) << bolus;
    RunHours(model, 1, basal);
    EXPECT_NEAR(model.plasma_mg_dl(), after_3h, 1e-4) << bolus;
    RunHours(model, 2, basal);
    EXPECT_NEAR(model.plasma_mg_dl(), after_5h, 1e-4) << bolus;
  }
}

// The 4th-order method is stable up to 2.78 over the fastest rate, insulin's: m1 + m3 = 0.5 /min.
TEST(GlucoseModelTest, ForgetsADisturbanceOfEveryState) {
  const double basal = GlucoseModel::BasalUnitsPerHour();
  GlucoseModel model;
  model.Eat(10.0);
  model.Inject(1.0);
  RunHours(model, 96, basal);
  for (std::size_t i = 0; i < GlucoseModel::kStates; ++i) {
    EXPECT_NEAR(model.state()[i], GlucoseModel::Fasting()[i], 1e-2) << i;
  }
}

TEST(GlucoseModelTest, MealRaisesGlucoseAndABolusHoldsItDown) {
  const double basal = GlucoseModel::BasalUnitsPerHour();
  GlucoseModel plain, covered;
  plain.Eat(60.0);
  covered.Eat(60.0);
  covered.Inject(6.0);
  const double plain_peak = HighestWithin(plain, 3, basal);
  const double covered_peak = HighestWithin(covered, 3, basal);
  EXPECT_GT(plain_peak, 142.75 + 60.0);
  EXPECT_LT(plain_peak, 142.75 + 200.0);
  EXPECT_LT(covered_peak, plain_peak - 20.0);
  RunHours(covered, 2, basal);
  EXPECT_LT(covered.plasma_mg_dl(), 200.0);
}

TEST(GlucoseModelTest, AMealInTwoHelpingsIsTheSameMeal) {
  GlucoseModel once, twice;
  once.Eat(80.0);
  twice.Eat(40.0);
  twice.Eat(40.0);
  RunHours(once, 2, 1.0);
  RunHours(twice, 2, 1.0);
  EXPECT_EQ(once.plasma_mg_dl(), twice.plasma_mg_dl());
}

TEST(GlucoseModelTest, NinetyPercentOfAMealAppear) {
  // Area of kabs * gut * f is f times what was eaten.
  GlucoseModel model;
  model.Eat(50.0);
  double absorbed_mg = 0.0;
  for (int i = 0; i < 720 * 24; ++i) {
    const double before = model.state()[GlucoseModel::kGut];
    model.StepGrid(1.0);
    absorbed_mg += 0.20965 * 0.5 * (before + model.state()[GlucoseModel::kGut]) / 12.0;
  }
  EXPECT_NEAR(absorbed_mg, 50'000.0, 50.0);
}

TEST(GlucoseModelTest, WithoutInsulinItRisesAndWithTooMuchItNeverFallsBelowZero) {
  GlucoseModel none;
  RunHours(none, 12, 0.0);
  EXPECT_GT(none.plasma_mg_dl(), 200.0);
  GlucoseModel overdose;
  overdose.Inject(60.0);
  for (int i = 0; i < 720 * 12; ++i) {
    overdose.StepGrid(1.0);
    ASSERT_GE(overdose.plasma_mg_dl(), -0.1);
  }
  EXPECT_LT(overdose.plasma_mg_dl(), 60.0);
}

}  // namespace
}  // namespace rig
