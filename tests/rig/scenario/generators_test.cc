// Generators of signals and models of what therapy acts on, as YAML has them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "rig/base/strict_yaml.h"
#include "rig/base/units.h"
#include "rig/v1/options.pb.h"
#include "rig/v1/scenario.pb.h"

namespace rig {
namespace {

template <typename Message>
Message Loaded(const std::string& text) {
  Message message;
  const auto where = LoadYamlText(text, "test.yaml", message);
  EXPECT_TRUE(where) << where.error().message;
  return message;
}

TEST(GeneratorsTest, SourcesAreWrittenInTheUnitsOfTheirField) {
  const auto ecog =
      Loaded<v1::Play>("{signal: a, ecog: {seizure: {onset: 60 s, interval: 5 min}}}");
  EXPECT_EQ(ecog.ecog().background(), 50e-6);
  EXPECT_EQ(ecog.ecog().seizure().amplitude(), 1e-3);
  const auto cgm = Loaded<v1::Play>(
      "{signal: a, cgm: {sensor: {gaps: [{at: 1 h, duration: 10 min}]}, meals: [{at: 30 min, "
      "carbohydrate: 60 g}], boluses: [{at: 30 min, units: 5}]}}");
  EXPECT_DOUBLE_EQ(cgm.cgm().sensor().low(), 0.39);
  EXPECT_DOUBLE_EQ(cgm.cgm().meals(0).carbohydrate(), 0.06);
  const auto probe = Loaded<v1::Play>("{signal: a, thermistor: {temperature: 310.15 K}}");
  EXPECT_EQ(probe.thermistor().divider(), 2252.0);
  const auto airway = Loaded<v1::Play>(
      "{signal: a, airway: {quantity: flow, rate: 20 bpm, pressure: 10 hPa, lung: {compliance: 50 "
      "mL/hPa, resistance: 5 hPa.s/L, effort: {rate: 12 bpm, pressure: 3 hPa}}}}");
  EXPECT_DOUBLE_EQ(airway.airway().lung().compliance(), 5e-7);
  EXPECT_DOUBLE_EQ(airway.airway().lung().resistance(), 5e5);
}

TEST(GeneratorsTest, PlantsAreWrittenInTheUnitsOfTheirField) {
  const auto brain = Loaded<v1::Plant>(
      "{name: b, brain: {pulses: p, electrodes: [{signal: ecog}], seizure: {onset: 1 min}}}");
  EXPECT_EQ(brain.brain().advance(), 500'000'000);
  const auto patient = Loaded<v1::Plant>(
      "{name: g, glucose: {motor: m, glucose: cgm, units_per_step: 0.05, sensor: {}}}");
  EXPECT_EQ(patient.glucose().sensor().period(), 300'000'000'000);
  const auto lung = Loaded<v1::Plant>(
      "{name: l, lung: {inspiratory: i, expiratory: e, pressure: p, lung: {compliance: 50 mL/hPa, "
      "resistance: 5 hPa.s/L}}}");
  EXPECT_DOUBLE_EQ(lung.lung().inspiratory_resistance(), 2e7);
}

}  // namespace
}  // namespace rig
