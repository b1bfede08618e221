#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rig/bench/bench.h"
#include "tests/rig/edited_file.h"
#include "tests/rig/scripted_equipment.h"

namespace rig {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

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

// A pin_range from 0 V, and a correction of the fixture by so much.
StimulusPort PortWithOffset(LoadedBench bench, Equipment& equipment, double offset_v) {
  for (v1::Fixture& fixture : *bench.message.mutable_fixtures()) {
    if (fixture.name() != "injector") continue;
    fixture.mutable_calibration()->set_uncertainty(1e-3);
    fixture.mutable_calibration()->set_drift(1e-3);
    v1::CalibratedChannel& channel = *fixture.mutable_calibration()->add_channels();
    channel.set_quantity(v1::CalibratedChannel::OUTPUT);
    channel.set_gain(1);
    channel.set_offset(offset_v);
  }
  for (v1::Wire& wire : *bench.message.mutable_wiring()) {
    if (wire.fixture() == "injector") wire.mutable_pin_range()->set_high(2);
  }
  return BindBench(bench, equipment).value().stimuli.at(0);
}

TEST_F(BindBenchTest, AnEndOfThePinRangeIsAsGoodAsReachedWithinTheUncertaintyOnly) {
  const StimulusPort near = PortWithOffset(bench_, equipment_, 1.5e-3);
  EXPECT_EQ(near.least_v, 0);
  EXPECT_DOUBLE_EQ(near.most_v, 2 - 1.5e-3);
  EXPECT_DOUBLE_EQ(near.slack_v, 2e-3);
  // What is asked at this end the fixture refuses.
  EXPECT_DOUBLE_EQ(PortWithOffset(bench_, equipment_, 5e-3).least_v, -5e-3);
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
  equipment_.lost = "supply";
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
