#include "sim_signals/lung/ventilated_lung.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim_signals/catalogue/plants.h"

namespace rig {
namespace {

constexpr double kCompliance = 50e-6 / 100.0;        // 50 mL/hPa
constexpr double kResistance = 20.0 * 100.0 / 1e-3;  // 20 hPa.s/L
constexpr double kInspiratory = 2e7;                 // 200 hPa.s/L
constexpr double kExpiratory = 2e5;
constexpr double kSupply = 1e4;
constexpr double kPeep = 500.0;

class VentilatedLungTest : public testing::Test {
 protected:
  VentilatedLungTest() {
    plant_.set_name("lung");
    v1::VentilatedLung& lung = *plant_.mutable_lung();
    lung.set_inspiratory("inspiratory");
    lung.set_expiratory("expiratory");
    lung.set_pressure("pressure");
    lung.set_flow("flow");
    lung.mutable_lung()->set_compliance(kCompliance);
    lung.mutable_lung()->set_resistance(kResistance);
    lung.set_supply(kSupply);
    lung.set_inspiratory_resistance(kInspiratory);
    lung.set_expiratory_resistance(kExpiratory);
    lung.set_peep(kPeep);
    Begin();
  }
  void Begin() { model_ = std::move(*MakePlant(plant_)); }
  void Run(double seconds, double inspiratory, double expiratory,
           Duration step = std::chrono::milliseconds(10)) {
    const double levels[] = {inspiratory, expiratory};
    for (long i = 0; i < std::lround(seconds / Seconds(step)); ++i) {
      model_->Step(step, levels, outputs_, states_);
    }
  }
  void Set(bool disconnected, bool blocked) {
    v1::PlantSetting setting;
    setting.set_disconnected(disconnected);
    ASSERT_TRUE(model_->Apply(setting));
    setting.set_blocked(blocked);
    ASSERT_TRUE(model_->Apply(setting));
  }
  double volume_m3() const { return states_[0]; }
  double pressure_pa() const { return outputs_[0]; }
  double flow_m3_s() const { return outputs_[1]; }

  v1::Plant plant_;
  std::unique_ptr<PlantModel> model_;
  std::vector<double> outputs_ = std::vector<double>(2);
  std::vector<double> states_ = std::vector<double>(6);
};

TEST_F(VentilatedLungTest, FillsAsTheExponentialOfSupplyValveAndAirway) {
  Run(1.0, 1.0, 0.0);
  const double lag = kCompliance * (kResistance + kInspiratory);
  const double settled = kCompliance * kSupply;
  const double expected = settled + (kCompliance * kPeep - settled) * std::exp(-1.0 / lag);
  EXPECT_NEAR(volume_m3(), expected, 1e-12);
  EXPECT_NEAR(states_[1], expected - kCompliance * kPeep, 1e-12);
  EXPECT_NEAR(flow_m3_s(), (kSupply - pressure_pa()) / kInspiratory, 1e-15);
}

TEST_F(VentilatedLungTest, EmptiesToPeep) {
  Run(1.0, 1.0, 0.0);
  Run(20.0, 0.0, 1.0);
  EXPECT_NEAR(pressure_pa(), kPeep, 0.1);
  EXPECT_NEAR(volume_m3(), kCompliance * kPeep, 1e-9);
}

TEST_F(VentilatedLungTest, SolutionDoesNotDependOnThePeriod) {
  Run(1.0, 0.5, 0.0, std::chrono::milliseconds(1));
  const double fine = volume_m3();
  Begin();
  Run(1.0, 0.5, 0.0, std::chrono::milliseconds(500));
  EXPECT_NEAR(volume_m3(), fine, 1e-12);
}

TEST_F(VentilatedLungTest, HalfOpenValveConductsHalf) {
  Run(0.01, 0.5, 0.0);
  const double lung_pa = volume_m3() / kCompliance;
  EXPECT_NEAR(flow_m3_s(), (kSupply - lung_pa) / (2 * kInspiratory + kResistance), 1e-12);
}

TEST_F(VentilatedLungTest, HoldsItsVolumeBehindClosedValves) {
  Run(1.0, 1.0, 0.0);
  const double held = volume_m3();
  Run(10.0, 0.0, 0.0);
  EXPECT_EQ(volume_m3(), held);
  EXPECT_NEAR(pressure_pa(), held / kCompliance, 1e-9);
  EXPECT_NEAR(flow_m3_s(), 0.0, 1e-15);
}

TEST_F(VentilatedLungTest, LeakEmptiesItSlowly) {
  constexpr double kLeak = 5000e-6 / 60.0 / 2000.0;  // 5 L/min at 20 hPa
  plant_.mutable_lung()->mutable_lung()->set_leak(kLeak);
  Begin();
  Run(1.0, 1.0, 0.0);
  const double held = volume_m3();
  Run(2.0, 0.0, 0.0);
  const double lag = kCompliance * (kResistance + 1.0 / kLeak);
  EXPECT_NEAR(volume_m3(), held * std::exp(-2.0 / lag), 1e-12);
}

TEST_F(VentilatedLungTest, DisconnectedTheCircuitHasNoPressureAndTheLungEmpties) {
  Run(1.0, 1.0, 0.0);
  Set(true, false);
  Run(10.0, 1.0, 0.0);
  EXPECT_LT(pressure_pa(), 20.0);
  EXPECT_NEAR(volume_m3(), 0.0, 1e-6);
  Set(false, false);
  Run(1.0, 1.0, 0.0);
  EXPECT_GT(pressure_pa(), 500.0);
}

TEST_F(VentilatedLungTest, BlockedThePressureGoesToTheSupplyAndNothingFlows) {
  Run(0.5, 0.2, 0.0);
  const double held = volume_m3();
  Set(false, true);
  Run(0.01, 1.0, 0.0);
  EXPECT_NEAR(pressure_pa(), kSupply, 1e-6);
  EXPECT_NEAR(flow_m3_s(), 0.0, 1e-15);
  EXPECT_EQ(volume_m3(), held);
}

TEST_F(VentilatedLungTest, EffortDrawsGasThroughTheValves) {
  v1::Effort& effort = *plant_.mutable_lung()->mutable_lung()->mutable_effort();
  effort.set_rate(0.25);
  effort.set_pressure(500.0);
  effort.set_inspiration(1'000'000'000);
  Begin();
  Run(0.5, 0.0, 1.0);
  EXPECT_GT(volume_m3(), kCompliance * kPeep + 50e-6);
  EXPECT_LT(pressure_pa(), kPeep);
  EXPECT_NEAR(states_[5], 500.0, 0.01);
}

TEST_F(VentilatedLungTest, ListsItsSignalsAndRefusesWhatItHasNot) {
  EXPECT_TRUE(model_->inputs().empty());
  EXPECT_EQ(model_->levels(), (std::vector<std::string>{"inspiratory", "expiratory"}));
  v1::PlantSetting setting;
  setting.set_clamp(true);
  EXPECT_FALSE(model_->Apply(setting));
  plant_.mutable_lung()->set_expiratory_resistance(0.0);
  EXPECT_FALSE(MakePlant(plant_));
}

}  // namespace
}  // namespace rig
