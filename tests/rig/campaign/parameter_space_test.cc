#include "rig/campaign/parameter_space.h"

#include <gtest/gtest.h>

namespace rig {
namespace {

void Add(v1::Scenario& scenario, const char* name, const char* value, const char* low,
         const char* high) {
  v1::Parameter& parameter = *scenario.add_parameters();
  parameter.set_name(name);
  parameter.set_value(value);
  parameter.set_low(low);
  parameter.set_high(high);
}

v1::Scenario Scenario() {
  v1::Scenario scenario;
  Add(scenario, "rate", "72 bpm", "30 bpm", "200 bpm");
  Add(scenario, "fixed", "1 mV", "", "");
  Add(scenario, "at", "20 s", "10 s", "0.5 min");
  return scenario;
}

TEST(ParameterSpaceTest, HasAnAxisPerRange) {
  const auto space = ParameterSpace::Of(Scenario(), {});
  ASSERT_TRUE(space);
  EXPECT_EQ(space->dimensions(), 2u);
  EXPECT_EQ(space->At({0.5, 0.25}), (ParameterValues{{"rate", "115 bpm"}, {"at", "15 s"}}));
}

TEST(ParameterSpaceTest, WritesTemperaturesInCelsius) {
  v1::Scenario scenario;
  Add(scenario, "t", "37 °C", "35 °C", "41 °C");
  const auto space = ParameterSpace::Of(scenario, {});
  ASSERT_TRUE(space);
  EXPECT_EQ(space->At({0.5}), (ParameterValues{{"t", "38 °C"}}));
}

TEST(ParameterSpaceTest, AGivenValueIsNotVaried) {
  const auto space = ParameterSpace::Of(Scenario(), {{"rate", "100 bpm"}});
  ASSERT_TRUE(space);
  EXPECT_EQ(space->At({1}), (ParameterValues{{"at", "0.5 min"}}));
}

TEST(ParameterSpaceTest, RoundingNeverLeavesTheRange) {
  v1::Scenario scenario;
  Add(scenario, "x", "0.33333333333", "0.33333333333", "0.66666666666");
  const auto space = ParameterSpace::Of(scenario, {});
  ASSERT_TRUE(space);
  EXPECT_EQ(space->At({1e-9}).at("x"), "0.33333333333");
  EXPECT_EQ(space->At({1 - 1e-9}).at("x"), "0.66666666666");
}

}  // namespace
}  // namespace rig
