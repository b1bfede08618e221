#include "sim_signals/infusion_line.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim_signals/catalogue/plants.h"

namespace rig {
namespace {

constexpr double kStepM3 = 1e-10;            // 0.1 uL
constexpr double kComplianceM3Pa = 1e-11;    // 0.010 mL/kPa
constexpr double kFlowM3S = 12e-6 / 3600.0;  // 12 mL/h
constexpr double kVenousPa = 1000.0;
constexpr double kResistance = 14000.0 / kFlowM3S;  // 15 kPa in the line at 12 mL/h

// A plant with its surroundings: a motor that turns at a steady flow.
class InfusionLineTest : public testing::Test {
 protected:
  InfusionLineTest() {
    v1::Plant plant;
    plant.set_name("line");
    v1::InfusionLine& line = *plant.mutable_infusion_line();
    line.set_motor("motor");
    line.set_pressure("pressure");
    line.set_encoder("encoder");
    line.set_air("air");
    line.set_step_volume(kStepM3);
    line.set_compliance(kComplianceM3Pa);
    line.set_resistance(kResistance);
    line.set_venous_pressure(kVenousPa);
    line.set_steps_per_encoder_pulse(20);
    model_ = std::move(*MakePlant(plant));
  }

  void Run(double seconds, double flow_m3_s, Duration step = std::chrono::milliseconds(10)) {
    const auto steps = std::lround(seconds / Seconds(step));
    for (long i = 0; i < steps; ++i) {
      turned_ += flow_m3_s * Seconds(step) / kStepM3;
      const double before = outputs_[1];
      const double counter = std::floor(turned_);
      model_->Step(step, std::span(&counter, 1), outputs_, states_);
      toggles_ += outputs_[1] != before;
    }
  }
  void SetClamp(bool closed) {
    v1::PlantSetting setting;
    setting.set_clamp(closed);
    ASSERT_TRUE(model_->Apply(setting));
  }
  double pressure_pa() const { return outputs_[0]; }
  double air_v() const { return outputs_[2]; }
  double delivered_m3() const { return states_[0]; }

  std::unique_ptr<PlantModel> model_;
  double turned_ = 0.0;
  int toggles_ = 0;
  std::vector<double> outputs_ = std::vector<double>(3);
  std::vector<double> states_ = std::vector<double>(5);
};

TEST_F(InfusionLineTest, OcclusionTakesTheTimeAndVolumeOfTheWorkedCase) {
  Run(3600, kFlowM3S);
  ASSERT_NEAR(pressure_pa(), 15000.0, 20.0);
  SetClamp(true);
  const double before = turned_;
  double seconds = 0.0;
  for (; pressure_pa() < 85000.0 && seconds < 1000.0; seconds += 0.1) Run(0.1, kFlowM3S);
  EXPECT_NEAR(seconds, 210.0, 0.5);
  EXPECT_NEAR((turned_ - before) * kStepM3 * 1e6, 0.70, 0.002);  // mL
  EXPECT_EQ(states_[4], 1.0);
}

TEST_F(InfusionLineTest, ReleaseDeliversTheBolusThatWasStored) {
  SetClamp(true);
  Run(240, kFlowM3S);
  const double stored = kComplianceM3Pa * (pressure_pa() - kVenousPa);
  ASSERT_EQ(delivered_m3(), 0.0);
  SetClamp(false);
  Run(600, 0.0);
  EXPECT_NEAR(delivered_m3(), stored, 1e-4 * stored);
  EXPECT_NEAR(pressure_pa(), kVenousPa, 1.0);
}

TEST_F(InfusionLineTest, DeliversWhatWasPumpedLessWhatTheLineHolds) {
  Run(1800, kFlowM3S);
  const double held = kComplianceM3Pa * (pressure_pa() - kVenousPa);
  EXPECT_NEAR(delivered_m3() + held, std::floor(turned_) * kStepM3, 1e-15);
  EXPECT_NEAR(states_[2], kFlowM3S, 0.05 * kFlowM3S);
}

TEST_F(InfusionLineTest, SolutionDoesNotDependOnThePeriod) {
  InfusionLineTest::Run(20, 1e-8, std::chrono::seconds(1));
  const double coarse = pressure_pa();
  const double decay = std::exp(-20.0 / (kResistance * kComplianceM3Pa));
  EXPECT_NEAR(coarse, kVenousPa + kResistance * 1e-8 * (1.0 - decay), 1e-6 * coarse);
}

TEST_F(InfusionLineTest, EncoderGivesAPulsePerTwentySteps) {
  Run(60, 2000 * kStepM3 / 60);  // 2000 steps
  EXPECT_NEAR(toggles_, 200, 1);
}

TEST_F(InfusionLineTest, EncoderTogglesOnceAPeriodAndCarriesTheRest) {
  Run(1.0, 100 * kStepM3, std::chrono::seconds(1));  // 10 toggles due, one made
  EXPECT_EQ(toggles_, 1);
  Run(9.0, 0.0, std::chrono::seconds(1));
  EXPECT_EQ(toggles_, 10);
}

TEST_F(InfusionLineTest, DriveSlipStopsFluidAndEncoder) {
  v1::PlantSetting setting;
  setting.set_drive_slip(true);
  ASSERT_TRUE(model_->Apply(setting));
  Run(60, kFlowM3S);
  EXPECT_EQ(delivered_m3(), 0.0);
  EXPECT_EQ(pressure_pa(), kVenousPa);
  EXPECT_EQ(toggles_, 0);
  setting.set_drive_slip(false);
  ASSERT_TRUE(model_->Apply(setting));
  Run(60, kFlowM3S);
  EXPECT_NEAR(delivered_m3() + kComplianceM3Pa * (pressure_pa() - kVenousPa), kFlowM3S * 60, 2e-10);
}

TEST_F(InfusionLineTest, BubbleIsSeenWhileItsVolumePasses) {
  Run(1, kFlowM3S);
  EXPECT_EQ(air_v(), 1.5);
  v1::PlantSetting setting;
  setting.set_air_bubble(100e-9);  // 100 uL: 30 s at 12 mL/h
  ASSERT_TRUE(model_->Apply(setting));
  Run(29.5, kFlowM3S);
  EXPECT_EQ(air_v(), 0.05);
  Run(1.0, kFlowM3S);
  EXPECT_EQ(air_v(), 1.5);
  EXPECT_NEAR(states_[3], 100e-9, 1e-20);
}

TEST_F(InfusionLineTest, CounterThatStartsAgainDeliversNothingForThat) {
  Run(10, kFlowM3S);
  const double before = delivered_m3() + kComplianceM3Pa * (pressure_pa() - kVenousPa);
  turned_ = 0.0;
  Run(0.01, 0.0);
  EXPECT_NEAR(delivered_m3() + kComplianceM3Pa * (pressure_pa() - kVenousPa), before, 1e-18);
}

TEST_F(InfusionLineTest, ListsItsSignalsAndStates) {
  EXPECT_EQ(model_->inputs(), std::vector<std::string>{"motor"});
  ASSERT_EQ(model_->outputs().size(), 3u);
  EXPECT_TRUE(model_->outputs()[1].line);
  EXPECT_EQ(model_->outputs()[0].unit, "Pa");
  EXPECT_EQ(model_->states()[0].name, "delivered_volume");
}

TEST_F(InfusionLineTest, RefusesASettingWithoutAChange) {
  EXPECT_FALSE(model_->Apply(v1::PlantSetting()));
  v1::PlantSetting setting;
  setting.set_air_bubble(std::nan(""));
  EXPECT_FALSE(model_->Apply(setting));
}

TEST(MakePlantTest, RefusesACompliancelessLineAndNoModel) {
  v1::Plant plant;
  plant.set_name("line");
  EXPECT_FALSE(MakePlant(plant));
  plant.mutable_infusion_line()->set_step_volume(1e-10);
  plant.mutable_infusion_line()->set_resistance(1.0);
  const auto made = MakePlant(plant);
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message.find("compliance"), std::string::npos);
}

}  // namespace
}  // namespace rig
