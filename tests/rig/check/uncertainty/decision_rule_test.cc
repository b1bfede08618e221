#include "rig/check/uncertainty/decision_rule.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <random>

namespace rig::uncertainty {
namespace {

using testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinite = std::numeric_limits<double>::infinity();

void ExpectDecision(double margin, double expanded, v1::DecisionRule rule, v1::Verdict verdict,
                    const std::string& conformance) {
  const Decision decision = Decide(margin, expanded, rule);
  EXPECT_EQ(decision.verdict, verdict) << margin << " ± " << expanded;
  EXPECT_EQ(decision.conformance, conformance) << margin << " ± " << expanded;
}

TEST(DecideTest, UnderAGuardBandLeavesOpenWhatTheUncertaintyStraddles) {
  ExpectDecision(2, 1, v1::GUARD_BAND, v1::PASS, "Pass");
  ExpectDecision(1, 1, v1::GUARD_BAND, v1::PASS, "Pass");
  ExpectDecision(0.99, 1, v1::GUARD_BAND, v1::INCONCLUSIVE, "Conditional Pass");
  ExpectDecision(0, 1, v1::GUARD_BAND, v1::INCONCLUSIVE, "Conditional Pass");
  ExpectDecision(-0.01, 1, v1::GUARD_BAND, v1::INCONCLUSIVE, "Conditional Fail");
  ExpectDecision(-1, 1, v1::GUARD_BAND, v1::INCONCLUSIVE, "Conditional Fail");
  ExpectDecision(-1.01, 1, v1::GUARD_BAND, v1::FAIL, "Fail");
}

TEST(DecideTest, UnderSimpleAcceptanceGoesByTheValueAlone) {
  ExpectDecision(0.01, 1, v1::SIMPLE, v1::PASS, "Conditional Pass");
  ExpectDecision(0, 1, v1::SIMPLE, v1::PASS, "Conditional Pass");
  ExpectDecision(-0.01, 1, v1::SIMPLE, v1::FAIL, "Conditional Fail");
  ExpectDecision(1.5, 1, v1::SIMPLE, v1::PASS, "Pass");
}

TEST(DecideTest, TakesAnUnsetRuleForTheGuardBand) {
  ExpectDecision(0.5, 1, v1::DECISION_RULE_UNSET, v1::INCONCLUSIVE, "Conditional Pass");
}

TEST(DecideTest, WithoutUncertaintyBothRulesAgree) {
  for (const auto rule : {v1::SIMPLE, v1::GUARD_BAND}) {
    ExpectDecision(0, 0, rule, v1::PASS, "Pass");
    ExpectDecision(-1e-300, 0, rule, v1::FAIL, "Fail");
    EXPECT_EQ(Decide(1, 0, rule).risk, 0);
  }
}

TEST(DecideTest, NeverPassesWhatIsNotKnown) {
  for (const auto rule : {v1::SIMPLE, v1::GUARD_BAND}) {
    ExpectDecision(kNan, 1, rule, v1::INCONCLUSIVE, "");
    ExpectDecision(1, kNan, rule, v1::INCONCLUSIVE, "");
    ExpectDecision(1, -1, rule, v1::INCONCLUSIVE, "");
  }
  ExpectDecision(1, kInfinite, v1::GUARD_BAND, v1::INCONCLUSIVE, "Conditional Pass");
}

TEST(DecideTest, KnowsTheRiskOfAWrongDecision) {
  EXPECT_DOUBLE_EQ(Decide(0, 1, v1::SIMPLE).risk, 0.5);
  // The guard band's edge: two standard deviations.
  EXPECT_NEAR(Decide(1, 1, v1::GUARD_BAND).risk, 0.022750131948179, 1e-12);
  EXPECT_DOUBLE_EQ(Decide(-0.5, 1, v1::SIMPLE).risk, Decide(0.5, 1, v1::SIMPLE).risk);
}

TEST(DecideTest, RiskAgreesWithMonteCarlo) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> error(0, 0.5);
  constexpr int kDraws = 400'000;
  int wrong = 0;
  for (int i = 0; i < kDraws; ++i) wrong += 0.4 + error(random) < 0;
  EXPECT_NEAR(static_cast<double>(wrong) / kDraws, Decide(0.4, 1, v1::SIMPLE).risk, 0.003);
}

v1::CheckResult Judged(v1::Verdict verdict, double limit, double measured, double margin,
                       double uncertainty) {
  v1::CheckResult result;
  result.set_verdict(verdict);
  result.set_reason("expected supply <= 5 V");
  v1::Quantity& value = *result.mutable_value();
  value.set_known(true);
  value.set_unit("V");
  value.set_limit(limit);
  value.set_measured(measured);
  value.set_margin(margin);
  value.set_uncertainty(uncertainty);
  return result;
}

TEST(ApplyDecisionRuleTest, KeepsAClearPassAndSaysWhereAcceptanceEnds) {
  v1::CheckResult result = Judged(v1::PASS, 5, 4.9, 0.1, 0.03);
  ApplyDecisionRule(v1::GUARD_BAND, result, result);
  EXPECT_EQ(result.verdict(), v1::PASS);
  EXPECT_EQ(result.conformance(), "Pass");
  EXPECT_DOUBLE_EQ(result.acceptance_limit(), 4.97);
  EXPECT_THAT(result.decision_rule(), HasSubstr("guard band w = U (k = 2)"));
  EXPECT_THAT(result.decision_risk(), HasSubstr("below 2.5 %"));
}

TEST(ApplyDecisionRuleTest, MovesALowerLimitUp) {
  v1::CheckResult result = Judged(v1::PASS, 3, 4.9, 1.9, 0.03);
  ApplyDecisionRule(v1::GUARD_BAND, result, result);
  EXPECT_DOUBLE_EQ(result.acceptance_limit(), 3.03);
  v1::CheckResult failed = Judged(v1::FAIL, 5, 5.5, -0.5, 0.03);
  ApplyDecisionRule(v1::GUARD_BAND, failed, failed);
  EXPECT_DOUBLE_EQ(failed.acceptance_limit(), 4.97);
}

TEST(ApplyDecisionRuleTest, BelievesTheJudgeWhereTheMarginDoesNotTellThePassingSide) {
  v1::CheckResult at_least = Judged(v1::PASS, 5, 5, 0, 0.03);
  at_least.set_acceptance_limit(5.03);
  ApplyDecisionRule(v1::GUARD_BAND, v1::CheckResult(at_least), at_least);
  EXPECT_DOUBLE_EQ(at_least.acceptance_limit(), 5.03);
  ApplyDecisionRule(v1::SIMPLE, v1::CheckResult(at_least), at_least);
  EXPECT_EQ(at_least.acceptance_limit(), 5);
}

TEST(ApplyDecisionRuleTest, LeavesAStraddlingValueInconclusiveUnderAGuardBand) {
  const v1::CheckResult nominal = Judged(v1::PASS, 5, 4.98, 0.02, 0);
  v1::CheckResult result = Judged(v1::INCONCLUSIVE, 5, 4.98, 0.02, 0.03);
  ApplyDecisionRule(v1::GUARD_BAND, nominal, result);
  EXPECT_EQ(result.verdict(), v1::INCONCLUSIVE);
  EXPECT_EQ(result.conformance(), "Conditional Pass");
  EXPECT_THAT(result.decision_risk(), HasSubstr("not decided"));
}

TEST(ApplyDecisionRuleTest, DecidesAStraddlingValueUnderSimpleAcceptanceAndNamesTheRisk) {
  const v1::CheckResult nominal = Judged(v1::PASS, 5, 4.98, 0.02, 0);
  v1::CheckResult result = Judged(v1::INCONCLUSIVE, 5, 4.98, 0.02, 0.03);
  ApplyDecisionRule(v1::SIMPLE, nominal, result);
  EXPECT_EQ(result.verdict(), v1::PASS);
  EXPECT_EQ(result.conformance(), "Conditional Pass");
  EXPECT_EQ(result.acceptance_limit(), 5);
  EXPECT_EQ(result.decision_risk(),
            "risk of a wrong decision: up to 50 % under simple acceptance, 9.1 % at this value");
  EXPECT_THAT(result.reason(), HasSubstr("within its uncertainty"));
}

TEST(ApplyDecisionRuleTest, LeavesWhatIsInconclusiveForAnotherReason) {
  for (const auto rule : {v1::SIMPLE, v1::GUARD_BAND}) {
    v1::CheckResult result;
    result.set_verdict(v1::INCONCLUSIVE);
    result.set_reason("the trace has no channel observed.power");
    ApplyDecisionRule(rule, result, result);
    EXPECT_EQ(result.verdict(), v1::INCONCLUSIVE);
    EXPECT_EQ(result.conformance(), "");
    EXPECT_EQ(result.reason(), "the trace has no channel observed.power");
  }
}

// A pass with `margin` seconds to spare of 10 s.
v1::CheckResult Timed(double margin, double uncertainty) {
  v1::CheckResult result;
  result.set_verdict(v1::PASS);
  result.set_reason("alarm in time");
  v1::Quantity& time = *result.mutable_time();
  time.set_known(true);
  time.set_unit("s");
  time.set_limit(10);
  time.set_measured(10 - margin);
  time.set_margin(margin);
  time.set_uncertainty(uncertainty);
  return result;
}

TEST(ApplyDecisionRuleTest, LeavesATimeWithinItsUncertaintyOpen) {
  const v1::CheckResult nominal = Timed(0.004, 0.006);
  v1::CheckResult result = nominal;
  ApplyDecisionRule(v1::GUARD_BAND, nominal, result);
  EXPECT_EQ(result.verdict(), v1::INCONCLUSIVE);
  EXPECT_EQ(result.conformance(), "Conditional Pass");
  EXPECT_EQ(result.reason(),
            "alarm in time; 4 ms to the limit in time is within the uncertainty of 6 ms");
  result = nominal;
  ApplyDecisionRule(v1::SIMPLE, nominal, result);
  EXPECT_EQ(result.verdict(), v1::PASS);
}

TEST(ApplyDecisionRuleTest, PassesATimeClearOfItsUncertainty) {
  v1::CheckResult result = Timed(0.8, 0.006);
  ApplyDecisionRule(v1::GUARD_BAND, result, result);
  EXPECT_EQ(result.verdict(), v1::PASS);
  EXPECT_DOUBLE_EQ(result.time_acceptance_limit(), 9.994);
}

TEST(ApplyDecisionRuleTest, NeverMakesAnErrorAVerdict) {
  v1::CheckResult result = Judged(v1::ERROR, 5, 4, 1, 0.1);
  ApplyDecisionRule(v1::SIMPLE, result, result);
  EXPECT_EQ(result.verdict(), v1::ERROR);
}

}  // namespace
}  // namespace rig::uncertainty
