#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "rig/bench/bench.h"
#include "tests/rig/edited_file.h"

namespace rig {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Every capability of the small bench; remembers what it was told, refuses what the test says.
class ScriptedEquipment final : public Equipment,
                                public BenchClock,
                                public PowerSupply,
                                public SampleInjector,
                                public LineDriver,
                                public EdgeCapture,
                                public SerialLink,
                                public FirmwareLoader {
 public:
  Result<FixtureIdentity> Identify(std::string_view) override { return FixtureIdentity(); }
  Result<std::vector<FixtureMeasurement>> SelfTest(std::string_view) override {
    return std::vector<FixtureMeasurement>();
  }
  BenchClock& clock() override { return *this; }
  PowerSupply* FindSupply(std::string_view name) override { return Offer(name, "supply"); }
  SampleInjector* FindInjector(std::string_view name) override { return Offer(name, "injector"); }
  PulseInjector* FindPulses(std::string_view) override { return nullptr; }
  LineDriver* FindLines(std::string_view name) override { return Offer(name, "lines"); }
  EdgeCapture* FindCapture(std::string_view name) override { return Offer(name, "capture"); }
  AnalogCapture* FindAnalog(std::string_view) override { return nullptr; }
  SerialLink* FindSerial(std::string_view name) override { return Offer(name, "uart"); }
  FirmwareLoader* FindLoader() override { return Offer("loader", "loader"); }
  std::vector<BoardEvent> DrainBoardEvents() override { return {}; }

  Status AdvanceTo(RunTime) override { return {}; }
  RunTime Now() const override { return {}; }
  Result<double> SetVoltage(double volts) override {
    if (supply_lost) return MakeError(Code::kUnavailable, "supply lost");
    told.push_back("supply " + std::to_string(volts));
    return volts;
  }
  Result<double> Ramp(double volts, Duration) override { return volts; }
  Status Cut() override { return {}; }
  Result<double> Measure() override { return 0; }
  InjectorLimits limits() const override { return {0, 5, 1e-4, std::chrono::milliseconds(2)}; }
  Result<std::size_t> Write(std::uint32_t channel, RunTime start, std::span<const double> volts,
                            std::span<double> actual) override {
    told.push_back("injector " + std::to_string(channel) + " at " +
                   std::to_string(Nanoseconds(start)) + " " + std::to_string(volts[0]));
    actual[0] = volts[0];
    return clipped;
  }
  Status Set(std::uint32_t channel, bool active, RunTime) override {
    told.push_back("line " + std::to_string(channel) + (active ? " on" : " off"));
    return {};
  }
  Status Drain(std::vector<Edge>&) override { return {}; }
  Status Send(std::string_view) override { return {}; }
  Status Drain(std::vector<SerialByte>&) override { return {}; }
  std::string target() const override { return "atmega1284p"; }
  Status Program(std::string_view) override { return {}; }
  Result<std::string> ReadBack(std::size_t) override { return std::string(); }

  std::vector<std::string> told;
  std::string absent;  // the fixture that does not offer its capability
  bool supply_lost = false;
  std::size_t clipped = 0;

 private:
  ScriptedEquipment* Offer(std::string_view name, std::string_view kind) {
    return name == kind && name != absent ? this : nullptr;
  }
};

class BindBenchTest : public testing::Test {
 protected:
  BindBenchTest() : bench_(LoadBench(EditedFile(TestFolder(), "bench.yaml", "", "")).value()) {}
  ~BindBenchTest() override { std::filesystem::remove_all(TestFolder()); }

  ScriptedEquipment equipment_;
  LoadedBench bench_;
};

TEST_F(BindBenchTest, BindsEveryWireToItsPort) {
  const auto bound = BindBench(bench_, equipment_);
  ASSERT_TRUE(bound) << bound.error().message;
  EXPECT_EQ(bound->supplies.size(), 1u);
  ASSERT_EQ(bound->stimuli.size(), 2u);
  EXPECT_EQ(bound->stimuli[1].unit, "Pa");
  EXPECT_DOUBLE_EQ(bound->stimuli[1].gain, 2e-5);
  EXPECT_EQ(bound->stimuli[1].offset_v, 0.2);
  EXPECT_EQ(bound->captures.size(), 1u);
  ASSERT_EQ(bound->captured.size(), 3u);
  EXPECT_EQ(bound->captured[1].tone_hold, std::chrono::milliseconds(5));
  EXPECT_EQ(bound->captured[2].count_every, std::chrono::milliseconds(10));
  EXPECT_EQ(bound->captured[2].channel, 2u);
  EXPECT_EQ(bound->lines.size(), 2u);
  EXPECT_EQ(bound->console_signal, "console");
  EXPECT_NE(bound->console, nullptr);
  EXPECT_NE(bound->loader, nullptr);
}

TEST_F(BindBenchTest, RefusesAFixtureThatDoesNotOfferWhatItsWireNeeds) {
  for (const char* fixture : {"supply", "injector", "lines", "capture", "uart"}) {
    equipment_.absent = fixture;
    const auto bound = BindBench(bench_, equipment_);
    ASSERT_FALSE(bound) << fixture;
    EXPECT_EQ(bound.error().code, Code::kUnimplemented);
    EXPECT_THAT(bound.error().message, HasSubstr(fixture));
    EXPECT_THAT(bound.error().message, HasSubstr("bench.yaml:"));
  }
}

TEST_F(BindBenchTest, RefusesABenchWithoutALoader) {
  equipment_.absent = "loader";
  EXPECT_EQ(BindBench(bench_, equipment_).error().code, Code::kUnimplemented);
}

TEST_F(BindBenchTest, PutsEveryOutputToItsSafeState) {
  auto bound = BindBench(bench_, equipment_).value();
  EXPECT_TRUE(EnterSafeState(bench_.message, bound, AtNanoseconds(3'000'001)));
  EXPECT_THAT(equipment_.told,
              ElementsAre("supply 0.000000", "injector 0 at 4000000 1.280000",
                          "injector 1 at 4000000 0.200000", "line 0 off", "line 1 off"));
}

TEST_F(BindBenchTest, GoesOnToTheSafeStateAfterAFailure) {
  auto bound = BindBench(bench_, equipment_).value();
  equipment_.supply_lost = true;
  const Status safe = EnterSafeState(bench_.message, bound, RunTime());
  ASSERT_FALSE(safe);
  EXPECT_EQ(safe.error().message, "supply lost");
  EXPECT_EQ(equipment_.told.size(), 4u);
}

TEST_F(BindBenchTest, ReportsASafeStateThatWasNotReached) {
  auto bound = BindBench(bench_, equipment_).value();
  equipment_.clipped = 1;
  EXPECT_EQ(EnterSafeState(bench_.message, bound, RunTime()).error().code, Code::kOutOfRange);
}

}  // namespace
}  // namespace rig
