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
