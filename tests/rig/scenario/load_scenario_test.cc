#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rig/scenario/scenario.h"
#include "tests/rig/edited_file.h"

namespace rig {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class LoadScenarioTest : public testing::Test {
 protected:
  ~LoadScenarioTest() override { std::filesystem::remove_all(TestFolder()); }

  static Result<LoadedScenario> Load(const std::string& from = "", const std::string& to = "") {
    return LoadScenario(EditedFile(TestFolder(), "scenario.yaml", from, to));
  }
  static std::string ErrorOf(const std::string& from, const std::string& to) {
    const auto scenario = Load(from, to);
    if (scenario) return "accepted";
    EXPECT_EQ(scenario.error().code, Code::kInvalidArgument);
    EXPECT_THAT(scenario.error().message,
                MatchesRegex(".*scenario.yaml:[0-9]+:[0-9]+: .*; expected .*"));
    return scenario.error().message;
  }
};

TEST_F(LoadScenarioTest, LoadsAScenarioWithItsDefaultsAndDigest) {
  const auto scenario = Load();
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->message.plants(0).period(), 10'000'000);
  EXPECT_EQ(scenario->sha256, Sha256OfFile(scenario->path).value());
  EXPECT_THAT(scenario->where.At("steps[3].send.text"), EndsWith("scenario.yaml:24:28"));
}

TEST_F(LoadScenarioTest, SaysThatThereIsNoFile) {
  EXPECT_EQ(LoadScenario("no/such.yaml").error().code, Code::kNotFound);
}

TEST_F(LoadScenarioTest, RefusesANameThatIsNoFileName) {
  EXPECT_THAT(ErrorOf("scenario: small", "scenario: ../small"), HasSubstr("letters, digits"));
}

TEST_F(LoadScenarioTest, RefusesAnIdListedTwice) {
  EXPECT_THAT(ErrorOf("[R-1, R-2]", "[R-1, R-2, R-1]"), HasSubstr("\"R-1\" again"));
  EXPECT_THAT(ErrorOf("[C-1]", "[C-1, C-1]"), HasSubstr("\"C-1\" again"));
}

TEST_F(LoadScenarioTest, RefusesWhatWouldHappenAfterTheEnd) {
  EXPECT_THAT(ErrorOf("at: 100 s", "at: 120 s"), EndsWith("before the end at 120 s"));
  EXPECT_THAT(ErrorOf("pulse: 200 ms", "pulse: 110 s"), HasSubstr("the pulse ends at 120 s"));
  EXPECT_THAT(ErrorOf("ramp: 20 ms", "ramp: 3 min"), HasSubstr("the ramp ends"));
}

TEST_F(LoadScenarioTest, RefusesASupplyStepThatContradictsItself) {
  EXPECT_THAT(ErrorOf("cut: true", "cut: false"), HasSubstr("true, or a voltage"));
  EXPECT_THAT(ErrorOf("cut: true", "cut: true, ramp: 1 s"), HasSubstr("both cut and ramp"));
}

TEST_F(LoadScenarioTest, RefusesTwoStepsOnOneSignalAtOneTime) {
  EXPECT_THAT(ErrorOf("at: 60 s, play", "at: 50 s, play"),
              HasSubstr("a second step on \"ecg\" at 50 s"));
}

TEST_F(LoadScenarioTest, RefusesTwoBodiesAtOneTimeAndOnesThatCannotBe) {
  EXPECT_THAT(ErrorOf("at: 40 s, body", "at: 30 s, body"), HasSubstr("a second step on"));
  EXPECT_THAT(ErrorOf("rate_sd: 2 bpm", "rate_sd: 19 bpm"),
              HasSubstr("expected a quarter of the rate of 72 bpm at most"));
  EXPECT_THAT(ErrorOf("asystole: {}", "av_block: {degree: first, rate: 150 bpm}"),
              HasSubstr("160 ms less than the atrial interval"));
  EXPECT_THAT(ErrorOf("asystole: {}", "alternating: {short_interval: 2 s, long_interval: 1 s}"),
              HasSubstr("longer than long_interval"));
  EXPECT_THAT(ErrorOf("overshoot: 5 %", "width: 0.5 ms, rise: 60 us"),
              HasSubstr("60 us; expected a tenth of the width of 500 us at most"));
  EXPECT_THAT(ErrorOf("breathing: {rate: 12 bpm}", "circulation: {diastolic: 130 mmHg}"),
              HasSubstr("not below systolic"));
  EXPECT_THAT(ErrorOf("breathing: {rate: 12 bpm}", "breathing: {rate: 3 bpm}"),
              HasSubstr("3 bpm; expected 0 bpm, which is apnoea, or 4 bpm and more"));
}

TEST_F(LoadScenarioTest, RefusesAStepDuringAPulseOfItsLine) {
  EXPECT_THAT(ErrorOf("  - {at: 20 s, plant: {name: line, clamp: true}}",
                      "  - {at: 10200 ms, line: {signal: button, active: true}}"),
              HasSubstr("during its pulse"));
}

TEST_F(LoadScenarioTest, RefusesAPlantNamedTwiceOrNotAtAll) {
  EXPECT_THAT(ErrorOf("name: line, clamp", "name: lines, clamp"),
              HasSubstr("no plant \"lines\"; expected one of: line"));
  const char* plant = "checks:\n";  // a second plant before the checks is in the middle of the file
  EXPECT_THAT(ErrorOf(plant,
                      "  - {name: line, infusion_line: {motor: a, pressure: b, step_volume: 1 uL, "
                      "compliance: 1 mL/kPa, resistance: 1 kPa.s/mL}}\nchecks:\n"),
              HasSubstr("plant \"line\" again"));
}

TEST_F(LoadScenarioTest, RefusesTextAFrameCannotCarry) {
  EXPECT_THAT(ErrorOf("rate=250", "rate=250*00"), HasSubstr("printable ASCII"));
  EXPECT_THAT(ErrorOf("rate=250", "rate=250\\n"), HasSubstr("printable ASCII"));
}

TEST_F(LoadScenarioTest, RefusesARecordSignalThatIsNotPlayed) {
  EXPECT_THAT(ErrorOf("record_signal: ecg", "record_signal: eeg"),
              EndsWith("nothing is played on \"eeg\"; expected one of: ecg"));
}

TEST_F(LoadScenarioTest, RefusesACheckIdOfTheRigsOwn) {
  EXPECT_THAT(ErrorOf("id: volume", "id: rig.reporting"),
              HasSubstr("check \"rig.reporting\"; expected another id"));
}

TEST_F(LoadScenarioTest, RefusesACheckIdTwice) {
  EXPECT_THAT(ErrorOf("id: volume", "id: rate"), HasSubstr("check \"rate\" again"));
}

TEST_F(LoadScenarioTest, RefusesACheckThatVerifiesWhatTheScenarioDoesNot) {
  EXPECT_THAT(ErrorOf("    verifies: [R-1]", "    verifies: [R-3]"),
              HasSubstr("not among the scenario's verifies; expected one of: R-1, R-2"));
}

TEST_F(LoadScenarioTest, RefusesACheckThatIsFormulaAndGolden) {
  EXPECT_THAT(ErrorOf("golden: {file:", "formula: a, golden: {file:"),
              HasSubstr("both \"formula\" and \"golden\""));
}

TEST_F(LoadScenarioTest, RefusesAMissingSeed) {
  EXPECT_THAT(ErrorOf("seed: 7\n", ""), HasSubstr("missing key \"seed\""));
}

}  // namespace
}  // namespace rig
