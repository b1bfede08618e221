#include "rig/controller/guard.h"

#include <gmock/gmock.h>

#include <fstream>

#include "rig/controller/make_safe.h"
#include "rig/record/record.h"

namespace rig {
namespace {

using testing::HasSubstr;

// Beyond what Linux gives to processes.
constexpr int kNobody = 1 << 30;

v1::GuardReport Acted(bool supply_safe) {
  v1::GuardReport report;
  report.set_state(v1::ACTED);
  report.set_safe(supply_safe);
  report.set_pid(kNobody);
  v1::GuardedFixture* supply = report.add_fixtures();
  supply->set_fixture("supply");
  supply->set_safe(supply_safe);
  supply->set_attempts(3);
  supply->set_seen(supply_safe ? "power measured 0.000 V" : "nobody answered in time");
  v1::GuardedFixture* card = report.add_fixtures();
  card->set_fixture("card");
  card->set_safe(true);
  return report;
}

std::filesystem::path FolderWith(const v1::GuardReport& report) {
  std::string folder = testing::TempDir() + "/guard.XXXXXX";
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  std::ofstream(folder + "/guard.json") << ToJson(report);
  return folder;
}

TEST(MakeSafeTest, NamesEachFixtureThatItCannotReach) {
  // Nothing of this bench file is here.
  auto bench = LoadBench(RIG_SOURCE_DIR "/scenarios/patient_monitor/bench/table.yaml");
  ASSERT_TRUE(bench);
  for (v1::Fixture& fixture : *bench->message.mutable_fixtures()) {
    if (fixture.has_scpi_supply()) fixture.mutable_scpi_supply()->set_address("tcp:127.0.0.1:1");
  }
  const v1::GuardReport made = MakeSafe(*bench, std::chrono::steady_clock::now());
  EXPECT_FALSE(made.safe());
  ASSERT_EQ(made.fixtures_size(), 2);
  EXPECT_EQ(made.fixtures(0).fixture(), "supply");
  EXPECT_THAT(made.fixtures(0).seen(), HasSubstr("tcp:127.0.0.1:1"));
  EXPECT_EQ(made.fixtures(1).fixture(), "card");
  for (const v1::GuardedFixture& fixture : made.fixtures()) {
    EXPECT_FALSE(fixture.safe());
    EXPECT_EQ(fixture.attempts(), 1u);
  }
}

TEST(MakeSafeTest, ABenchWithoutOutputsIsSafe) {
  auto bench = LoadBench(RIG_SOURCE_DIR "/scenarios/patient_monitor/bench/table.yaml");
  ASSERT_TRUE(bench);
  bench->message.clear_fixtures();
  bench->message.clear_wiring();
  EXPECT_FALSE(MakeSafe(*bench, std::chrono::steady_clock::now()).safe()) << "it asks for some";
  bench->message.clear_safe_state();
  EXPECT_TRUE(MakeSafe(*bench, std::chrono::steady_clock::now()).safe());
}

TEST(GuardTest, SaysWhichFixtureIsNotInItsSafeState) {
  const std::string text = DescribeGuard(Acted(false));
  EXPECT_THAT(text, HasSubstr("fixture supply is NOT IN ITS SAFE STATE"));
  EXPECT_THAT(text, HasSubstr("nobody answered in time"));
  EXPECT_THAT(text, testing::Not(HasSubstr("fixture card")));
}

TEST(GuardTest, OneThatActedAndReachedTheSafeStateIsASuccess) {
  const auto awaited = AwaitGuard(FolderWith(Acted(true)));
  ASSERT_TRUE(awaited);
  EXPECT_TRUE(awaited->has_value());
}

TEST(GuardTest, OneThatActedInVainIsAnError) {
  EXPECT_EQ(AwaitGuard(FolderWith(Acted(false))).error().code, Code::kFailedPrecondition);
}

// Killed while it watched: its process has gone, and its report says nothing.
TEST(GuardTest, OneThatDiedIsAnError) {
  v1::GuardReport report;
  report.set_state(v1::WATCHING);
  report.set_pid(kNobody);
  const auto awaited = AwaitGuard(FolderWith(report));
  ASSERT_FALSE(awaited);
  EXPECT_THAT(awaited.error().message, HasSubstr("NOBODY"));
}

TEST(GuardTest, ARunFolderWithoutReportHadNoGuard) {
  std::string folder = testing::TempDir() + "/guard.XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const auto awaited = AwaitGuard(folder);
  ASSERT_TRUE(awaited);
  EXPECT_FALSE(awaited->has_value());
}

}  // namespace
}  // namespace rig
