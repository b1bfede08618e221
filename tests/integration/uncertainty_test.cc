// Measurement uncertainty from the bench file to the verdict.

#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "rig/controller/judge_formula.h"
#include "tests/integration/rig_process.h"

namespace rig {
namespace {

using testing::HasSubstr;

class UncertaintyTest : public testing::Test {
 protected:
  // A calibrated supply at 5 V with 30 mV of uncertainty (k = 2), judged against a limit.
  UncertaintyTest() {
    device_.Edit("bench/virtual.yaml", "virtual_supply: {maximum: 6 V}",
                 "virtual_supply: {maximum: 6 V}\n    calibration: {date: 2020-01-01, due: "
                 "2999-01-01, serial: PS-7, uncertainty: 30 mV}");
  }
  // The exit code, and the check's result in `check_`.
  int Judge(const std::string& limit, const std::string& more = "") {
    device_.Edit(kScenario, "checks:\n",
                 "checks:\n  - id: supply\n    text: The supply is in range.\n    formula: "
                 "always[1 s, 4 s] (observed.power <= " +
                     limit + " and device.count <= 7)\n" + more);
    const auto outcome = device_.Rig("run scenarios/count.yaml");
    out_ = outcome.out;
    record_ = nlohmann::json::parse(device_.Read("evidence/runs/probe.count.0001/record.json"));
    if (record_.contains("checks")) check_ = record_["checks"][0];
    return outcome.exit_code;
  }

  const ProbeDevice device_;
  std::string out_;
  nlohmann::json record_, check_;
};

TEST_F(UncertaintyTest, AMarginBeyondTheUncertaintyPasses) {
  EXPECT_EQ(Judge("5.1 V"), 0) << out_;
  EXPECT_EQ(check_["conformance"], "Pass");
  // Certificate and half a step of 1 mV.
  EXPECT_NEAR(check_["value"]["uncertainty"].get<double>(), 0.0300056, 1e-6);
  EXPECT_NEAR(check_["acceptance_limit"].get<double>(), 5.07, 1e-4);
}

TEST_F(UncertaintyTest, AMarginWithinTheUncertaintyIsInconclusive) {
  EXPECT_EQ(Judge("5.02 V"), 2) << out_;
  EXPECT_EQ(check_["verdict"], "INCONCLUSIVE");
  EXPECT_EQ(check_["conformance"], "Conditional Pass");
}

TEST_F(UncertaintyTest, ACurrentIsRecordedAndJudgedWithItsUncertainty) {
  device_.Edit("bench/virtual.yaml", "maximum: 6 V}", "maximum: 6 V, load: 500 ohm}");
  device_.Edit("bench/virtual.yaml", "uncertainty: 30 mV",
               "uncertainty: 30 mV, current_uncertainty: 2 mA");
  device_.Edit("bench/virtual.yaml", "pin: VCC}", "pin: VCC, profile_every: 100 ms}");
  // 10 mA flow.
  EXPECT_EQ(Judge("5.1 V and observed.power.current <= 11 mA"), 2) << out_;
  EXPECT_NEAR(check_["value"]["uncertainty"].get<double>(), 2e-3, 1e-6);
}

TEST_F(UncertaintyTest, ALimitMissedByLessThanTheUncertaintyIsInconclusive) {
  EXPECT_EQ(Judge("4.98 V"), 2) << out_;
  EXPECT_EQ(check_["conformance"], "Conditional Fail");
}

TEST_F(UncertaintyTest, ALimitMissedByMoreFails) { EXPECT_EQ(Judge("4.9 V"), 1) << out_; }

TEST_F(UncertaintyTest, SimpleAcceptanceDecidesAndNamesItsRisk) {
  EXPECT_EQ(Judge("5.02 V", "    decision_rule: simple\n"), 0) << out_;
  EXPECT_EQ(check_["conformance"], "Conditional Pass");
  EXPECT_THAT(check_["decision_risk"].get<std::string>(), HasSubstr("up to 50 %"));
}

TEST_F(UncertaintyTest, SimpleAcceptanceFailsWhatIsMissed) {
  EXPECT_EQ(Judge("4.98 V", "    decision_rule: simple\n"), 1) << out_;
}

TEST_F(UncertaintyTest, ARuleNobodyKnowsIsRefusedWithItsPlace) {
  device_.Edit(kScenario, "    text: It", "    decision_rule: generous\n    text: It");
  const auto outcome = device_.Rig("lint scenarios/count.yaml");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("count.yaml:"));
  EXPECT_THAT(outcome.out, HasSubstr("guard_band"));
}

TEST_F(UncertaintyTest, TheBudgetOfEveryChannelUsedIsInTheRecord) {
  ASSERT_EQ(Judge("5.1 V"), 0) << out_;
  const auto& budgets = record_["budgets"];
  // The third is asked for by the check that every run gets.
  ASSERT_EQ(budgets.size(), 3u) << budgets;
  EXPECT_EQ(budgets[0]["channel"], "device.count");
  EXPECT_EQ(budgets[1]["channel"], "device.reporting");
  EXPECT_EQ(budgets[2]["channel"], "observed.power");
  EXPECT_EQ(budgets[2]["value"][0]["distribution"], "NORMAL_K2");
  EXPECT_THAT(budgets[2]["value"][0]["source"].get<std::string>(), HasSubstr("PS-7"));
}

TEST(ChannelUncertaintyTest, CountsBothEndsOfASpanAsChangesOfOneChannel) {
  v1::UncertaintyBudget budget;
  budget.set_time_standard_s(0.003);
  const UncertaintyOf uncertainty_of = ChannelUncertainty({{"observed.buzzer", budget}});
  EXPECT_NEAR(uncertainty_of.span({"observed.buzzer"}, 1), 2 * std::sqrt(2) * 0.003, 1e-12);
  EXPECT_EQ(uncertainty_of.span({"device.alarm"}, 1), 0);
}

}  // namespace
}  // namespace rig
