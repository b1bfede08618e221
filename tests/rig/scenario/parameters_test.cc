#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rig/scenario/scenario.h"
#include "tests/rig/edited_file.h"

namespace rig {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr const char* kText =
    "scenario: small\n"
    "title: small\n"
    "verifies: [R-1]\n"
    "seed: 1\n"
    "duration: 10 s\n"
    "parameters:\n"
    "  - {name: rate, value: 72 bpm, low: 30 bpm, high: 200 bpm}\n"
    "  - {name: level, value: 5 V, high: 6 V}\n"
    "  - {name: when, value: 2 s}\n"
    "  - {name: limit, value: 80 bpm}\n"
    "steps:\n"
    "  - {at: 0 s, supply: {signal: power, voltage: $level}}\n"
    "  - {at: $when, body: {rhythm: {sinus: {rate: $rate}}}}\n"
    "  - {at: 3 s, play: {signal: aux, constant: {value: $level}}}\n"
    "  - {at: 4 s, send: {text: a=1, numbers: [{key: r, value: $rate, count: 1 bpm}]}}\n"
    "checks:\n"
    "  - {id: c, text: It holds., formula: always (device.rate <= limit)}\n";

class ParametersTest : public testing::Test {
 protected:
  ~ParametersTest() override { std::filesystem::remove_all(TestFolder()); }

  static Result<LoadedScenario> Load(const ParameterValues& set = {}, const std::string& from = "",
                                     const std::string& to = "") {
    std::string text = kText;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    std::filesystem::create_directories(TestFolder());
    EXPECT_TRUE(WriteFileAtomically(TestFolder() / "small.yaml", text));
    return LoadScenario(TestFolder() / "small.yaml", set);
  }
  static std::string ErrorOf(const std::string& from, const std::string& to) {
    const auto scenario = Load({}, from, to);
    if (scenario) return "accepted";
    EXPECT_THAT(scenario.error().message,
                MatchesRegex(".*small.yaml:[0-9]+:[0-9]+: .*; expected .*"));
    return scenario.error().message;
  }
  static std::string ErrorOf(const ParameterValues& set) {
    const auto scenario = Load(set);
    return scenario ? "accepted" : scenario.error().message;
  }
};

TEST_F(ParametersTest, StandForTheirValueWhereverAQuantityIsTaken) {
  const auto scenario = Load();
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_DOUBLE_EQ(scenario->message.steps(0).supply().voltage(), 5);
  EXPECT_EQ(scenario->message.steps(1).at(), 2'000'000'000);
  EXPECT_DOUBLE_EQ(scenario->message.steps(1).body().rhythm().sinus().rate(), 1.2);
  EXPECT_EQ(scenario->message.steps(2).play().constant().value(), "5 V");
}

TEST_F(ParametersTest, TemperaturesAreCountedFromTheOffset) {
  const std::string number = "value: $rate, count: 1 bpm";
  const auto scenario = Load({}, number, "value: 38.5 °C, count: 0.1 K, offset: 0 °C");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->message.steps(3).send().text(), "a=1,r=385");
  EXPECT_THAT(ErrorOf(number, "value: 38.5 °C, count: 0.1 K"), HasSubstr("no offset"));
  EXPECT_THAT(ErrorOf(number, "value: 38.5 K, count: 0.1 K, offset: 0 °C"),
              HasSubstr("the same scale"));
  EXPECT_THAT(ErrorOf(number, "value: 38.5 °C, count: 0.1 °C, offset: 0 °C"),
              HasSubstr("no difference or step"));
}

TEST_F(ParametersTest, ATemperatureIsNoDifference) {
  EXPECT_THAT(ErrorOf("value: 80 bpm", "value: 0.3 K, high: 1 °C"), HasSubstr("\"1 °C\" is in °C"));
}

TEST_F(ParametersTest, AreWrittenAsTheDevicesNumberIntoConsoleText) {
  const auto scenario = Load({{"rate", "99.6 bpm"}});
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->message.steps(3).send().text(), "a=1,r=100");
}

TEST_F(ParametersTest, TakeAValueGivenInsteadAndShowIt) {
  const auto scenario = Load({{"rate", "2 Hz"}});
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_DOUBLE_EQ(scenario->message.steps(1).body().rhythm().sinus().rate(), 2);
  EXPECT_EQ(scenario->message.parameters(0).value(), "2 Hz");
}

TEST_F(ParametersTest, RefuseANameThatIsNotThere) {
  EXPECT_THAT(ErrorOf("rate: $rate", "rate: $rates"),
              HasSubstr("small.yaml:13:47: rate: no parameter \"rates\"; expected one of: rate"));
  EXPECT_THAT(ErrorOf({{"rates", "72 bpm"}}), HasSubstr("no parameter \"rates\"; expected one of"));
}

TEST_F(ParametersTest, RefuseTheWrongDimensionWhereItIsUsed) {
  EXPECT_THAT(ErrorOf("voltage: $level", "voltage: $rate"),
              HasSubstr("small.yaml:12:48: voltage: $rate: \"72 bpm\" is in Hz; expected a "
                        "quantity in V"));
}

TEST_F(ParametersTest, RefuseAValueTheFieldDoesNotTake) {
  EXPECT_THAT(ErrorOf("value: 5 V", "value: -5 V"), HasSubstr("voltage: $level: \"-5 V\" is out"));
}

TEST_F(ParametersTest, RefuseOneThatIsNotUsed) {
  EXPECT_THAT(ErrorOf("rate <= limit", "rate <= 80 bpm"),
              HasSubstr("small.yaml:10:12: parameter \"limit\" is not used"));
  EXPECT_THAT(ErrorOf("rate <= limit", "limit <= 80 bpm"), HasSubstr("not used"));
}

TEST_F(ParametersTest, RefuseAValueOutsideOfTheRange) {
  EXPECT_THAT(ErrorOf("value: 72 bpm", "value: 20 bpm"),
              HasSubstr("\"20 bpm\" is out of range; expected 30 bpm to 200 bpm"));
  EXPECT_THAT(ErrorOf("value: 5 V", "value: 7 V"), EndsWith("expected at most 6 V"));
  EXPECT_THAT(ErrorOf({{"rate", "201 bpm"}}),
              EndsWith("rate=201 bpm: is out of range; expected 30 bpm to 200 bpm"));
}

TEST_F(ParametersTest, RefuseAGivenValueOfAnotherDimensionOrNone) {
  EXPECT_THAT(ErrorOf({{"rate", "2 V"}}), HasSubstr("is in V; expected a quantity in Hz"));
  EXPECT_THAT(ErrorOf({{"rate", "fast"}}), HasSubstr("rate=fast"));
}

TEST_F(ParametersTest, RefuseBoundsThatAreNone) {
  EXPECT_THAT(ErrorOf("low: 30 bpm", "low: 30 V"), HasSubstr("\"30 V\" is in V"));
  EXPECT_THAT(ErrorOf("low: 30 bpm", "low: 200 bpm"), HasSubstr("low below high"));
  EXPECT_THAT(ErrorOf("low: 30 bpm", "low: none"), HasSubstr("none"));
}

TEST_F(ParametersTest, RefuseANameTwiceOrNone) {
  EXPECT_THAT(ErrorOf("name: level", "name: rate"), HasSubstr("parameter \"rate\" again"));
  EXPECT_THAT(ErrorOf("name: level", "name: Level"), HasSubstr("parameter \"Level\""));
}

TEST_F(ParametersTest, LeaveTextAlone) {
  const auto scenario = Load({}, "signal: aux", "signal: $rate");
  ASSERT_TRUE(scenario) << scenario.error().message;  // a name like any other; no bench has it
  EXPECT_EQ(scenario->message.steps(2).play().signal(), "$rate");
}

TEST_F(ParametersTest, RefuseACountOfAnotherDimension) {
  EXPECT_THAT(Load({}, "count: 1 bpm", "count: 1 V").error().message,
              HasSubstr("small.yaml:15:43: value 72 bpm with count 1 V"));
  EXPECT_THAT(Load({}, "count: 1 bpm", "count: 0 bpm").error().message, HasSubstr("9 digits"));
}

}  // namespace
}  // namespace rig
