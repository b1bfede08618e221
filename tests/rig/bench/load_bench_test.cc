#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rig/bench/bench.h"
#include "tests/rig/edited_file.h"

namespace rig {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::MatchesRegex;
using ::testing::Pair;

class LoadBenchTest : public testing::Test {
 protected:
  ~LoadBenchTest() override { std::filesystem::remove_all(TestFolder()); }

  static Result<LoadedBench> Load(const std::string& from = "", const std::string& to = "") {
    return LoadBench(EditedFile(TestFolder(), "bench.yaml", from, to));
  }
  // The line the edited bench is refused with.
  static std::string ErrorOf(const std::string& from, const std::string& to) {
    const auto bench = Load(from, to);
    if (bench) return "accepted";
    EXPECT_EQ(bench.error().code, Code::kInvalidArgument);
    EXPECT_THAT(bench.error().message, MatchesRegex(".*bench.yaml:[0-9]+:[0-9]+: .*; expected .*"));
    return bench.error().message;
  }
};

TEST_F(LoadBenchTest, RefusesTemperaturesWithoutWhatTheirZeroIs) {
  for (const char* telemetry : {"count: 0.1 K", "count: 0.1 K, offset: 300 K"}) {
    EXPECT_THAT(ErrorOf("count: 1 bpm", telemetry),
                HasSubstr("expected what a count of 0 stands for: 0 °C, or 0 K"));
  }
  EXPECT_EQ(ErrorOf("count: 1 bpm", "count: 0.1 K, offset: 0 °C"), "accepted");
}

TEST_F(LoadBenchTest, LoadsABenchWithItsDefaultsAndDigest) {
  const auto bench = Load();
  ASSERT_TRUE(bench) << bench.error().message;
  EXPECT_EQ(bench->message.board().avr().brown_out(), 2.7);
  EXPECT_EQ(bench->sha256, Sha256OfFile(bench->path).value());
}

TEST_F(LoadBenchTest, WhatARealCardMeasuresOfItselfIsRequiredOfIt) {
  const auto required = [](const std::string& more) {
    const auto bench =
        Load("wiring:\n",
             "  - {name: card, card: {serial: RIG1}}\n  - {name: dac, card_dac: {card: "
             "card}" +
                 more + "}\nwiring:\n");
    EXPECT_TRUE(bench) << bench.error().message;
    const auto& fixtures = bench->message.fixtures();
    const auto& dac = fixtures.rbegin()->health().required();
    EXPECT_THAT((fixtures.rbegin() + 1)->health().required(), testing::ElementsAre("clock_offset"));
    EXPECT_TRUE(fixtures.begin()->health().required().empty());
    return std::vector<std::string>(dac.begin(), dac.end());
  };
  EXPECT_THAT(required(""), testing::ElementsAre("loop_back", "noise", "drift"));
  EXPECT_THAT(required(", health: {noise: 1 mV}"),
              testing::ElementsAre("loop_back", "noise", "drift"));
  // The bench file's own word counts.
  EXPECT_THAT(required(", health: {required: [latency]}"), testing::ElementsAre("latency"));
}

TEST_F(LoadBenchTest, RefusesALoopBackThatSpeaksForOutputsItDoesNotReach) {
  const std::string all = "loop_back: [0, 1, 2, 3, 4]";
  std::string text =
      ReadFile(std::filesystem::path(RIG_SOURCE_DIR) / "scenarios/patient_monitor/bench/table.yaml")
          .value();
  text.replace(text.find(all), all.size(), "loop_back: [0, 2, 3, 4]");
  std::filesystem::create_directories(TestFolder());
  ASSERT_TRUE(WriteFileAtomically(TestFolder() / "table.yaml", text));
  EXPECT_THAT(LoadBench(TestFolder() / "table.yaml").error().message,
              HasSubstr("channel 1 of \"injector\" without loop-back"));
}

TEST_F(LoadBenchTest, SaysThatThereIsNoFile) {
  EXPECT_EQ(LoadBench("no/such.yaml").error().code, Code::kNotFound);
}

TEST_F(LoadBenchTest, RefusesAFixtureNamedTwice) {
  EXPECT_THAT(ErrorOf("name: lines", "name: supply"), HasSubstr("fixture \"supply\" again"));
}

TEST_F(LoadBenchTest, RefusesAnEmptyRange) {
  EXPECT_THAT(ErrorOf("high: 5 V", "low: 5 V, high: 5 V"), HasSubstr("high above low"));
}

TEST_F(LoadBenchTest, RefusesCalibrationDaysThatAreNone) {
  EXPECT_THAT(ErrorOf("2024-01-31", "31.1.2024"), HasSubstr("a day, such as"));
  EXPECT_THAT(ErrorOf("2025-01-31", "2025-13-31"), HasSubstr("a day, such as"));
  EXPECT_THAT(ErrorOf("2025-01-31", "2023-01-31"), HasSubstr("a day after"));
}

TEST_F(LoadBenchTest, RefusesACalibrationThatLeavesOutWhatIsMeasured) {
  EXPECT_THAT(ErrorOf(", uncertainty: 0.1 mV", ""), HasSubstr("no uncertainty; expected"));
  EXPECT_THAT(ErrorOf("0.1 mV}", "0 mV}"), HasSubstr("no uncertainty; expected"));
  const std::string capture = "virtual_capture: {channels: 3}";
  const std::string calibrated =
      capture + ", calibration: {date: 2024-01-31, due: 2025-01-31, serial: C-2";
  EXPECT_THAT(ErrorOf(capture, calibrated + "}"), HasSubstr("no time_resolution; expected"));
  EXPECT_TRUE(Load(capture, calibrated + ", time_resolution: 1 us}"));
}

TEST_F(LoadBenchTest, RefusesASignalWiredTwiceOrWithAnOddName) {
  EXPECT_THAT(ErrorOf("signal: lamp", "signal: ecg"), HasSubstr("each signal wired once"));
  EXPECT_THAT(ErrorOf("signal: lamp", "signal: Lamp-1"), HasSubstr("lower-case"));
}

TEST_F(LoadBenchTest, RefusesAWireToNoFixtureAndNamesTheNearest) {
  EXPECT_THAT(ErrorOf("fixture: lines, pin", "fixture: line, pin"),
              HasSubstr("no fixture \"line\"; expected one of: lines, "));
  EXPECT_THAT(ErrorOf("fixture: lines, pin", "fixture: loader, pin"), HasSubstr("has channels"));
}

TEST_F(LoadBenchTest, RefusesAChannelThatIsNotThereOrTaken) {
  EXPECT_THAT(ErrorOf("channel: 2, pin", "channel: 3, pin"), EndsWith("expected 0 to 2"));
  EXPECT_THAT(ErrorOf("channel: 2, pin", "channel: 1, pin"), HasSubstr("each channel wired once"));
  EXPECT_THAT(ErrorOf("fixture: supply, pin", "fixture: supply, channel: 1, pin"),
              EndsWith("expected 0"));
}

TEST_F(LoadBenchTest, RefusesAPinThatIsNotThereOrTaken) {
  EXPECT_THAT(ErrorOf("pin: PB0", "pin: PE0"), HasSubstr("PA0 to PD7"));
  EXPECT_THAT(ErrorOf("pin: PB0", "pin: PD5"), HasSubstr("each pin wired once"));
  EXPECT_THAT(ErrorOf("pin: VCC", "pin: PB1"), HasSubstr("VCC"));
  EXPECT_THAT(ErrorOf("pin: UART0", "pin: PB1"), HasSubstr("UART0"));
}

TEST_F(LoadBenchTest, RefusesAGainThatIsNotVoltsPerSomething) {
  for (const char* gain : {"500", "5 mV", "20 kPa/mV", "0 V/V", "20 mA/kPa"}) {
    EXPECT_THAT(ErrorOf("500 V/V", gain), HasSubstr("volts per unit of the signal")) << gain;
  }
}

TEST_F(LoadBenchTest, RefusesSettingsOfAnotherKindOfWire) {
  EXPECT_THAT(ErrorOf("pin: PB0", "pin: PB0, gain: 2 V/V"), HasSubstr("no gain"));
  EXPECT_THAT(ErrorOf("pin: PB0", "pin: PB0, offset: 1 V"), HasSubstr("no offset"));
  EXPECT_THAT(ErrorOf("pin: PD2", "pin: PD2, tone_hold: 1 ms"), HasSubstr("no tone_hold"));
  EXPECT_THAT(ErrorOf("pin: PA0", "pin: PA0, active_low: true"), HasSubstr("no active_low"));
  EXPECT_THAT(ErrorOf("tone_hold: 5 ms", "tone_hold: 5 ms, count_every: 1 ms"),
              HasSubstr("a tone or a counter"));
}

TEST_F(LoadBenchTest, RefusesAProfileOfWhatMeasuresNoCurrent) {
  EXPECT_THAT(ErrorOf("pin: VCC", "pin: VCC, profile_every: 1 s"), HasSubstr("no current"));
  EXPECT_THAT(ErrorOf("pin: PD2", "pin: PD2, profile_every: 1 s"), HasSubstr("no current"));
}

TEST_F(LoadBenchTest, RefusesAnOutputWithoutASafeState) {
  EXPECT_THAT(ErrorOf("  - {signal: encoder, active: false}\n", ""),
              HasSubstr("none for output \"encoder\""));
}

TEST_F(LoadBenchTest, RefusesASafeStateOfNoOutputOrTwice) {
  EXPECT_THAT(ErrorOf("signal: encoder, active", "signal: lamp, active"),
              HasSubstr("no output \"lamp\""));
  EXPECT_THAT(ErrorOf("signal: encoder, active", "signal: button, active"), HasSubstr("again"));
}

TEST_F(LoadBenchTest, RefusesASafeStateOfTheWrongKindOrOutOfReach) {
  EXPECT_THAT(ErrorOf("signal: encoder, active: false", "signal: encoder, voltage: 0 V"),
              HasSubstr("active: true or false"));
  EXPECT_THAT(ErrorOf("signal: power, voltage: 0 V", "signal: power, active: false"),
              HasSubstr("a voltage"));
  EXPECT_THAT(ErrorOf("voltage: 0.2 V", "voltage: 5.1 V"), EndsWith("0 V to 5 V"));
}

TEST_F(LoadBenchTest, RefusesAConsoleThatIsNoSerialLink) {
  EXPECT_THAT(ErrorOf("  signal: console\n", "  signal: lamp\n"),
              EndsWith("expected one of: console"));
}

TEST_F(LoadBenchTest, RefusesTelemetryThatContradictsItself) {
  EXPECT_THAT(ErrorOf("key: hb", "key: hr"), HasSubstr("each key once"));
  EXPECT_THAT(ErrorOf("channel: heartbeat", "channel: heart_rate"), HasSubstr("each channel once"));
  EXPECT_THAT(ErrorOf("count: 1 bpm", "count: 0 bpm"), HasSubstr("more than nothing"));
  EXPECT_THAT(ErrorOf("count: 1 bpm", "count: 1 beat"), HasSubstr("\"beat\""));
}

TEST_F(LoadBenchTest, KnowsTheKindAndUnitOfEveryWire) {
  const auto bench = Load();
  ASSERT_TRUE(bench);
  const auto& wires = bench->message.wiring();
  EXPECT_EQ(KindOf(bench->message, wires[0]), WireKind::kSupply);
  EXPECT_EQ(KindOf(bench->message, wires[2]), WireKind::kStimulus);
  EXPECT_EQ(KindOf(bench->message, wires[3]), WireKind::kCapture);
  EXPECT_EQ(KindOf(bench->message, wires[6]), WireKind::kLine);
  EXPECT_EQ(KindOf(bench->message, wires[8]), WireKind::kSerial);
  EXPECT_EQ(UnitOf(bench->message, wires[1]), "V");
  EXPECT_EQ(UnitOf(bench->message, wires[2]), "Pa");
  EXPECT_EQ(UnitOf(bench->message, wires[3]), "1");
}

TEST_F(LoadBenchTest, ListsTheChannelsFormulasCanUse) {
  const auto channels = BenchChannels(Load().value().message);
  EXPECT_THAT(channels,
              IsSupersetOf({Pair("commanded.power", "V"), Pair("observed.power", "V"),
                            Pair("commanded.pressure", "Pa"), Pair("observed.pressure", "Pa"),
                            Pair("observed.lamp", "1"), Pair("commanded.button", "1"),
                            Pair("device.heart_rate", "Hz"), Pair("device.heartbeat", "1")}));
  for (const char* none :
       {"commanded.lamp", "observed.button", "commanded.console", "observed.console"}) {
    EXPECT_FALSE(channels.contains(none)) << none;
  }
}

// The bench with a current on four lines of a capture of its own, edited.
std::string WithCode(const std::string& from = "", const std::string& to = "") {
  std::string text = R"(  - {name: pulses, virtual_capture: {channels: 5}}
coded_outputs:
  - {signal: current, bits: [low_bit, high_bit], step: 0.1 mA, positive: anodic, negative: cathodic}
wiring:
  - {signal: low_bit, fixture: pulses, pin: PC0}
  - {signal: high_bit, fixture: pulses, channel: 1, pin: PC1}
  - {signal: anodic, fixture: pulses, channel: 2, pin: PC2}
  - {signal: cathodic, fixture: pulses, channel: 3, pin: PC3}
)";
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST_F(LoadBenchTest, KnowsTheUnitOfACodedOutput) {
  const auto bench = Load("wiring:\n", WithCode());
  ASSERT_TRUE(bench) << bench.error().message;
  EXPECT_EQ(BenchChannels(bench->message).at("observed.current"), "A");
}

TEST_F(LoadBenchTest, RefusesACodedOutputThatIsNone) {
  const auto error = [&](const std::string& from, const std::string& to) {
    return ErrorOf("wiring:\n", WithCode(from, to));
  };
  EXPECT_THAT(error("signal: current", "signal: anodic"), HasSubstr("a name of its own"));
  EXPECT_THAT(error("signal: current", "signal: I"), HasSubstr("lower-case"));
  EXPECT_THAT(error("step: 0.1 mA", "step: 0 A"), HasSubstr("more than nothing"));
  EXPECT_THAT(error("bits: [low_bit, high_bit]", "bits: []"), HasSubstr("expected"));
  EXPECT_THAT(error("bits: [low_bit,", "bits: [motor,"), HasSubstr("no plain captured line"));
  EXPECT_THAT(error("bits: [low_bit,", "bits: [button,"), HasSubstr("no plain captured line"));
  EXPECT_THAT(error("bits: [low_bit,", "bits: [lamp,"), HasSubstr("lines of one fixture"));
  EXPECT_THAT(error("bits: [low_bit,", "bits: [high_bit,"), HasSubstr("each line once"));
  EXPECT_THAT(error("positive: anodic", "positive: cathodic"), HasSubstr("each line once"));
}

TEST_F(LoadBenchTest, RefusesACalibrationPastDue) {
  const auto bench = Load();
  ASSERT_TRUE(bench);
  EXPECT_TRUE(CheckCalibration(*bench, "2025-01-31"));
  const Status late = CheckCalibration(*bench, "2025-02-01");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(late.error().message, HasSubstr("injector"));
  EXPECT_THAT(late.error().message, MatchesRegex(".*bench.yaml:[0-9]+:[0-9]+: .*"));
}

}  // namespace
}  // namespace rig
