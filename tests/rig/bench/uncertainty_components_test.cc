#include "rig/bench/uncertainty_components.h"

#include <gmock/gmock.h>

#include <cmath>

#include "rig/bench/bench.h"
#include "rig/check/uncertainty/budget.h"
#include "tests/rig/edited_file.h"

namespace rig {
namespace {

using testing::HasSubstr;

// The corpus' bench with its injector's calibration replaced.
class UncertaintyComponentsTest : public testing::Test {
 protected:
  ~UncertaintyComponentsTest() override { std::filesystem::remove_all(TestFolder()); }

  static v1::UncertaintyBudget Budget(const std::string& channel, const std::string& from = "",
                                      const std::string& to = "") {
    const auto bench = LoadBench(EditedFile(TestFolder(), "bench.yaml", from, to));
    if (!bench) {
      ADD_FAILURE() << bench.error().message;
      return {};
    }
    v1::UncertaintyBudget budget = UncertaintyComponents(bench->message, channel);
    uncertainty::Complete(budget);
    return budget;
  }
};

constexpr char kCalibrated[] = "uncertainty: 0.1 mV";
constexpr double kStepVolts = 5.0 / 65535;  // 16 bits over 5 V

TEST_F(UncertaintyComponentsTest, CombinesCertificateDriftAndResolution) {
  const auto budget = Budget("observed.ecg", kCalibrated, "uncertainty: 0.1 mV, drift: 0.2 mV");
  ASSERT_EQ(budget.value_size(), 3);
  EXPECT_EQ(budget.value(0).name(), "calibration");
  EXPECT_THAT(budget.value(0).source(), HasSubstr("serial C-1"));
  const double volts =
      std::sqrt(std::pow(0.05e-3, 2) + std::pow(0.2e-3, 2) / 3 + std::pow(kStepVolts, 2) / 12);
  // 500 V at the pin per volt of the signal.
  EXPECT_NEAR(budget.expanded(), 2 * volts / 500, 1e-15);
  EXPECT_EQ(budget.unit(), "V");
}

TEST_F(UncertaintyComponentsTest, IsInTheChannelsOwnUnit) {
  const auto budget = Budget("observed.pressure");
  // 20 mV per kPa is 20 uV per pascal.
  const double volts = std::sqrt(std::pow(0.05e-3, 2) + std::pow(kStepVolts, 2) / 12);
  EXPECT_NEAR(budget.expanded(), 2 * volts / 20e-6, 1e-9);
}

TEST_F(UncertaintyComponentsTest, TimesOfAStimulusAreKnownToHalfAnUpdateAndTheClock) {
  const auto budget = Budget("observed.ecg", kCalibrated,
                             "uncertainty: 0.1 mV, time_resolution: 1 us, clock: 50 ppm");
  EXPECT_NEAR(budget.time_standard_s(), std::hypot(1e-3, 0.5e-6) / std::sqrt(3.0), 1e-15);
  EXPECT_NEAR(budget.clock_standard(), 50e-6 / std::sqrt(3.0), 1e-18);
}

TEST_F(UncertaintyComponentsTest, AFixtureWithoutCalibrationIsAModelAndExact) {
  for (const char* channel : {"observed.power", "observed.buzzer", "observed.motor"}) {
    const auto budget = Budget(channel);
    EXPECT_EQ(budget.expanded(), 0) << channel;
    EXPECT_EQ(budget.time_standard_s(), 0) << channel;
    EXPECT_THAT(budget.note(), HasSubstr("is a model")) << channel;
  }
}

TEST_F(UncertaintyComponentsTest, ACalibratedCaptureHasTimesAndCountsButNoVolts) {
  const auto budget =
      Budget("observed.motor", "virtual_capture: {channels: 3}}",
             "virtual_capture: {channels: 3}, calibration: {date: 2024-01-31, due: 2025-01-31, "
             "serial: C-2, time_resolution: 2 ms}}");
  EXPECT_EQ(budget.value_size(), 0);
  // Half of 2 ms, and half of the 10 ms at which the count is recorded.
  EXPECT_NEAR(budget.time_standard_s(), std::hypot(1e-3, 5e-3) / std::sqrt(3.0), 1e-15);
}

TEST_F(UncertaintyComponentsTest, ACodeHasTheTimesOfItsLines) {
  const auto budget = Budget("observed.current", "wiring:\n",
                             R"(  - name: pulses
    virtual_capture: {channels: 3}
    calibration: {date: 2024-01-31, due: 2025-01-31, serial: C-2, time_resolution: 2 us}
coded_outputs:
  - {signal: current, bits: [bit], step: 0.1 mA, positive: anodic, negative: cathodic}
wiring:
  - {signal: bit, fixture: pulses, pin: PC0}
  - {signal: anodic, fixture: pulses, channel: 1, pin: PC1}
  - {signal: cathodic, fixture: pulses, channel: 2, pin: PC2}
)");
  EXPECT_EQ(budget.unit(), "A");
  EXPECT_EQ(budget.value_size(), 0);
  EXPECT_NEAR(budget.time_standard_s(), 1e-6 / std::sqrt(3.0), 1e-15);
}

TEST_F(UncertaintyComponentsTest, TruthReachesThePinWithTheNextUpdate) {
  const auto budget = Budget("truth.ecg.asystole");
  EXPECT_EQ(budget.value_size(), 0);
  EXPECT_NEAR(budget.time_standard_s(), 1e-3 / std::sqrt(3.0), 1e-15);
}

TEST_F(UncertaintyComponentsTest, WhatWasAskedAndWhatTheDeviceSaysIsWhatItIs) {
  for (const char* channel : {"commanded.ecg", "device.heart_rate", "plant.line.flow"}) {
    const auto budget = Budget(channel);
    EXPECT_EQ(budget.expanded() + budget.time_standard_s() + budget.clock_standard(), 0);
    EXPECT_THAT(budget.note(), HasSubstr("exact"));
  }
}

TEST_F(UncertaintyComponentsTest, CalibrationsAreLoadedStrictly) {
  for (const auto& [wrong, expected] :
       {std::pair("drift: 3 ms", "expected"), std::pair("clock: 5000 ppm", "1000 ppm"),
        std::pair("time_resolution: -1 us", "expected"), std::pair("tempco: 1 uV", "tempco")}) {
    const auto bench = LoadBench(EditedFile(TestFolder(), "bench.yaml", kCalibrated,
                                            std::string("uncertainty: 0.1 mV, ") + wrong));
    ASSERT_FALSE(bench) << wrong;
    EXPECT_THAT(bench.error().message, HasSubstr(expected));
  }
}

// Real fixtures, timed by the host and by a card.
class RealTimesTest : public testing::Test {
 protected:
  v1::UncertaintyComponent TimeRow(const std::string& channel, const std::string& name) const {
    const auto budget = UncertaintyComponents(bench_.message, channel);
    for (const auto& row : budget.time()) {
      if (row.name() == name) return row;
    }
    ADD_FAILURE() << channel << " has no row " << name;
    return {};
  }
  const LoadedBench bench_ = LoadBench(std::filesystem::path(RIG_SOURCE_DIR) /
                                       "scenarios/patient_monitor/bench/table.yaml")
                                 .value();
};

TEST_F(RealTimesTest, ReportsAreAsLateAsTheirLink) {
  EXPECT_EQ(TimeRow("device.heart_rate", "latency").half_width(), 5e-3);
}

TEST_F(RealTimesTest, SuppliesAreTimedByTheHost) {
  EXPECT_EQ(TimeRow("observed.power", "host").half_width(), 100e-3);
  EXPECT_EQ(TimeRow("commanded.power", "host").half_width(), 100e-3);
}

TEST_F(RealTimesTest, TheCardsFrameAndClockCount) {
  EXPECT_EQ(TimeRow("observed.lamp_red", "frame").half_width(), 50e-6);
  EXPECT_EQ(TimeRow("observed.ecg", "slip").half_width(), 100e-6);
  const auto budget = UncertaintyComponents(bench_.message, "observed.lamp_red");
  ASSERT_EQ(budget.clock_size(), 1);
  EXPECT_EQ(budget.clock(0).half_width(), 100e-6);  // health's, above the certificate's 50 ppm
}

}  // namespace
}  // namespace rig
