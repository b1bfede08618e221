#include "rig/campaign/campaign.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rig/campaign/falsify.h"
#include "rig/check/statistics/sequential.h"

namespace rig {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::CampaignPlan Plan(const char* method, int runs) {
  v1::CampaignPlan plan;
  plan.set_method(method);
  plan.set_runs(static_cast<std::uint32_t>(runs));
  plan.set_confidence(0.95);
  return plan;
}

// `ended` runs of distinct seeds, the last of them with the verdict given, then some that have not.
v1::CampaignRecord Record(int planned, int ended, v1::Verdict last) {
  v1::CampaignRecord record;
  record.set_state(ended == planned ? v1::ENDED : v1::RUNNING);
  for (int i = 0; i < planned; ++i) {
    v1::CampaignRun& run = *record.add_runs();
    run.mutable_condition()->set_seed(static_cast<std::uint64_t>(i));
    if (i >= ended) continue;
    run.set_verdict(i + 1 == ended ? last : v1::PASS);
    run.set_margin_kind(v1::VALUE);
    run.set_margin(i == 3 ? 0.1 : 0.5);
  }
  return record;
}

TEST(CampaignTest, FiftyNineRandomPassesShowNinetyFivePercent) {
  v1::CampaignRecord record = Record(59, 59, v1::PASS);
  ASSERT_TRUE(State(Plan("random", 59), true, record));
  EXPECT_TRUE(record.claims());
  EXPECT_GE(record.reliability(), 0.95);
  EXPECT_DOUBLE_EQ(record.confidence(), 0.95);
  EXPECT_THAT(record.statement(), HasSubstr("95 % confident that at least 95.0"));
  EXPECT_THAT(record.statement(), Not(HasSubstr("not the first")));
  EXPECT_EQ(record.verdict(), v1::PASS);
}

TEST(CampaignTest, AFailureLowersTheClaim) {
  v1::CampaignRecord record = Record(59, 59, v1::FAIL);
  ASSERT_TRUE(State(Plan("random", 59), true, record));
  EXPECT_TRUE(record.claims());
  EXPECT_LT(record.reliability(), 0.95);
  EXPECT_EQ(record.verdict(), v1::FAIL);
}

TEST(CampaignTest, ARigErrorCountsAgainstTheClaim) {
  v1::CampaignRecord record = Record(59, 59, v1::ERROR);
  ASSERT_TRUE(State(Plan("random", 59), true, record));
  EXPECT_LT(record.reliability(), 0.95);
  EXPECT_EQ(record.verdict(), v1::ERROR);
}

TEST(CampaignTest, AnInterruptedCampaignClaimsNothing) {
  for (const v1::RunState state : {v1::RUNNING, v1::ENDED}) {
    v1::CampaignRecord record = Record(59, 58, v1::PASS);
    record.set_state(state);
    ASSERT_TRUE(State(Plan("random", 59), true, record));
    EXPECT_FALSE(record.claims());
    EXPECT_EQ(record.statement(), "no claim: 58 of 59 runs ended; the plan has 59");
  }
}

TEST(CampaignTest, ARunningCampaignTakesBackWhatItClaimed) {
  v1::CampaignRecord record = Record(59, 59, v1::PASS);
  ASSERT_TRUE(State(Plan("random", 59), true, record));
  record.set_state(v1::RUNNING);
  ASSERT_TRUE(State(Plan("random", 59), true, record));
  EXPECT_FALSE(record.claims());
  EXPECT_EQ(record.confidence(), 0);
  EXPECT_EQ(record.reliability(), 0);
}

TEST(CampaignTest, HasNoVerdictBeforeItsFirstRunHasEnded) {
  v1::CampaignRecord record = Record(59, 0, v1::PASS);
  ASSERT_TRUE(State(Plan("random", 59), true, record));
  EXPECT_EQ(record.verdict(), v1::VERDICT_UNSET);
}

TEST(CampaignTest, AReplayedConditionIsNoSecondTrial) {
  v1::CampaignRecord record = Record(59, 59, v1::PASS);
  for (v1::CampaignRun& run : *record.mutable_runs()) run.mutable_condition()->set_seed(1);
  ASSERT_TRUE(State(Plan("random", 59), true, record));
  EXPECT_LT(record.reliability(), 0.06);  // one trial: 0.05
}

TEST(CampaignTest, PassesWithOneTraceAreOneTrialOfAVirtualBench) {
  v1::CampaignRecord record = Record(59, 59, v1::PASS);
  for (v1::CampaignRun& run : *record.mutable_runs()) run.set_trace_sha256("same");
  ASSERT_TRUE(State(Plan("random", 59), true, record));
  EXPECT_LT(record.reliability(), 0.06);
  EXPECT_THAT(record.statement(), HasSubstr("1 of 1 distinct conditions passed, 59 attempts"));
  EXPECT_THAT(record.statement(), HasSubstr("virtual bench"));
  ASSERT_TRUE(State(Plan("random", 59), false, record));
  EXPECT_THAT(record.statement(), HasSubstr("real bench"));
  EXPECT_GE(record.reliability(), 0.95);
}

TEST(CampaignTest, FailuresWithOneTraceCountEach) {
  v1::CampaignRecord record = Record(60, 60, v1::PASS);
  for (int i = 0; i < 30; ++i) {
    record.mutable_runs(i)->set_verdict(v1::FAIL);
    record.mutable_runs(i)->set_trace_sha256("dead");
  }
  ASSERT_TRUE(State(Plan("random", 60), true, record));
  EXPECT_THAT(record.statement(), HasSubstr("30 of 60 distinct conditions passed, 30 failed"));
}

TEST(CampaignTest, NamesEarlierCampaignsWithTheClaim) {
  v1::CampaignPlan plan = Plan("random", 59);
  plan.add_earlier("pump.idle.0001");
  v1::CampaignRecord record = Record(59, 59, v1::PASS);
  ASSERT_TRUE(State(plan, true, record));
  EXPECT_THAT(record.statement(),
              HasSubstr("not the first of this scenario and firmware, see pump.idle.0001"));
}

TEST(SearchVerdictTest, IsInconclusiveWhereRunsWere) {
  v1::SearchRecord record;
  record.set_state(v1::ENDED);
  v1::Search& search = *record.add_searches();
  EXPECT_EQ(SearchVerdict(record), v1::PASS);
  search.set_undecided(1);
  EXPECT_EQ(SearchVerdict(record), v1::INCONCLUSIVE);
  search.set_errors(1);
  EXPECT_EQ(SearchVerdict(record), v1::ERROR);
  search.set_found(true);
  EXPECT_EQ(SearchVerdict(record), v1::FAIL);
}

TEST(CampaignTest, AGridIsCoverageAndNoClaim) {
  v1::CampaignRecord record = Record(9, 9, v1::PASS);
  ASSERT_TRUE(State(Plan("grid", 9), true, record));
  EXPECT_FALSE(record.claims());
  EXPECT_THAT(record.statement(), HasSubstr("all 9 points of the grid passed"));
  record = Record(9, 9, v1::FAIL);
  ASSERT_TRUE(State(Plan("grid", 9), true, record));
  EXPECT_EQ(record.statement(), "of the 9 points of the grid: 8 pass, 1 FAIL");
}

TEST(CampaignTest, ALatinHypercubeMakesNoClaim) {
  v1::CampaignRecord record = Record(59, 59, v1::PASS);
  ASSERT_TRUE(State(Plan("lhs", 59), true, record));
  EXPECT_FALSE(record.claims());
  EXPECT_THAT(record.statement(), HasSubstr("no claim"));
}

TEST(CampaignTest, TellsTheRunWithTheLeastMargin) {
  v1::CampaignRecord record = Record(9, 9, v1::PASS);
  record.mutable_runs(5)->clear_margin_kind();
  record.mutable_runs(5)->clear_margin();
  ASSERT_TRUE(State(Plan("random", 9), true, record));
  EXPECT_EQ(record.least(), 3);
}

// p0 = 1 %, p1 = 10 %, both risks 5 %: 31 passes accept, ln(0.05/0.95) / ln(0.9/0.99) = 30.9.
v1::CampaignPlan Sequential(int runs) {
  v1::CampaignPlan plan = Plan("random", runs);
  v1::SequentialPlan& test = *plan.mutable_sequential();
  test.set_acceptable(0.01);
  test.set_rejectable(0.1);
  test.set_alpha(0.05);
  test.set_beta(0.05);
  test.set_digest(statistics::DigestOf({0.01, 0.1, 0.05, 0.05}));
  return plan;
}

std::string SequentialStatement(v1::CampaignRecord record, const v1::CampaignPlan& plan) {
  record.set_state(v1::ENDED);
  EXPECT_TRUE(State(plan, true, record));
  return record.claims() ? "claims: " + record.statement() : record.statement();
}

TEST(CampaignTest, ASequentialTestAcceptsAfterAsManyPassesAsPlanned) {
  const v1::CampaignPlan plan = Sequential(200);
  EXPECT_THAT(
      SequentialStatement(Record(200, 31, v1::PASS), plan),
      HasSubstr(
          "claims: sequential test of 1 % against 10 % failing: accepted after 31 "
          "distinct conditions, 0 of them not passed, virtual bench; 94.74 % "
          "confident that at least 90 % of conditions pass; conditions: parameters uniform over "
          "their ranges, seeds at random"));
  EXPECT_THAT(SequentialStatement(Record(200, 30, v1::PASS), plan),
              HasSubstr("no claim: sequential test of 1 % against 10 % failing: not decided after "
                        "30 distinct conditions"));
}

TEST(CampaignTest, ASequentialTestRejectsAndTakesWhatDidNotPassAsFailed) {
  v1::CampaignRecord record = Record(200, 3, v1::PASS);
  record.mutable_runs(0)->set_verdict(v1::INCONCLUSIVE);
  record.mutable_runs(1)->set_verdict(v1::ERROR);
  EXPECT_THAT(SequentialStatement(record, Sequential(200)), HasSubstr("rejected after 2 distinct"));
}

TEST(CampaignTest, ASequentialTestTakesNoReplayAndNothingBehindARunThatHasNotEnded) {
  const v1::CampaignPlan plan = Sequential(200);
  v1::CampaignRecord replays = Record(200, 100, v1::PASS);
  for (v1::CampaignRun& run : *replays.mutable_runs()) run.set_trace_sha256("same");
  EXPECT_THAT(SequentialStatement(replays, plan), HasSubstr("not decided after 1 distinct"));
  v1::CampaignRecord open = Record(200, 100, v1::PASS);
  open.mutable_runs(10)->clear_verdict();
  EXPECT_THAT(SequentialStatement(open, plan), HasSubstr("not decided after 10 distinct"));
}

TEST(CampaignTest, ASequentialTestThatDoesNotAcceptIsNoPass) {
  const auto verdict = [](v1::CampaignRecord record, v1::RunState state) {
    record.set_state(state);
    EXPECT_TRUE(State(Sequential(200), true, record));
    EXPECT_FALSE(record.claims());
    return record.verdict();
  };
  EXPECT_EQ(verdict(Record(200, 30, v1::PASS), v1::ENDED), v1::INCONCLUSIVE);
  v1::CampaignRecord open = Record(200, 2, v1::INCONCLUSIVE);
  open.mutable_runs(0)->set_verdict(v1::INCONCLUSIVE);
  EXPECT_EQ(verdict(open, v1::ENDED), v1::FAIL);
  open.mutable_runs(0)->set_verdict(v1::ERROR);
  EXPECT_EQ(verdict(open, v1::ENDED), v1::ERROR);
  verdict(Record(200, 31, v1::PASS), v1::RUNNING);
}

TEST(CampaignTest, ASequentialTestKeepsToThePlanRegistered) {
  v1::CampaignPlan plan = Sequential(200);
  plan.mutable_sequential()->set_rejectable(0.2);
  v1::CampaignRecord record = Record(200, 31, v1::PASS);
  record.set_state(v1::ENDED);
  EXPECT_FALSE(State(plan, true, record));
}

}  // namespace
}  // namespace rig
