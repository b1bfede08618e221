// What `rig golden` and `rig lint` say of golden traces, from recording to a stale one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/rig_process.h"

namespace rig {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kRecord[] =
    "golden record scenarios/count.yaml --to golden/count.yaml "
    "--channel 'device.count:1:100 ms' --channel 'observed.power:0.1 V:10 ms:events'";
constexpr char kApprove[] = "golden approve golden/count.yaml --by A --reason B";

// Its scenario has the golden as a second check, of PR-1.
void UseGolden(const ProbeDevice& device) {
  device.Write(kScenario, device.Read(kScenario) +
                              "  - id: golden\n    text: It counts as approved.\n"
                              "    golden: {file: ../golden/count.yaml}\n");
}

TEST(GoldenCommandTest, RecordsApprovesAndJudges) {
  const ProbeDevice device;
  UseGolden(device);
  const auto recorded = device.Rig(kRecord);
  ASSERT_EQ(recorded.exit_code, 0) << recorded.out;
  EXPECT_THAT(recorded.out, HasSubstr("not approved yet; touches 1 requirement: PR-1"));
  EXPECT_EQ(device.Rig("run scenarios/count.yaml").exit_code, 2);
  EXPECT_THAT(device.Rig("lint golden/count.yaml").out, HasSubstr("is not approved"));
  EXPECT_THAT(device.Rig(kApprove).out, HasSubstr("touches 1 requirement: PR-1"));
  const auto run = device.Rig("run scenarios/count.yaml");
  EXPECT_EQ(run.exit_code, 0) << run.out;
  EXPECT_EQ(device.Rig("lint golden/count.yaml").exit_code, 0);
  EXPECT_EQ(device.Rig("golden diff golden/count.yaml probe.count.0003").exit_code, 0);
  EXPECT_THAT(device.Rig(kRecord).out, HasSubstr("replaced"));
}

TEST(GoldenCommandTest, CallsAGoldenStaleWhenScenarioOrBenchChange) {
  const ProbeDevice device;
  UseGolden(device);
  ASSERT_EQ(device.Rig(kRecord).exit_code, 0);
  ASSERT_EQ(device.Rig(kApprove).exit_code, 0);
  device.Write("bench/virtual.yaml", device.Read("bench/virtual.yaml") + "# touched\n");
  EXPECT_THAT(device.Rig("lint golden/count.yaml").out, HasSubstr("golden/count.yaml:4:"));
  const auto other_bench = device.Rig("run scenarios/count.yaml");
  EXPECT_EQ(other_bench.exit_code, 2);
  EXPECT_THAT(other_bench.out, HasSubstr("the bench has changed"));
  device.Edit(kScenario, "seed: 1", "seed: 7");
  EXPECT_THAT(device.Rig("lint golden/count.yaml").out, HasSubstr("golden/count.yaml:3:"));
  EXPECT_THAT(device.Rig("run scenarios/count.yaml").out, HasSubstr("scenario count has changed"));
}

TEST(GoldenCommandTest, RefusesToCompareARunOfAnotherScenario) {
  const ProbeDevice device;
  ASSERT_EQ(device.Rig(kRecord).exit_code, 0);
  device.Edit(kScenario, "scenario: count", "scenario: other");
  ASSERT_EQ(device.Rig("run scenarios/count.yaml").exit_code, 0);
  const auto diff = device.Rig("golden diff golden/count.yaml probe.other.0001");
  EXPECT_EQ(diff.exit_code, 3);
  EXPECT_THAT(diff.out, HasSubstr("run probe.other.0001 is of scenario other"));
}

TEST(GoldenCommandTest, TakesAnInconclusiveRunForAStatedReasonOnly) {
  const ProbeDevice device;
  device.Edit(kScenario, "always[1 s, 4 s] (", "always[1 s, 4 s] (device.count < 0 -> ");
  const auto refused = device.Rig(kRecord);
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.out, HasSubstr("is inconclusive; expected one that passes"));
  const auto taken =
      device.Rig(std::string(kRecord) + " --from-inconclusive 'the premise never holds'");
  EXPECT_EQ(taken.exit_code, 0) << taken.out;
  EXPECT_THAT(device.Read("golden/count.yaml"),
              HasSubstr("inconclusive_because: the premise never holds"));
}

TEST(GoldenCommandTest, DerivesOnlyFromEnoughConditionsOtherThanItsOwn) {
  const ProbeDevice device;
  ASSERT_EQ(device.Rig(kRecord).exit_code, 0);
  const auto few = device.Rig("golden derive golden/count.yaml probe.count.0001");
  EXPECT_EQ(few.exit_code, 3);
  EXPECT_THAT(few.out, HasSubstr("0 distinct conditions, expected at least 59"));
  EXPECT_THAT(device.Read("golden/count.yaml"), Not(HasSubstr("basis:")));
}

TEST(GoldenCommandTest, RefusesAGoldenOfAnotherChannelAtItsPlace) {
  const ProbeDevice device;
  UseGolden(device);
  ASSERT_EQ(device.Rig(kRecord).exit_code, 0);
  device.Edit("golden/count.yaml", "channel: device.count", "channel: device.cuont");
  const auto run = device.Rig("run scenarios/count.yaml");
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.out, HasSubstr("golden/count.yaml:7:"));
  EXPECT_THAT(run.out, HasSubstr("no run of the scenario records device.cuont"));
}

TEST(GoldenCommandTest, RefusesAGoldenOfNothingTheDeviceDoes) {
  const ProbeDevice device;
  UseGolden(device);
  const auto recorded = device.Rig(
      "golden record scenarios/count.yaml --to golden/count.yaml "
      "--channel 'observed.power:0.1 V:10 ms:events'");
  ASSERT_EQ(recorded.exit_code, 0) << recorded.out;
  ASSERT_EQ(device.Rig(kApprove).exit_code, 0);
  EXPECT_THAT(device.Rig("run scenarios/count.yaml").out,
              HasSubstr("a golden of nothing the device does; expected"));
}

TEST(GoldenCommandTest, ComparesOnlyTheTraceThatARunRecorded) {
  const ProbeDevice device;
  ASSERT_EQ(device.Rig(kRecord).exit_code, 0);
  ASSERT_EQ(device.Rig(kApprove).exit_code, 0);
  const std::string run = "evidence/runs/probe.count.0001";
  const auto bare =
      device.Rig("golden diff golden/count.yaml alone.h5", "cp " + run + "/trace.h5 alone.h5;");
  EXPECT_EQ(bare.exit_code, 2) << bare.out;
  EXPECT_THAT(bare.out, HasSubstr("its origin is unknown"));
  const std::string record = device.Read(run + "/record.json");
  device.Edit(run + "/record.json", "\"ENDED\"", "\"RUNNING\"");
  EXPECT_THAT(device.Rig("golden diff golden/count.yaml probe.count.0001").out,
              HasSubstr("has not ended; expected one that ended well"));
  device.Write(run + "/record.json", record);
  const auto altered =
      device.Rig("golden diff golden/count.yaml probe.count.0001", "echo >> " + run + "/trace.h5;");
  EXPECT_EQ(altered.exit_code, 3);
  EXPECT_THAT(altered.out, HasSubstr("is not the trace that run probe.count.0001 recorded"));
}

TEST(GoldenCommandTest, WritesOnlyWhatReadsBackAndSaysWhatChanged) {
  const ProbeDevice device;
  const auto far = device.Rig(std::string(kRecord) + " --alignment '5 h'");
  EXPECT_EQ(far.exit_code, 3);
  EXPECT_THAT(far.out, HasSubstr("out of range; expected 0 s to 1 h"));
  ASSERT_EQ(device.Rig(kRecord).exit_code, 0);
  EXPECT_THAT(device.Rig(kApprove).out, HasSubstr("first approval of this file"));
  EXPECT_THAT(device.Rig(kApprove).out, HasSubstr("unchanged since the approval by A on"));
  device.Edit("golden/count.yaml", "time_tolerance: 100 ms", "time_tolerance: 110 ms");
  EXPECT_THAT(device.Rig(kApprove).out, HasSubstr("changed since the approval by A on"));
}

TEST(GoldenCommandTest, RefusesSharesThatAreNone) {
  const ProbeDevice device;
  ASSERT_EQ(device.Rig(kRecord).exit_code, 0);
  for (const char* share : {"nan", "0", "1", "-1", "95 %"}) {
    const auto refused = device.Rig(
        "golden derive golden/count.yaml probe.count.0001 --coverage '" + std::string(share) + "'");
    EXPECT_EQ(refused.exit_code, 64) << share;
  }
}

}  // namespace
}  // namespace rig
