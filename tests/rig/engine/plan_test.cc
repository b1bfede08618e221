#include "rig/engine/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/rig/edited_file.h"

namespace rig {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::MatchesRegex;
using ::testing::Pair;

// The small bench and the small scenario of the fuzz corpus, which fit, and edits after which they
// do not.
class PlanTest : public testing::Test {
 protected:
  PlanTest() : bench_(LoadBench(EditedFile(TestFolder(), "bench.yaml", "", "")).value()) {}
  ~PlanTest() override { std::filesystem::remove_all(TestFolder()); }

  std::string ErrorOf(const std::string& from, const std::string& to) {
    const auto scenario = LoadScenario(EditedFile(TestFolder(), "scenario.yaml", from, to));
    if (!scenario) return "not loaded: " + scenario.error().message;
    const Status fits = CheckAgainstBench(*scenario, bench_);
    if (fits) return "accepted";
    EXPECT_THAT(fits.error().message, MatchesRegex(".*scenario.yaml:[0-9]+:[0-9]+: .*"));
    return fits.error().message;
  }
  std::string BenchErrorOf(const std::string& from, const std::string& to) {
    bench_ = LoadBench(EditedFile(TestFolder(), "bench.yaml", from, to)).value();
    return ErrorOf("", "");
  }

  LoadedBench bench_;
};

TEST_F(PlanTest, AcceptsAScenarioThatFits) { EXPECT_EQ(ErrorOf("", ""), "accepted"); }

TEST_F(PlanTest, RefusesASignalNobodyWired) {
  EXPECT_THAT(ErrorOf("line: {signal: button", "line: {signal: buton"),
              EndsWith("signal \"buton\" is not wired on bench small; expected one of: button, "
                       "encoder"));
}

TEST_F(PlanTest, RefusesASignalOfAnotherKind) {
  EXPECT_THAT(ErrorOf("line: {signal: button", "line: {signal: lamp"),
              HasSubstr("is a captured output, not a digital line"));
  EXPECT_THAT(ErrorOf("at: 50 s, play: {signal: ecg", "at: 50 s, play: {signal: power"),
              HasSubstr("is a supply, not an analogue stimulus"));
  EXPECT_THAT(ErrorOf("supply: {signal: power, cut", "supply: {signal: ecg, cut"),
              EndsWith("expected one of: power"));
}

TEST_F(PlanTest, RefusesAValueInAnotherUnitThanItsWire) {
  EXPECT_THAT(ErrorOf("value: 0.5 mV", "value: 0.5 kPa"),
              HasSubstr("\"0.5 kPa\" is in Pa; expected a value in V"));
  EXPECT_THAT(ErrorOf("to: 1 mV", "to: 1"), HasSubstr("\"1\" is in 1; expected a value in V"));
}

TEST_F(PlanTest, RefusesASourceInAnotherUnitThanItsWire) {
  EXPECT_THAT(BenchErrorOf("gain: 500 V/V", "gain: 500 V/Pa"), HasSubstr("ecg"));
}

TEST_F(PlanTest, RefusesASourceThatCannotBeMade) {
  EXPECT_THAT(ErrorOf("constant: {value: 0.5 mV}", "record: {file: no/such.hea}"),
              HasSubstr("such.hea"));
}

TEST_F(PlanTest, RefusesASignalOfAPatientWhoIsNotThereYet) {
  EXPECT_THAT(ErrorOf("at: 0 s\n    body", "at: 1 s\n    body"),
              HasSubstr("signal ecg without a patient; expected a body step with a rhythm"));
}

TEST_F(PlanTest, RefusesPacerPulsesThatNoFixtureInjectsUnlessTheyAreOfNoHeight) {
  const std::string sinus =
      "{sinus: {rate: 72 bpm, rate_sd: 2 bpm}}\n      ectopy: {pattern: isolated}";
  EXPECT_THAT(ErrorOf(sinus, "{paced: {}}"),
              EndsWith("signal \"ecg\" has pacer pulses, and fixture injector of bench small "
                       "injects none; expected a fixture with pulses, or pacer pulses with "
                       "amplitude: 0 V"));
  EXPECT_EQ(ErrorOf(sinus, "{paced: {ventricular_pulse: {amplitude: 0 V}}}"), "accepted");
  EXPECT_THAT(ErrorOf(sinus, "{paced: {mode: dual, ventricular_pulse: {amplitude: 0 V}}}"),
              HasSubstr("has pacer pulses"));
  bench_ = LoadBench(EditedFile(TestFolder(), "bench.yaml", "update_rate: 500 Hz",
                                "update_rate: 500 Hz, pulses: true"))
               .value();
  EXPECT_EQ(ErrorOf(sinus, "{paced: {}}"), "accepted");
}

TEST_F(PlanTest, RefusesWhatTheBenchDoesNotProvide) {
  EXPECT_THAT(ErrorOf("closed_loop_line]", "netem]"),
              HasSubstr("bench small does not provide \"netem\""));
}

TEST_F(PlanTest, RefusesAVoltageBeyondTheSupply) {
  EXPECT_THAT(ErrorOf("voltage: 5 V", "voltage: 7 V"), EndsWith("at most 6 V"));
}

TEST_F(PlanTest, RefusesOfASwitchWhatItCannotDo) {
  bench_ = LoadBench(EditedFile(TestFolder(), "bench.yaml", "virtual_supply: {maximum: 6 V}",
                                "hub_port: {hub: \"1-2\", port: 1}"))
               .value();
  EXPECT_THAT(ErrorOf("", ""),
              EndsWith("fixture supply is a switch, which cannot ramp; expected no "
                       "ramp, or a supply that can"));
  EXPECT_THAT(ErrorOf("voltage: 5 V, ramp: 20 ms", "voltage: 3.3 V"),
              EndsWith("cannot put out 3.3 V; expected 0 V or 5 V"));
  EXPECT_EQ(ErrorOf("voltage: 5 V, ramp: 20 ms", "voltage: 5000 mV"), "accepted");
}

TEST_F(PlanTest, RefusesAPlantWithoutItsWires) {
  EXPECT_THAT(ErrorOf("motor: motor", "motor: buzzer"), HasSubstr("\"buzzer\" is a tone"));
  EXPECT_EQ(ErrorOf("motor: motor", "motor: lamp"), "accepted");
  EXPECT_THAT(ErrorOf("motor: motor", "motor: mtr"), EndsWith("lamp, buzzer"));
  EXPECT_THAT(ErrorOf("pressure: pressure", "pressure: ecg"), HasSubstr("wired in V"));
  EXPECT_THAT(ErrorOf("encoder: encoder", "encoder: lamp"), HasSubstr("not a digital line"));
}

TEST_F(PlanTest, RefusesAPlantThatCannotBe) {
  EXPECT_NE(ErrorOf("step_volume: 0.5 uL", "step_volume: 0 uL"), "accepted");
}

TEST_F(PlanTest, TakesAPlainLineAndNoCounterAsALevel) {
  const std::string lung =
      "lung: {inspiratory: lamp, expiratory: lamp, pressure: pressure, lung: {compliance: 50 "
      "mL/hPa, resistance: 5 hPa.s/L}}}\n";
  const std::string plants = "plants:\n  - {name: l, " + lung;
  const auto fits = [&](std::string lines) {
    auto text =
        ReadFile(std::filesystem::path(RIG_SOURCE_DIR) / "tests/fuzz/corpus/yaml/scenario.yaml")
            .value();
    const std::size_t begin = text.find("plants:"), end = text.find("checks:");
    text.replace(begin, end - begin, lines);
    for (const std::string step : {"  - {at: 20 s, plant: {name: line, clamp: true}}\n",
                                   "  - {at: 80 s, plant: {name: line, air_bubble: 0.1 mL}}\n"}) {
      text.replace(text.find(step), step.size(), "");
    }
    std::filesystem::create_directories(TestFolder());
    EXPECT_TRUE(WriteFileAtomically(TestFolder() / "scenario.yaml", text));
    const auto scenario = LoadScenario(TestFolder() / "scenario.yaml");
    if (!scenario) return scenario.error().message;
    const Status status = CheckAgainstBench(*scenario, bench_);
    return status ? std::string("accepted") : status.error().message;
  };
  EXPECT_EQ(fits(plants), "accepted");
  std::string counted = plants;
  counted.replace(counted.find("inspiratory: lamp"), 17, "inspiratory: motor");
  EXPECT_THAT(fits(counted), HasSubstr("\"motor\" is no plain line"));
}

TEST_F(PlanTest, ListsTheTruthOfTheSourceThatIsPlayed) {
  const auto file = EditedFile(TestFolder(), "scenario.yaml", "ecg: {lead: ii, amplitude: 1.2 mV}",
                               "ecog: {seizure: {onset: 5 s, duration: 10 s}}");
  const auto channels = RunChannels(LoadScenario(file).value().message, bench_.message);
  EXPECT_THAT(channels,
              IsSupersetOf({Pair("truth.ecg.seizure", "1"), Pair("truth.ecg.recorded", "1")}));
}

TEST_F(PlanTest, RefusesASignalThatAPlantAndAStepDrive) {
  EXPECT_THAT(ErrorOf("line: {signal: button", "line: {signal: encoder"),
              HasSubstr("is driven by plant \"line\""));
  EXPECT_THAT(ErrorOf("play: {signal: ecg, constant: {value: 0.5 mV}}",
                      "play: {signal: pressure, constant: {value: 0.5 kPa}}"),
              HasSubstr("is driven by plant \"line\""));
}

TEST_F(PlanTest, ListsWhatARunRecords) {
  const auto scenario = LoadScenario(EditedFile(TestFolder(), "scenario.yaml", "", "")).value();
  const auto channels = RunChannels(scenario.message, bench_.message);
  EXPECT_THAT(channels,
              IsSupersetOf({Pair("truth.ecg.rate", "Hz"), Pair("truth.ecg.asystole", "1"),
                            Pair("plant.line.delivered_volume", "m3"),
                            Pair("plant.line.flow", "m3/s"), Pair("plant.line.clamped", "1"),
                            Pair("device.heart_rate", "Hz"), Pair("observed.ecg", "V")}));
  EXPECT_FALSE(channels.contains("truth.pressure.rate"));
}

TEST_F(PlanTest, PlaysARecordAsTheScenarioSays) {
  const std::string record =
      "record: {file: r.csv, channel: \"#1\", start: 1 s, gain: 0.5, offset: 0.1 mV, "
      "allow_clipping: true, sampling_rate: 10 Hz, unit: mV}";
  const auto edited =
      EditedFile(TestFolder(), "scenario.yaml", "constant: {value: 0.5 mV}", record);
  std::ofstream(TestFolder() / "r.csv") << "a\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";
  const auto scenario = LoadScenario(edited);
  ASSERT_TRUE(scenario) << scenario.error().message;
  const Status fits = CheckAgainstBench(*scenario, bench_);
  EXPECT_TRUE(fits) << fits.error().message;
  const auto channels = RunChannels(scenario->message, bench_.message);
  EXPECT_THAT(channels, IsSupersetOf({Pair("truth.ecg.clipped", "1")}));
  EXPECT_THAT(ErrorOf("constant: {value: 0.5 mV}", "record: {file: r.csv, sampling_rate: 10 Hz}"),
              HasSubstr("no stated unit"));
  EXPECT_THAT(ErrorOf("constant: {value: 0.5 mV}",
                      "record: {file: r.csv, sampling_rate: 10 Hz, unit: mmHg}"),
              HasSubstr("expected a unit of V"));
  EXPECT_THAT(ErrorOf("constant: {value: 0.5 mV}",
                      "record: {file: r.csv, sampling_rate: 10 Hz, unit: mV, "
                      "offset: 1 kPa}"),
              HasSubstr("\"1 kPa\" is no value in V"));
  EXPECT_THAT(ErrorOf("constant: {value: 0.5 mV}", "record: {file: r.csv, unit: mV, gain: 0}"),
              HasSubstr("gain 0; expected a number other than 0"));
}

}  // namespace
}  // namespace rig
