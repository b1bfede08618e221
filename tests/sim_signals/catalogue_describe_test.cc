#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rig/base/units.h"
#include "sim_signals/catalogue/describe.h"

namespace rig {
namespace {

const GeneratorDescription& Find(const std::vector<GeneratorDescription>& generators,
                                 const std::string& key) {
  const auto found = std::find_if(generators.begin(), generators.end(),
                                  [&](const auto& generator) { return generator.key == key; });
  EXPECT_NE(found, generators.end()) << key;
  return *found;
}

TEST(GeneratorsTest, EachSaysWhatItIsAndSoDoesEachParameter) {
  for (const GeneratorDescription& generator : Generators()) {
    EXPECT_NE(generator.text, "") << generator.key;
    EXPECT_TRUE(generator.unit.empty() || ParseUnit(generator.unit)) << generator.key;
    for (const ParameterDescription& parameter : generator.parameters) {
      EXPECT_NE(parameter.text, "") << generator.key << "." << parameter.key;
    }
  }
}

TEST(GeneratorsTest, TellsDefaultRangeAndChoicesAsInYaml) {
  const auto generators = Generators();
  const GeneratorDescription& ecg = Find(generators, "ecg");
  EXPECT_EQ(ecg.kind, "source");
  EXPECT_EQ(ecg.unit, "V");
  EXPECT_EQ(ecg.parameters[0].range, "i, ii, iii, avr, avl, avf, v1, v2, v3, v4, v5, v6");
  EXPECT_EQ(ecg.parameters[1].key, "amplitude");
  EXPECT_EQ(ecg.parameters[1].value, "1 mV");
  EXPECT_EQ(ecg.parameters[1].range, "10 uV to 10 mV");
  EXPECT_EQ(Find(generators, "sinus").parameters[0].value, "required");
  EXPECT_EQ(Find(generators, "mains").kind, "artefact");
  std::vector<std::string> of_all;
  for (const auto& parameter : Find(generators, "artefacts").parameters) {
    of_all.push_back(parameter.key);
  }
  EXPECT_THAT(of_all, testing::ElementsAre("from", "until", "snr", "on_for", "off_for"));
}

}  // namespace
}  // namespace rig
