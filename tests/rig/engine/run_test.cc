#include "rig/engine/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rig/edited_file.h"
#include "tests/rig/engine/scripted_bench.h"
#include "tests/rig/scripted_equipment.h"

namespace rig {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

// Five volts for less time than a board has to answer in.
class RunTest : public testing::Test {
 protected:
  RunTest() : bench_(LoadBench(EditedFile(TestFolder(), "bench.yaml", "", "")).value()) {
    scenario_.message.set_duration(1'900'000'000);
    v1::Step& step = *scenario_.message.add_steps();
    step.mutable_supply()->set_signal("power");
    step.mutable_supply()->set_voltage(5);
  }
  ~RunTest() override { std::filesystem::remove_all(TestFolder()); }

  RunOutcome Execute() {
    return ExecuteRun({.scenario = &scenario_,
                       .bench = &bench_,
                       .equipment = &equipment_,
                       .image = &image_,
                       .seed = 1,
                       .progress = progress_},
                      trace_);
  }

  LoadedBench bench_;
  LoadedScenario scenario_;
  ScriptedEquipment equipment_;
  FirmwareImage image_;
  RecordedTrace trace_;
  std::function<Status(RunTime)> progress_;
};

TEST_F(RunTest, ASupplyThatSagsIsTheRigsFailure) {
  equipment_.measures = [this] { return equipment_.now < RunTime(seconds(1)) ? 5.0 : 3.1; };
  const RunOutcome outcome = Execute();
  ASSERT_FALSE(outcome.status);
  EXPECT_EQ(outcome.status.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(outcome.status.error().message, HasSubstr("supply power: 3.100 V"));
}

TEST_F(RunTest, ASupplyHasItsTimeToSettle) {
  equipment_.measures = [this] {
    return equipment_.now < RunTime(milliseconds(400)) ? 3.1 : equipment_.set;
  };
  const RunOutcome outcome = Execute();
  EXPECT_TRUE(outcome.status) << outcome.status.error().message;
}

TEST_F(RunTest, TheSafeStateIsWaitedFor) {
  equipment_.measures = [this] {
    return equipment_.now < RunTime(seconds(4)) && equipment_.set == 0 ? 0.8 : equipment_.set;
  };
  const RunOutcome outcome = Execute();
  EXPECT_TRUE(outcome.status) << outcome.status.error().message;
  EXPECT_TRUE(outcome.safe_state_reached);
  EXPECT_GE(equipment_.now, RunTime(seconds(4)));
}

TEST_F(RunTest, ASafeStateThatDoesNotComeIsSaid) {
  equipment_.measures = [this] { return equipment_.set == 0 ? 0.8 : equipment_.set; };
  const RunOutcome outcome = Execute();
  EXPECT_FALSE(outcome.safe_state_reached);
  EXPECT_THAT(outcome.status.error().message, HasSubstr("power is at 0.800 V"));
}

// Nobody watches over the bench any more, say.
TEST_F(RunTest, AnErrorOfWhoeverHearsOfProgressEndsTheRunInTheSafeState) {
  progress_ = [](RunTime t) {
    return t < RunTime(seconds(1)) ? Status() : MakeError(Code::kUnavailable, "guard: has died");
  };
  const RunOutcome outcome = Execute();
  EXPECT_THAT(outcome.status.error().message, HasSubstr("guard: has died"));
  EXPECT_LT(outcome.end, RunTime(milliseconds(1200)));
  EXPECT_TRUE(outcome.safe_state_reached);
  EXPECT_EQ(equipment_.set, 0);
}

TEST_F(RunTest, WhatWasDoneLateEndsTheRun) {
  equipment_.on_time = MakeError(Code::kDeadlineExceeded, "late");
  EXPECT_EQ(Execute().status.error().code, Code::kDeadlineExceeded);
}

}  // namespace
}  // namespace rig
