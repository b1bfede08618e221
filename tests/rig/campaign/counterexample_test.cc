#include "rig/campaign/counterexample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace rig {
namespace {

using ::testing::HasSubstr;

constexpr const char* kText =
    "# A comment.\n"
    "scenario: small  # its name\n"
    "seed: 7\n"
    "parameters:\n"
    "  - {name: rate, value: \"72 bpm\", low: 30 bpm, high: 200 bpm}\n"
    "  - name: level\n"
    "    value: 5 V\n"
    "steps: []\n";

v1::Condition Values(const std::string& rate, const std::string& level) {
  v1::Condition condition;
  condition.set_seed(12345);
  for (const auto& [name, value] :
       {std::pair<std::string, std::string>{"rate", rate}, {"level", level}}) {
    v1::Setting* setting = condition.add_parameters();
    setting->set_name(name);
    setting->set_value(value);
  }
  return condition;
}

TEST(CounterexampleTest, ReplacesValuesSeedAndNameAndNothingElse) {
  const auto text = CounterexampleText(kText, "small.yaml", Values("145.5 bpm", "5.25 V"), "found");
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(*text,
            "# A comment.\n"
            "scenario: found  # its name\n"
            "seed: 12345\n"
            "parameters:\n"
            "  - {name: rate, value: \"145.5 bpm\", low: 30 bpm, high: 200 bpm}\n"
            "  - name: level\n"
            "    value: 5.25 V\n"
            "steps: []\n");
}

TEST(CounterexampleTest, RefusesAValueThatIsNotWrittenAsItself) {
  std::string escaped = kText;
  escaped.replace(escaped.find("\"72 bpm\""), 8, "\"72\\x20bpm\"");
  const auto text = CounterexampleText(escaped, "small.yaml", Values("1 bpm", "1 V"), "found");
  ASSERT_FALSE(text);
  EXPECT_THAT(text.error().message, HasSubstr("small.yaml:5:25: a value that cannot be replaced"));
}

TEST(CounterexampleTest, RefusesAPlaceWhereTheScenarioWouldNotFindItsFiles) {
  const Status elsewhere = CheckCounterexampleFile("/a/scenarios/x.yaml", "/b/found.yaml");
  ASSERT_FALSE(elsewhere);
  EXPECT_THAT(elsewhere.error().message, HasSubstr("beside the scenario"));
  EXPECT_FALSE(CheckCounterexampleFile("/a/scenarios/x.yaml", "/a/scenarios/found.txt"));
}

TEST(CounterexampleTest, OverwritesNoFile) {
  const std::string there = testing::TempDir() + "counterexample_there.yaml";
  std::ofstream(there) << "scenario: there\n";
  const Status status = CheckCounterexampleFile(testing::TempDir() + "x.yaml", there);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::kAlreadyExists);
}

TEST(CounterexampleTest, RefusesAParameterWithoutAValueInTheText) {
  const std::string top = "scenario: small\nseed: 7\n";
  for (const char* rest :
       {"", "parameters:\n  - {name: rate, value: [1, 2]}\n  - {name: level, value: 5 V}\n"}) {
    const auto text = CounterexampleText(top + rest, "s.yaml", Values("1 bpm", "1 V"), "found");
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().message, "s.yaml: no value to replace");
  }
}

}  // namespace
}  // namespace rig
