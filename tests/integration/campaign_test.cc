// Campaigns and searches through the command line, on the probe.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "rig/base/digest.h"
#include "tests/integration/rig_process.h"

namespace rig {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

// Fails for supplies above 5.4 V: a tenth of the range.
constexpr char kParametric[] = R"(scenario: level
title: A level within its limit
verifies: [PR-1]
controls: [RC-1]
seed: 1
duration: 2 s
parameters:
  - {name: supply, value: 5 V, low: 4.5 V, high: 5.5 V}
steps:
  - {at: 0 s, supply: {signal: power, voltage: $supply}}
  - {at: 0 s, body: {rhythm: {asystole: {}}}}
  - {at: 0 s, play: {signal: ecg, ecg: {}}}
checks:
  - id: power
    text: It has no more than it stands.
    formula: always[1 s, 1.9 s] (observed.power <= 5.4 V and device.count >= 0)
)";

class CampaignCommandTest : public testing::Test {
 protected:
  CampaignCommandTest() { device_.Write("scenarios/level.yaml", kParametric); }
  nlohmann::json Json(const std::string& file) const {
    return nlohmann::json::parse(device_.Read("evidence/" + file));
  }
  bool HasTrace(const std::string& run) const {
    return fs::exists(device_.folder() / "evidence/runs" / run / "trace.h5");
  }
  const ProbeDevice device_;
};

TEST_F(CampaignCommandTest, ARunTakesAValueAndItsReplayNamesIt) {
  const auto outcome = device_.Rig("run scenarios/level.yaml --set 'supply=5.45 V' --json");
  EXPECT_EQ(outcome.exit_code, 1) << outcome.out;
  const auto record = Json("runs/probe.level.0001/record.json");
  EXPECT_THAT(record["replay"].get<std::string>(), HasSubstr("--set 'supply=5.45 V'"));
  EXPECT_EQ(record["resolved_scenario"]["parameters"][0]["value"], "5.45 V");
}

TEST_F(CampaignCommandTest, AValueOutOfRangeIsRefusedInOneLine) {
  const auto outcome = device_.Rig("run scenarios/level.yaml --set 'supply=6 V'");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("supply=6 V: is out of range; expected 4.5 V to 5.5 V"));
  EXPECT_EQ(device_.Rig("run scenarios/level.yaml --set supply").exit_code, 64);
}

TEST_F(CampaignCommandTest, ARepeatedCampaignNamesTheEarlierOne) {
  const std::string command =
      "campaign scenarios/level.yaml --method random --runs 1 --set 'supply=5 V'";
  EXPECT_THAT(device_.Rig(command).out, Not(HasSubstr("not the first")));
  EXPECT_THAT(device_.Rig(command).out,
              HasSubstr("not the first of this scenario and firmware, see probe.level.0001"));
}

TEST_F(CampaignCommandTest, RefusesNumbersThatAreNone) {
  for (const char* wrong :
       {"--runs -5", "--runs 0", "--runs 1e9", "--runs 5 --seed -1", "--runs 5 --confidence nan"}) {
    const auto outcome =
        device_.Rig("campaign scenarios/level.yaml --method random " + std::string(wrong));
    EXPECT_EQ(outcome.exit_code, 64) << wrong << outcome.out;
  }
  for (const char* budget : {"-1", "0", "99999999999999999999"}) {
    EXPECT_EQ(device_.Rig("falsify scenarios/level.yaml --budget " + std::string(budget)).exit_code,
              64);
  }
}

TEST_F(CampaignCommandTest, ARandomCampaignWritesItsPlanFirstAndClaims) {
  const auto outcome = device_.Rig(
      "campaign scenarios/level.yaml --method random --runs 5 --set 'supply=5 V' --keep failing");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("95 % confident that at least 54.92 %"));
  const std::string folder = "campaigns/probe.level.0001/";
  const auto plan = Json(folder + "plan.json");
  const auto campaign = Json(folder + "campaign.json");
  EXPECT_EQ(plan["conditions"].size(), 5u);
  EXPECT_EQ(campaign["plan_sha256"], Sha256Hex(device_.Read("evidence/" + folder + "plan.json")));
  EXPECT_EQ(campaign["state"], "ENDED");
  int traces = 0;
  for (const auto& run : campaign["runs"]) {
    traces += HasTrace(run["run"]) ? 1 : 0;
    EXPECT_EQ(run.contains("trace_kept"), HasTrace(run["run"]));
  }
  EXPECT_EQ(traces, 1);  // the least margin's
}

// Every level is another trace; two failures at once reject at these boundaries.
TEST_F(CampaignCommandTest, ASequentialCampaignStopsWhenItIsDecided) {
  const auto accepted = device_.Rig(
      "campaign scenarios/level.yaml --method random --runs 50 --sequential 0.3 0.9 0.1 0.1 "
      "--jobs 1");
  EXPECT_THAT(accepted.out, HasSubstr(": accepted after ")) << accepted.out;
  const auto campaign = Json("campaigns/probe.level.0001/campaign.json");
  EXPECT_EQ(campaign["state"], "ENDED");
  EXPECT_TRUE(campaign["claims"].get<bool>());
  EXPECT_FALSE(campaign["runs"][40].contains("verdict"));
  EXPECT_THAT(
      Json("campaigns/probe.level.0001/plan.json")["sequential"]["digest"].get<std::string>(),
      testing::SizeIs(64));
  EXPECT_EQ(device_
                .Rig("campaign scenarios/level.yaml --method grid --points 3 --sequential 0.3 "
                     "0.9 0.1 0.1")
                .exit_code,
            64);
}

TEST_F(CampaignCommandTest, AGridFindsTheEndThatFailsAndKeepsItsTrace) {
  const auto outcome =
      device_.Rig("campaign scenarios/level.yaml --method grid --points 3 --keep failing");
  EXPECT_EQ(outcome.exit_code, 1) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("of the 3 points of the grid: 2 pass, 1 FAIL"));
  const auto campaign = Json("campaigns/probe.level.0001/campaign.json");
  EXPECT_EQ(campaign["runs"][2]["verdict"], "FAIL");
  EXPECT_TRUE(HasTrace(campaign["runs"][2]["run"]));
  EXPECT_EQ(campaign["runs"][2]["condition"]["parameters"][0]["value"], "5.5 V");
}

TEST_F(CampaignCommandTest, ACampaignThatDiesClaimsNothing) {
  device_.Edit("scenarios/level.yaml", "duration: 2 s", "duration: 100000 s");
  // The first command is there to change the folder; the second is killed once it has begun.
  device_.Rig("completion bash >/dev/null; '" RIG_BINARY_DIR
              "/bin/rig' campaign scenarios/level.yaml "
              "--method random --runs 3 >/dev/null 2>&1 & pid=$!; "
              "until test -s evidence/campaigns/probe.level.0001/campaign.json || ! kill -0 $pid; "
              "do :; done; kill -9 $pid");
  const auto campaign = Json("campaigns/probe.level.0001/campaign.json");
  EXPECT_EQ(campaign["state"], "RUNNING");
  EXPECT_EQ(campaign["statement"], "no claim: 0 of 3 runs ended; the plan has 3");
}

TEST_F(CampaignCommandTest, ASearchWritesAScenarioThatFails) {
  const auto outcome = device_.Rig(
      "falsify scenarios/level.yaml --budget 60 --compare-random --output scenarios/found.yaml");
  EXPECT_EQ(outcome.exit_code, 1) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("random"));
  EXPECT_EQ(device_.Rig("lint scenarios/found.yaml").exit_code, 0);
  const auto again = device_.Rig("run scenarios/found.yaml");
  EXPECT_EQ(again.exit_code, 1) << again.out;
  EXPECT_THAT(again.out, HasSubstr("FAIL"));
}

TEST_F(CampaignCommandTest, HowManyRunAtOnceChangesNothingThatIsFound) {
  device_.Rig("falsify scenarios/level.yaml --budget 60 --jobs 1 --seed 3");
  device_.Rig("falsify scenarios/level.yaml --budget 60 --jobs 4 --seed 3");
  const auto one = Json("searches/probe.level.0001/search.json")["searches"][0];
  const auto four = Json("searches/probe.level.0002/search.json")["searches"][0];
  EXPECT_EQ(one["simulations"], four["simulations"]);
  EXPECT_EQ(one["runs"][one.value("least", 0)]["condition"],
            four["runs"][four.value("least", 0)]["condition"]);
}

TEST_F(CampaignCommandTest, ASearchThatFindsNothingSaysThatThisIsNoProof) {
  device_.Edit("scenarios/level.yaml", "high: 5.5 V", "high: 5.2 V");
  const auto outcome = device_.Rig("falsify scenarios/level.yaml --budget 10");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("this is no proof"));
}

TEST_F(CampaignCommandTest, WithoutRangesThereIsNothingToSearch) {
  const auto outcome = device_.Rig("falsify scenarios/count.yaml");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("expected a parameter with low and high"));
}

}  // namespace
}  // namespace rig
