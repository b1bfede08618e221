// What every driver and its twin promise (rig/capability/capability.h), on the virtual bench, in
// the laboratory in software, and on a real table where there is one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

#include "fixtures/image/firmware_image.h"
#include "tests/lab/test/contract_bench.h"

namespace rig {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ContractTest : public testing::TestWithParam<BenchSort> {
 protected:
  void SetUp() override {
    if (GetParam() == BenchSort::kHardware && std::getenv("RIG_HARDWARE_BENCH") == nullptr) {
      GTEST_SKIP() << "RIG_HARDWARE_BENCH names no bench file: there is no hardware here";
    }
    if (RIG_SANITIZED && GetParam() == BenchSort::kLab) {
      GTEST_SKIP() << "the emulated board is slower than real time under a sanitizer";
    }
    const Status opened = bench_.Open(
        GetParam(), GetParam() == BenchSort::kLab ? MakePatient : std::function<void(v1::Card&)>());
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    const v1::Wire& ecg = bench_.WireOf("ecg");
    injector_ = bench_.equipment->FindInjector(ecg.fixture());
    pulses_ = bench_.equipment->FindPulses(ecg.fixture());
    channel_ = ecg.channel();
    ASSERT_NE(injector_, nullptr);
    ASSERT_NE(pulses_, nullptr);
  }
  BenchClock& clock() { return bench_.equipment->clock(); }
  void Advance(RunTime t) {
    const Status advanced = clock().AdvanceTo(t);
    ASSERT_TRUE(advanced.has_value()) << advanced.error().message;
  }
  Code WriteAt(RunTime start, std::uint32_t channel) {
    const double volts = 1;
    double actual = 0;
    const auto written =
        injector_->Write(channel, start, std::span(&volts, 1), std::span(&actual, 1));
    return written ? Code{} : written.error().code;
  }
  // The next update that may still be asked for.
  RunTime Next() {
    const Duration period = injector_->limits().period;
    const RunTime earliest = clock().Now() + clock().lead() + milliseconds(20);
    return RunTime((earliest.time_since_epoch() / period + 1) * period);
  }

  ContractBench bench_;
  SampleInjector* injector_ = nullptr;
  PulseInjector* pulses_ = nullptr;
  std::uint32_t channel_ = 0;
};

TEST_P(ContractTest, TheClockReachesWhatItIsAskedFor) {
  EXPECT_GE(clock().lead(), Duration(0));
  EXPECT_GE(clock().latency(), Duration(0));
  for (const int ms : {1, 50, 51, 400}) {
    Advance(RunTime(milliseconds(ms)));
    EXPECT_GE(clock().Now(), RunTime(milliseconds(ms)));
  }
}

TEST_P(ContractTest, InjectorsRefuseWhatCannotBe) {
  Advance(RunTime(milliseconds(100)));
  EXPECT_EQ(WriteAt(Next(), 99), Code::kInvalidArgument);
  EXPECT_EQ(WriteAt(Next() + Duration(1), channel_), Code::kInvalidArgument);
  EXPECT_EQ(WriteAt(RunTime(), channel_), Code::kInvalidArgument);
  EXPECT_EQ(WriteAt(Next(), channel_), Code{});
  const std::vector<double> volts(1u << 16, 1.0);
  std::vector<double> actual(volts.size());
  const auto written = injector_->Write(channel_, Next(), volts, actual);
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code, Code::kResourceExhausted);
}

TEST_P(ContractTest, InjectorsCountWhatTheyCannotReachAndSayWhatTheyDo) {
  const InjectorLimits limits = injector_->limits();
  const std::vector<double> volts{limits.low_v - 1, limits.high_v + 1,
                                  std::numeric_limits<double>::quiet_NaN(),
                                  (limits.low_v + limits.high_v) / 2};
  std::vector<double> actual(volts.size());
  const auto clipped = injector_->Write(channel_, RunTime(), volts, actual);
  ASSERT_TRUE(clipped.has_value()) << clipped.error().message;
  EXPECT_EQ(*clipped, 3u);
  EXPECT_NEAR(actual[0], limits.low_v, limits.resolution_v);
  EXPECT_NEAR(actual[1], limits.high_v, limits.resolution_v);
  EXPECT_NEAR(actual[2], limits.low_v, limits.resolution_v);
  EXPECT_NEAR(actual[3], volts[3], limits.resolution_v);
}

TEST_P(ContractTest, PulsesComeInOrderAndNotInThePast) {
  Advance(RunTime(milliseconds(100)));
  Pulse pulse{.begin = Next(),
              .height = 0.5,
              .width = milliseconds(1),
              .rise = std::chrono::microseconds(50)};
  ASSERT_TRUE(pulses_->AddPulse(channel_, pulse).has_value());
  pulse.begin += std::chrono::microseconds(500);
  EXPECT_FALSE(pulses_->AddPulse(channel_, pulse).has_value());
  EXPECT_FALSE(pulses_->AddPulse(99, pulse).has_value());
  pulse.begin = RunTime();
  EXPECT_FALSE(pulses_->AddPulse(channel_, pulse).has_value());
}

TEST_P(ContractTest, LinesKnowTheirChannelsAndTheirTime) {
  const v1::Wire& pause = bench_.WireOf("pause_button");
  const v1::Wire& reset = bench_.WireOf("reset_button");
  LineDriver* lines = bench_.equipment->FindLines(pause.fixture());
  ASSERT_NE(lines, nullptr);
  Advance(RunTime(milliseconds(100)));
  const auto lead = clock().lead();
  const RunTime at = lead == Duration(0) ? clock().Now() : clock().Now() + lead + milliseconds(20);
  EXPECT_FALSE(lines->Set(99, true, at).has_value());
  EXPECT_TRUE(lines->Set(pause.channel(), true, at + lead / 2).has_value());
  // Another channel has an order of its own.
  EXPECT_TRUE(lines->Set(reset.channel(), true, at).has_value());
  // Not the other way round in time.
  EXPECT_FALSE(lines->Set(pause.channel(), false, at - milliseconds(1)).has_value());
  EXPECT_FALSE(lines->Set(reset.channel(), false, RunTime()).has_value());
}

TEST_P(ContractTest, CapturesBeginWithTheLevelsAtZero) {
  EdgeCapture* capture = bench_.equipment->FindCapture(bench_.WireOf("lamp_red").fixture());
  ASSERT_NE(capture, nullptr);
  Advance(RunTime(milliseconds(200)) + clock().latency());
  std::vector<Edge> edges;
  ASSERT_TRUE(capture->Drain(edges).has_value());
  std::vector<std::uint32_t> at_zero;
  for (const Edge& edge : edges) {
    if (edge.t == RunTime()) at_zero.push_back(edge.channel);
  }
  for (const char* lamp : {"lamp_red", "lamp_yellow", "lamp_cyan", "lamp_audio_paused", "buzzer"}) {
    EXPECT_THAT(at_zero, testing::Contains(bench_.WireOf(lamp).channel())) << lamp;
  }
  const auto earlier = [](const Edge& a, const Edge& b) { return a.t < b.t; };
  EXPECT_TRUE(std::is_sorted(edges.begin(), edges.end(), earlier));
  const std::size_t seen = edges.size();
  ASSERT_TRUE(capture->Drain(edges).has_value());
  EXPECT_EQ(edges.size(), seen);  // the board has no power
}

TEST_P(ContractTest, AnalogCapturesGiveOneSampleAPeriodFromZero) {
  const v1::Wire& wire = bench_.WireOf("supply_voltage");
  AnalogCapture* adc = bench_.equipment->FindAnalog(wire.fixture());
  ASSERT_NE(adc, nullptr);
  std::vector<double> volts;
  EXPECT_FALSE(adc->Drain(99, volts).has_value());
  const RunTime until(milliseconds(300));
  Advance(until + clock().latency());
  ASSERT_TRUE(adc->Drain(wire.channel(), volts).has_value());
  const auto least = static_cast<std::size_t>(until.time_since_epoch() / adc->period());
  EXPECT_GE(volts.size(), least);
  EXPECT_LE(volts.size(), least + 12);
  for (const double sample : volts) EXPECT_NEAR(sample, 0, 0.05);
}

// Powers the board with its firmware in it: supply, ADC, link and the board's own voice.
TEST_P(ContractTest, ABoardWithPowerSpeaksAndOneWithoutIsSilent) {
  const v1::Board& board = bench_.loaded->message.board();
  const auto image = LoadFirmwareImage(
      std::filesystem::absolute(bench_.loaded->path.parent_path() / board.firmware()),
      McuOf(board));
  ASSERT_TRUE(image.has_value()) << image.error().message;
  if (bench_.lab != nullptr) {
    AvrBoard& with_a_past = bench_.lab->board().board();
    bench_.lab->bus().Locked([&] { EXPECT_TRUE(with_a_past.WriteEeprom(0, "a past")); });
  }
  const Status programmed = bench_.equipment->FindLoader()->Program(image->flash);
  ASSERT_TRUE(programmed.has_value()) << programmed.error().message;
  if (bench_.lab != nullptr) {
    const auto eeprom = bench_.lab->bus().Locked(
        [&] { return bench_.lab->board().board().ReadEeprom(0, 4064 + board.serial().size()); });
    EXPECT_TRUE(eeprom.value_or("") == std::string(4064, '\xff') + board.serial());
  }

  PowerSupply* supply = bench_.equipment->FindSupply(bench_.WireOf("power").fixture());
  SerialLink* link = bench_.equipment->FindSerial(bench_.WireOf("console").fixture());
  ASSERT_TRUE(supply != nullptr && link != nullptr);
  EXPECT_FALSE(supply->SetVoltage(1000).has_value());
  EXPECT_FALSE(supply->SetVoltage(std::numeric_limits<double>::quiet_NaN()).has_value());
  Advance(RunTime(milliseconds(10)));
  EXPECT_NEAR(supply->SetVoltage(5).value(), 5, 0.01);
  Advance(RunTime(milliseconds(1600)));
  EXPECT_NEAR(supply->Measure().value(), 5, 0.05);
  std::vector<SerialByte> said;
  ASSERT_TRUE(link->Drain(said).has_value());
  EXPECT_GT(said.size(), 20u);
  for (std::size_t i = 0; i < said.size(); ++i) {
    EXPECT_LE(said[i].t, clock().Now());
    EXPECT_GE(said[i].t, said[i > 0 ? i - 1 : 0].t);
  }
  EXPECT_NEAR(supply->Ramp(4.8, milliseconds(200)).value(), 4.8, 0.01);
  Advance(clock().Now() + milliseconds(300));
  EXPECT_NEAR(supply->Measure().value(), 4.8, 0.05);
  ASSERT_TRUE(supply->Cut().has_value());
  EXPECT_NEAR(supply->Measure().value(), 0, 0.05);
  Advance(clock().Now() + milliseconds(100));
  ASSERT_TRUE(link->Drain(said).has_value());
  said.clear();
  Advance(clock().Now() + milliseconds(700));
  ASSERT_TRUE(link->Drain(said).has_value());
  EXPECT_TRUE(said.empty());
}

INSTANTIATE_TEST_SUITE_P(Benches, ContractTest,
                         testing::Values(BenchSort::kVirtual, BenchSort::kLab),
                         [](const auto& bench) {
                           return bench.param == BenchSort::kVirtual ? "Virtual" : "Lab";
                         });
INSTANTIATE_TEST_SUITE_P(Hardware, ContractTest, testing::Values(BenchSort::kHardware),
                         [](const auto&) { return "Table"; });

}  // namespace
}  // namespace rig
