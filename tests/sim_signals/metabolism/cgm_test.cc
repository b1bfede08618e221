#include <gtest/gtest.h>

#include <cmath>

#include "sim_signals/catalogue/plants.h"
#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

constexpr Duration kSecond = std::chrono::seconds(1);
constexpr std::int64_t kMinuteNs = 60'000'000'000;
const SourceContext kCgm = {1, "cgm", "kg/m3", {}};

void SetSensor(v1::GlucoseSensor& sensor, double noise) {
  sensor.set_period(5 * kMinuteNs);
  sensor.set_noise(noise);
  sensor.set_low(0.39);
  sensor.set_high(6.0);
  sensor.set_seed(1);
}

v1::Play CgmPlay(double noise = 1.0) {
  v1::Play play;
  SetSensor(*play.mutable_cgm()->mutable_sensor(), noise);
  play.mutable_cgm()->set_basal(1.0);
  return play;
}

Rendering PerMinute(const v1::Play& play, int minutes, std::uint64_t seed = 1) {
  return Render(*Make(play, {seed, "cgm", "kg/m3", {}}), static_cast<std::size_t>(minutes), 256,
                RunTime(), 60 * kSecond);
}

TEST(CgmSourceTest, ReadsTheFastingLevelAndHoldsItBetweenReadings) {
  const Rendering r = PerMinute(CgmPlay(0.0), 60);
  for (const double v : r.values) EXPECT_NEAR(v, 1.4275, 1e-9);
  EXPECT_EQ(r.Of("glucose").size(), 12u);
  const Rendering noisy = PerMinute(CgmPlay(), 60);
  for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ(noisy.values[i], noisy.values[i / 5 * 5]) << i;
  EXPECT_NE(noisy.values[0], noisy.values[5]);
}

TEST(CgmSourceTest, LagsBehindThePlasmaAfterAMeal) {
  v1::Play play = CgmPlay(0.0);
  v1::Meal& meal = *play.mutable_cgm()->add_meals();
  meal.set_at(60 * kMinuteNs);
  meal.set_carbohydrate(0.075);
  const Rendering r = PerMinute(play, 240);
  const auto plasma = r.Of("glucose");
  ASSERT_EQ(plasma.size(), 48u);
  EXPECT_NEAR(plasma[12].value, 1.4275, 1e-9);
  EXPECT_GT(plasma[18].value, r.values[90] + 0.05);  // half an hour later, 5 mg/dL behind
  EXPECT_GT(Largest(r.values), 2.0);
}

// At 15 min: a first-order process of coefficient 0.7 through a Johnson S_U transform.
TEST(CgmSourceTest, ErrorHasThePublishedMomentsAndMemory) {
  double sum = 0.0, squares = 0.0, lagged = 0.0;
  int count = 0, pairs = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Rendering r = PerMinute(CgmPlay(), 24 * 60, seed);
    double before = NAN;
    for (std::size_t i = 0; i < r.values.size(); i += 15, ++count) {
      const double e = 100.0 * r.values[i] - 142.75;
      sum += e;
      squares += e * e;
      if (!std::isnan(before)) lagged += e * before, ++pairs;
      before = e;
    }
  }
  const double variance = 0.49 / 0.51, d2 = 1.6898 * 1.6898, shift = 0.5444 / 1.6898;
  const double mean = -5.471 + 15.9574 * std::sinh(shift) * std::exp(0.5 * variance / d2);
  const double w = std::exp(variance / d2);
  const double spread = 15.9574 * std::sqrt(0.5 * (w - 1) * (w * std::cosh(2 * shift) + 1));
  const double measured_mean = sum / count;
  const double measured_variance = squares / count - measured_mean * measured_mean;
  EXPECT_NEAR(measured_mean, mean, 1.0);
  EXPECT_NEAR(std::sqrt(measured_variance), spread, 0.08 * spread);
  EXPECT_NEAR((lagged / pairs - measured_mean * measured_mean) / measured_variance, 0.7, 0.05);
}

TEST(CgmSourceTest, GapReadsZeroAndIsTold) {
  v1::Play play = CgmPlay(0.0);
  v1::SensorGap& gap = *play.mutable_cgm()->mutable_sensor()->add_gaps();
  gap.set_at(20 * kMinuteNs);
  gap.set_duration(15 * kMinuteNs);
  const Rendering r = PerMinute(play, 60);
  EXPECT_GT(r.values[19], 1.0);
  for (std::size_t i = 20; i < 35; ++i) EXPECT_EQ(r.values[i], 0.0) << i;
  EXPECT_GT(r.values[35], 1.0);
  EXPECT_EQ(r.Of("sensor_gap").at(4).value, 1.0);
  EXPECT_EQ(r.Of("sensor_gap").at(7).value, 0.0);
  EXPECT_GT(r.Of("glucose").at(5).value, 1.0);  // the patient has glucose all the same
}

TEST(CgmSourceTest, AGapOrAMealLeavesTheErrorsNumbersAlone) {
  v1::Play gapped = CgmPlay();
  v1::SensorGap& gap = *gapped.mutable_cgm()->mutable_sensor()->add_gaps();
  gap.set_at(20 * kMinuteNs);
  gap.set_duration(60 * kMinuteNs);
  const Rendering a = PerMinute(CgmPlay(), 300);
  const Rendering b = PerMinute(gapped, 300);
  for (std::size_t i = 80; i < 300; ++i) EXPECT_EQ(a.values[i], b.values[i]) << i;
}

TEST(CgmSourceTest, StaysWithinTheSensorsLimits) {
  v1::Play play = CgmPlay(3.0);
  v1::Bolus& bolus = *play.mutable_cgm()->add_boluses();
  bolus.set_units(25.0);
  const Rendering r = PerMinute(play, 12 * 60);
  EXPECT_EQ(Smallest(r.values), 0.39);
  EXPECT_LE(Largest(r.values), 6.0);
}

TEST(CgmSourceTest, GivesTheSameBitsInBlocksOfAnySizeAndAtAnyRate) {
  v1::Play play = CgmPlay();
  play.mutable_cgm()->add_meals()->set_carbohydrate(0.05);
  const Rendering whole = Render(*Make(play, kCgm), 400, 400, RunTime(), 60 * kSecond);
  EXPECT_EQ(Render(*Make(play, kCgm), 400, 1, RunTime(), 60 * kSecond).values, whole.values);
  const Rendering fine = Render(*Make(play, kCgm), 4000, 7, RunTime(), 6 * kSecond);
  for (std::size_t i = 0; i < 400; ++i) ASSERT_EQ(fine.values[10 * i], whole.values[i]);
}

TEST(CgmSourceTest, RefusesWhatCannotBe) {
  v1::Play play = CgmPlay();
  play.mutable_cgm()->mutable_sensor()->set_period(0);
  EXPECT_FALSE(MakeSource(play, kCgm, RunTime()));
  play = CgmPlay();
  play.mutable_cgm()->add_meals()->set_carbohydrate(std::nan(""));
  EXPECT_FALSE(MakeSource(play, kCgm, RunTime()));
  EXPECT_FALSE(MakeSource(CgmPlay(), {1, "cgm", "V", {}}, RunTime()));
}

// A patient with a pump that gives what it is told.
class GlucosePatientTest : public testing::Test {
 protected:
  GlucosePatientTest() {
    plant_.set_name("patient");
    v1::GlucosePatient& patient = *plant_.mutable_glucose();
    patient.set_motor("motor");
    patient.set_glucose("cgm");
    patient.set_units_per_step(0.05);
    SetSensor(*patient.mutable_sensor(), 0.0);
    model_ = std::move(*MakePlant(plant_));
  }
  void Run(int seconds, double units_per_hour, Duration step = kSecond) {
    for (Duration t{}; t < seconds * kSecond; t += step) {
      turned_ += units_per_hour / 3600.0 * Seconds(step) / 0.05;
      const double counter = std::floor(turned_);
      model_->Step(step, std::span(&counter, 1), std::span(&output_, 1), states_);
    }
  }

  v1::Plant plant_;
  std::unique_ptr<PlantModel> model_;
  double turned_ = 0.0, output_ = 0.0;
  std::vector<double> states_ = std::vector<double>(4);
};

TEST_F(GlucosePatientTest, BasalRateHoldsTheFastingLevel) {
  Run(12 * 3600, 1.25835);
  EXPECT_NEAR(states_[0], 1.4275, 0.02);
  EXPECT_NEAR(states_[2], 12 * 1.25835, 0.051);
  EXPECT_NEAR(output_, states_[1], 1e-3);
}

TEST_F(GlucosePatientTest, StoppedPumpLetsItRiseAndAFastOneSink) {
  Run(8 * 3600, 0.0);
  EXPECT_GT(states_[0], 1.8);
  model_ = std::move(*MakePlant(plant_));
  turned_ = 0.0;
  Run(8 * 3600, 3.0);
  EXPECT_LT(states_[0], 1.0);
}

TEST_F(GlucosePatientTest, DoesNotDependOnThePeriodOfThePlant) {
  turned_ = 100.0;  // 5 U at once
  Run(3600, 0.0, std::chrono::milliseconds(1000));
  const double coarse = states_[0];
  model_ = std::move(*MakePlant(plant_));
  Run(3600, 0.0, std::chrono::milliseconds(100));
  EXPECT_EQ(states_[0], coarse);
}

TEST_F(GlucosePatientTest, ReadsFromTheStartAndRefusesASetting) {
  const double counter = 0.0;
  model_->Step(Duration(0), std::span(&counter, 1), std::span(&output_, 1), states_);
  EXPECT_NEAR(output_, 1.4275, 1e-9);
  EXPECT_FALSE(model_->Apply(v1::PlantSetting()));
  plant_.mutable_glucose()->set_units_per_step(0.0);
  EXPECT_FALSE(MakePlant(plant_));
}

}  // namespace
}  // namespace rig
