// Verdicts on flow, bolus and occlusion; the decision of findings; what is refused.
#include "rig/check/therapy/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "rig/check/therapy/findings.h"
#include "tests/rig/check/therapy/made_signals.h"

namespace rig::therapy {
namespace {

using testing::HasSubstr;

constexpr double kRate = 25e-6 / 3600;
TEST(DecideTest, IsClosedAtTheLimit) {
  EXPECT_EQ(Decide(v1::GUARD_BAND, {{"x", 1, 1, 0, "s", 0}}, "", "").verdict(), v1::PASS);
  EXPECT_EQ(Decide(v1::GUARD_BAND, {{"x", 2, 1, 1, "s", 1}}, "", "").verdict(), v1::PASS);
}

TEST(DecideTest, ReportsTheLeastMarginRelativeToItsLimit) {
  std::vector<Finding> findings = {{"near", 10, 9, 1, "s", 0}, {"far", 1, 0.5, 0.5, "s", 0}};
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(Decide(v1::GUARD_BAND, findings, "", "").value().limit(), 10);
    std::swap(findings[0], findings[1]);
  }
}

v1::FlowCheck Flow() {
  v1::FlowCheck check;
  check.set_volume("plant.v");
  check.set_set_rate(kRate);
  check.set_settle(3600 * kSecond);
  check.set_analysis(3600 * kSecond);
  check.set_sample(30 * kSecond);
  check.set_limit(0.05);
  return check;
}

v1::CheckResult JudgeScaled(double factor, double uncertainty = 0) {
  check::Signals signals;
  Put(
      signals, "plant.v", [&](int s) { return factor * kRate * s; }, 7200);
  return JudgeFlow(Flow(), signals, Known("plant.v", uncertainty), v1::GUARD_BAND);
}

TEST(JudgeFlowTest, PassesAndFailsAtTheLimit) {
  EXPECT_EQ(JudgeScaled(1.049).verdict(), v1::PASS);
  const v1::CheckResult high = JudgeScaled(1.06);
  EXPECT_EQ(high.verdict(), v1::FAIL);
  EXPECT_NEAR(high.value().measured(), 0.06, 1e-9);
  EXPECT_NEAR(high.value().margin(), -0.01, 1e-9);
  const v1::CheckResult low = JudgeScaled(0.94);
  EXPECT_EQ(low.verdict(), v1::FAIL);
  EXPECT_DOUBLE_EQ(low.value().limit(), -0.05);
  EXPECT_THAT(high.reason(), HasSubstr("31 min"));
}

TEST(JudgeFlowTest, DoesNotDecideWithinTheUncertainty) {
  // 2 min at the set rate: an uncertainty of 1 % of it at each end.
  const double uncertainty = 0.01 * kRate * 120;
  EXPECT_EQ(JudgeScaled(1.049, uncertainty).verdict(), v1::INCONCLUSIVE);
  EXPECT_EQ(JudgeScaled(1.07, uncertainty).verdict(), v1::FAIL);
  EXPECT_EQ(JudgeScaled(1.03, uncertainty).verdict(), v1::PASS);
}

TEST(JudgeFlowTest, DoesNotDecideWithinTheUncertaintyOfTimes) {
  check::Signals signals;
  Put(
      signals, "plant.v", [](int s) { return 1.04 * kRate * s; }, 7200);
  const auto verdict = [&](double time_s) {  // of 2 min, at either end
    return JudgeFlow(Flow(), signals, Known("plant.v", 0, time_s), v1::GUARD_BAND).verdict();
  };
  EXPECT_EQ(verdict(0.8), v1::PASS);
  EXPECT_EQ(verdict(0.9), v1::INCONCLUSIVE);
}

TEST(JudgeFlowTest, HoldsTheMeanAgainstTheLimitWhateverTheWindowsAllow) {
  v1::FlowCheck check = Flow();
  v1::FlowWindow* window = check.add_windows();
  window->set_window(120 * kSecond);
  window->set_limit(0.5);
  check::Signals signals;
  Put(
      signals, "plant.v", [](int s) { return 1.06 * kRate * s; }, 7200);
  EXPECT_EQ(JudgeFlow(check, signals, {}, v1::GUARD_BAND).verdict(), v1::FAIL);
}

TEST(JudgeFlowTest, NeverPassesWhatIsNotKnown) {
  check::Signals signals;
  EXPECT_EQ(JudgeFlow(Flow(), signals, {}, v1::GUARD_BAND).verdict(), v1::INCONCLUSIVE);
  Put(
      signals, "plant.v", [](int s) { return kRate * s; }, 7199);
  EXPECT_EQ(JudgeFlow(Flow(), signals, {}, v1::GUARD_BAND).verdict(), v1::INCONCLUSIVE);
  Put(
      signals, "plant.v", [](int s) { return s == 5000 ? std::nan("") : kRate * s; }, 7200);
  const v1::CheckResult gap = JudgeFlow(Flow(), signals, {}, v1::GUARD_BAND);
  EXPECT_EQ(gap.verdict(), v1::INCONCLUSIVE);
  EXPECT_THAT(gap.reason(), HasSubstr("5000 s"));
  Put(
      signals, "plant.v", [](int s) { return kRate * s; }, 7200);
  EXPECT_EQ(JudgeFlow(Flow(), signals, Known("plant.v", std::nan("")), v1::GUARD_BAND).verdict(),
            v1::INCONCLUSIVE);
}

TEST(JudgeFlowTest, FailsReverseFlowBeyondItsUncertainty) {
  check::Signals signals;
  const double back = 0.2e-6;  // drawn back at 5000 s
  Put(
      signals, "plant.v", [&](int s) { return kRate * s - (s >= 5000 ? back : 0); }, 7200);
  v1::FlowCheck check = Flow();
  check.set_limit(1);
  const auto verdict = [&](double uncertainty) {
    return JudgeFlow(check, signals, Known("plant.v", uncertainty), v1::GUARD_BAND).verdict();
  };
  EXPECT_EQ(verdict(0), v1::FAIL);
  EXPECT_EQ(verdict(back / 1.5), v1::FAIL);
  EXPECT_EQ(verdict(back / 1.2), v1::INCONCLUSIVE);  // root 2 times: both readings
}

TEST(JudgeFlowTest, AllowsACounterOneStepBack) {
  check::Signals signals;
  v1::FlowCheck check = Flow();
  check.set_step_volume(kRate);  // a step a second
  const auto verdict = [&](int steps) {
    Put(
        signals, "plant.v", [&](int s) { return s == 5000 ? s - 1.0 - steps : s; }, 7200);
    return JudgeFlow(check, signals, {}, v1::GUARD_BAND).verdict();
  };
  EXPECT_EQ(verdict(1), v1::PASS);
  EXPECT_EQ(verdict(2), v1::FAIL);
}

// 2 mL at 100 mL/h from 10 s to 82 s.
v1::CheckResult JudgeBolusOf(double tolerance, double uncertainty = 0, double factor = 1) {
  check::Signals signals;
  Put(
      signals, "plant.v", [&](int s) { return factor * std::clamp(s - 10, 0, 72) * 100e-6 / 3600; },
      100);
  v1::BolusCheck check;
  check.set_volume("plant.v");
  check.set_from(5 * kSecond);
  check.set_to(100 * kSecond);
  check.set_expected(2e-6);
  check.set_tolerance(tolerance);
  return JudgeBolus(check, signals, Known("plant.v", uncertainty), v1::GUARD_BAND);
}

TEST(JudgeBolusTest, HoldsTheVolumeAgainstWhatIsExpected) {
  EXPECT_EQ(JudgeBolusOf(0.1e-6).verdict(), v1::PASS);
  EXPECT_EQ(JudgeBolusOf(0.1e-6, 0, 1.06).verdict(), v1::FAIL);
  const v1::CheckResult little = JudgeBolusOf(0.1e-6, 0, 0.94);
  EXPECT_EQ(little.verdict(), v1::FAIL);
  EXPECT_NEAR(little.value().measured(), 1.88e-6, 1e-12);
  EXPECT_EQ(JudgeBolusOf(0.1e-6, 0.08e-6).verdict(), v1::INCONCLUSIVE);  // root 2 times: 0.113
}

TEST(JudgeBolusTest, CountsWhatFlowedWhileTheEndsAreNotKnown) {
  check::Signals signals;
  Put(
      signals, "plant.v", [](int s) { return s * 1e-9; }, 100);
  v1::BolusCheck check;
  check.set_volume("plant.v");
  check.set_from(20 * kSecond);
  check.set_to(80 * kSecond);
  check.set_expected(60e-9);
  check.set_tolerance(5e-9);
  const auto verdict = [&](double time_s) {
    return JudgeBolus(check, signals, Known("plant.v", 0, time_s), v1::GUARD_BAND).verdict();
  };
  EXPECT_EQ(verdict(3), v1::PASS);  // 3 nL at either end
  EXPECT_EQ(verdict(4), v1::INCONCLUSIVE);
  // It flows just before the beginning, and neither just behind it nor about the end.
  Put(
      signals, "plant.v",
      [](int s) { return (std::min(s, 20) + 1.5 * std::clamp(s - 30, 0, 40)) * 1e-9; }, 100);
  EXPECT_EQ(verdict(4), v1::PASS);
  EXPECT_EQ(verdict(6), v1::INCONCLUSIVE);
}

TEST(JudgeBolusTest, NeverPassesWhatIsNotKnownAndFailsReverseFlow) {
  check::Signals signals;
  v1::BolusCheck check;
  check.set_volume("plant.v");
  check.set_to(100 * kSecond);
  check.set_expected(1e-6);
  check.set_tolerance(1e-7);
  const auto verdict = [&] { return JudgeBolus(check, signals, {}, v1::GUARD_BAND).verdict(); };
  EXPECT_EQ(verdict(), v1::INCONCLUSIVE);
  Put(
      signals, "plant.v", [](int s) { return s == 50 ? std::nan("") : s * 1e-8; }, 100);
  EXPECT_EQ(verdict(), v1::INCONCLUSIVE);
  Put(
      signals, "plant.v", [](int s) { return (s <= 50 ? s : s - 20) * 1.25e-8; }, 100);
  EXPECT_EQ(verdict(), v1::FAIL);
}

TEST(JudgeFlowTest, CountsStepsAndKeepsTheLimitsOfWindows) {
  v1::FlowCheck check = Flow();
  check.set_step_volume(0.5e-9);
  v1::FlowWindow* window = check.add_windows();
  window->set_window(120 * kSecond);
  window->set_limit(0.001);
  check::Signals signals;
  Put(
      signals, "plant.v", [](int s) { return std::floor(kRate * s / 0.5e-9); }, 7200);
  const v1::CheckResult result = JudgeFlow(check, signals, {}, v1::GUARD_BAND);
  // 1667 steps in 2 min: quantisation is up to 1 step, 0.06 %.
  EXPECT_EQ(result.verdict(), v1::PASS);
  EXPECT_EQ(JudgeFlow(check, signals, Known("plant.v", 0.1), v1::GUARD_BAND).verdict(), v1::PASS);
  window->set_limit(0.0001);
  EXPECT_EQ(JudgeFlow(check, signals, {}, v1::GUARD_BAND).verdict(), v1::FAIL);
}

// The worked case: 12 mL/h, 0.010 mL/kPa; clamped at 10 s and 15 kPa, 85 kPa at 220 s.
check::Signals Clamped(int until_s, int alarm_s) {
  check::Signals signals;
  Put(
      signals, "plant.p", [](int s) { return 15e3 + (s < 10 ? 0 : (s - 10) * 1e3 / 3); }, until_s);
  Put(
      signals, "device.alarm", [&](int s) { return s >= alarm_s ? 1.0 : 0.0; }, until_s);
  return signals;
}

v1::OcclusionCheck Occlusion() {
  v1::OcclusionCheck check;
  check.set_pressure("plant.p");
  check.set_alarm("device.alarm");
  check.set_clamped(10 * kSecond);
  check.set_time_max(220 * kSecond);
  check.set_pressure_max(90e3);
  check.set_compliance_min(0.009e-9);
  check.set_compliance_max(0.011e-9);
  check.set_flow_min(12e-6 / 3600);
  check.set_flow_max(12e-6 / 3600);
  check.set_alarm_pressure_min(85e3);
  check.set_alarm_pressure_max(85e3);
  return check;
}

TEST(JudgeOcclusionTest, MeasuresTheTimeToTheAlarm) {
  EXPECT_EQ(JudgeOcclusion(Occlusion(), Clamped(230, 220), {}, v1::GUARD_BAND).verdict(), v1::PASS);
  EXPECT_EQ(JudgeOcclusion(Occlusion(), Clamped(300, 220), {}, v1::GUARD_BAND).verdict(), v1::PASS);
  v1::OcclusionCheck check = Occlusion();
  check.set_time_max(209 * kSecond);
  EXPECT_EQ(JudgeOcclusion(check, Clamped(230, 220), {}, v1::GUARD_BAND).verdict(), v1::FAIL);
  check = Occlusion();
  check.set_time_min(211 * kSecond);
  EXPECT_EQ(JudgeOcclusion(check, Clamped(230, 220), {}, v1::GUARD_BAND).verdict(), v1::FAIL);
  check = Occlusion();
  check.set_pressure_max(84e3);
  EXPECT_EQ(JudgeOcclusion(check, Clamped(230, 220), {}, v1::GUARD_BAND).verdict(), v1::FAIL);
}

TEST(JudgeOcclusionTest, DoesNotDecideWithinTheUncertainty) {
  const auto verdict = [](double expanded) {  // 5 kPa to spare
    return JudgeOcclusion(Occlusion(), Clamped(230, 220), Known("plant.p", expanded),
                          v1::GUARD_BAND)
        .verdict();
  };
  EXPECT_EQ(verdict(4.9e3), v1::PASS);
  EXPECT_EQ(verdict(5.1e3), v1::INCONCLUSIVE);
}

TEST(JudgeOcclusionTest, DoesNotDecideWithinTheUncertaintyOfTimes) {
  const auto known = Known("device.alarm", 0, 2);
  const auto verdict = [&](int time_min_s, int time_max_s, const check::Signals& signals) {
    v1::OcclusionCheck check = Occlusion();
    check.set_time_min(time_min_s * kSecond);
    check.set_time_max(time_max_s * kSecond);
    return JudgeOcclusion(check, signals, known, v1::GUARD_BAND).verdict();
  };
  EXPECT_EQ(verdict(0, 211, Clamped(230, 220)), v1::INCONCLUSIVE);
  EXPECT_EQ(verdict(209, 300, Clamped(230, 220)), v1::INCONCLUSIVE);
  EXPECT_EQ(verdict(200, 220, Clamped(230, 220)), v1::PASS);
  EXPECT_EQ(verdict(0, 220, Clamped(231, 1000)), v1::INCONCLUSIVE);
}

TEST(JudgeOcclusionTest, HoldsTheHighestPressureAgainstItsLimitNotTheLast) {
  check::Signals signals = Clamped(230, 220);
  Put(
      signals, "plant.p", [](int s) { return s == 100 ? 95e3 : 15e3 + 100 * s; }, 230);
  EXPECT_EQ(JudgeOcclusion(Occlusion(), signals, {}, v1::GUARD_BAND).verdict(), v1::FAIL);
}

TEST(JudgeOcclusionTest, NeverPassesAnAlarmThatIsNotKnownAllTheTime) {
  check::Signals signals = Clamped(230, 220);
  Put(
      signals, "device.alarm", [](int s) { return s == 100   ? std::nan("")
                                                  : s >= 220 ? 1.0
                                                             : 0.0; },
      230);
  EXPECT_EQ(JudgeOcclusion(Occlusion(), signals, {}, v1::GUARD_BAND).verdict(), v1::INCONCLUSIVE);
}

TEST(JudgeOcclusionTest, PredictsAndDoesNotPassWhenTheRunEndsBefore) {
  const v1::CheckResult result = JudgeOcclusion(Occlusion(), Clamped(40, 1000), {}, v1::GUARD_BAND);
  EXPECT_EQ(result.verdict(), v1::INCONCLUSIVE);
  // 30 s waited, 60 kPa left: 162 s to 198 s more.
  EXPECT_THAT(result.reason(), HasSubstr("at least 192 s and at most 228 s"));
}

TEST(JudgeOcclusionTest, FailsWhatWaitedLongerThanAllowed) {
  EXPECT_EQ(JudgeOcclusion(Occlusion(), Clamped(300, 1000), {}, v1::GUARD_BAND).verdict(),
            v1::FAIL);
}

TEST(JudgeOcclusionTest, DoesNotDecideWithAnAlarmThatWasOnBefore) {
  EXPECT_EQ(JudgeOcclusion(Occlusion(), Clamped(230, 5), {}, v1::GUARD_BAND).verdict(),
            v1::INCONCLUSIVE);
}

TEST(RefuseTest, NamesTheFieldThatIsWrong) {
  const std::map<std::string, std::string> units = {
      {"plant.v", "m3"}, {"truth.v", "m3"}, {"observed.lamp", "1"}};
  const auto field = [&](const v1::Check& check, std::int64_t duration_s) {
    const auto tells = [](std::string_view channel) {
      return channel.starts_with("plant.") || channel == "observed.lamp";
    };
    const auto refusal = Refuse(check, {units, tells, duration_s * kSecond});
    return refusal ? refusal->field : std::string();
  };
  v1::Check check;
  *check.mutable_flow() = Flow();
  EXPECT_EQ(field(check, 7200), "");
  EXPECT_EQ(field(check, 7199), "flow.started");
  check.mutable_flow()->set_volume("plant.w");
  EXPECT_EQ(field(check, 7200), "flow.volume");
  check.mutable_flow()->set_volume("truth.v");
  EXPECT_EQ(field(check, 7200), "flow.volume");
  check.mutable_flow()->set_volume("observed.lamp");
  EXPECT_EQ(field(check, 7200), "flow.volume");
  check.mutable_flow()->set_step_volume(1e-9);
  EXPECT_EQ(field(check, 7200), "");
  check.mutable_flow()->add_windows()->set_window(45 * kSecond);
  EXPECT_EQ(field(check, 7200), "flow");
  v1::BolusCheck& bolus = *check.mutable_bolus();
  bolus.set_volume("plant.v");
  bolus.set_to(10 * kSecond);
  bolus.set_expected(2e-6);
  bolus.set_tolerance(1e-7);
  EXPECT_EQ(field(check, 10), "");
  EXPECT_EQ(field(check, 9), "bolus.to");
  bolus.set_from(10 * kSecond);
  EXPECT_EQ(field(check, 10), "bolus.to");
  bolus.set_from(0);
  bolus.set_tolerance(2e-6);
  EXPECT_EQ(field(check, 10), "bolus.tolerance");
  *check.mutable_pulses() = Pulses();
  EXPECT_EQ(field(check, 10), "");
  check.mutable_pulses()->set_from(10 * kSecond);
  EXPECT_EQ(field(check, 10), "pulses.to");
}

TEST(RefuseTest, NamesLimitsThatAreNone) {
  const std::map<std::string, std::string> units = {
      {"plant.p", "Pa"}, {"device.alarm", "1"}, {"observed.lamp", "1"}};
  const auto field = [&](const v1::Check& check) {
    const auto refusal =
        Refuse(check, {units, [](std::string_view) { return true; }, 300 * kSecond});
    return refusal ? refusal->field : std::string();
  };
  v1::Check check;
  *check.mutable_pulses() = Pulses();
  check.mutable_pulses()->set_rate_max(1);
  EXPECT_EQ(field(check), "pulses.rate_max");
  *check.mutable_pulses() = Pulses();
  check.mutable_pulses()->set_width_max(1);
  EXPECT_EQ(field(check), "pulses.width_max");
  *check.mutable_pulses() = Pulses();
  check.mutable_pulses()->set_threshold("-1");
  EXPECT_EQ(field(check), "pulses.threshold");
  v1::PulseTrainCheck none;
  none.set_channel("observed.lamp");
  none.set_to(kSecond);
  *check.mutable_pulses() = none;
  EXPECT_EQ(field(check), "pulses");
  *check.mutable_occlusion() = Occlusion();
  EXPECT_EQ(field(check), "");
  check.mutable_occlusion()->set_time_min(221 * kSecond);
  EXPECT_EQ(field(check), "occlusion.time_max");
  check.mutable_occlusion()->set_flow_min(1);
  EXPECT_EQ(field(check), "occlusion.flow_max");
}

}  // namespace
}  // namespace rig::therapy
