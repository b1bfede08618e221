#include "rig/check/therapy/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "rig/check/therapy/findings.h"

namespace rig::therapy {
namespace {

using testing::HasSubstr;

constexpr double kRate = 25e-6 / 3600;
constexpr std::int64_t kSecond = 1'000'000'000;

RunTime T(double s) { return AtNanoseconds(static_cast<std::int64_t>(s * 1e9)); }

template <typename F>
void Put(check::Signals& signals, const std::string& name, F at, int until_s, int step_s = 1) {
  std::vector<StepPoint> points;
  for (int s = 0; s <= until_s; s += step_s) points.push_back({T(s), at(s)});
  check::Signal signal;
  signal.Add(points);
  signals.channels[name] = std::move(signal);
  signals.end = T(until_s);
}

// A channel whose value is known to `expanded` and whose time stamps to `time_s`, k = 2.
uncertainty::Budgets Known(const std::string& channel, double expanded, double time_s = 0) {
  uncertainty::Budgets budgets;
  budgets[channel].set_expanded(expanded);
  budgets[channel].set_time_standard_s(time_s / 2);
  return budgets;
}

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

// 2 Hz, on for 100 ms.
check::Signals Blinking() {
  check::Signals signals;
  std::vector<StepPoint> points;
  for (int i = 0; i < 20; ++i) {
    points.push_back({T(0.5 * i), 0});
    points.push_back({T(0.5 * i + 0.2), 1});
    points.push_back({T(0.5 * i + 0.3), 0});
  }
  check::Signal signal;
  signal.Add(points);
  signals.channels["observed.lamp"] = std::move(signal);
  signals.end = T(10);
  return signals;
}

v1::PulseTrainCheck Pulses() {
  v1::PulseTrainCheck check;
  check.set_channel("observed.lamp");
  check.set_to(10 * kSecond);
  check.set_rate_min(1.4);
  check.set_rate_max(2.8);
  check.set_width_min(kSecond / 20);
  check.set_width_max(kSecond / 5);
  return check;
}

TEST(JudgePulsesTest, PassesATrainWithinItsLimits) {
  const v1::CheckResult result = JudgePulses(Pulses(), Blinking(), {}, v1::GUARD_BAND);
  EXPECT_EQ(result.verdict(), v1::PASS);
  EXPECT_THAT(result.reason(), HasSubstr("20 pulses"));
}

// On for 100 ms at these times, known up to 10 s.
check::Signals FlashesAt(const std::vector<double>& begins, double last_width_s = 0.1) {
  check::Signals signals;
  std::vector<StepPoint> points = {{T(0), 0}};
  for (const double begin : begins) {
    points.push_back({T(begin), 1});
    const double width = begin == begins.back() ? last_width_s : 0.1;
    if (begin + width < 10) points.push_back({T(begin + width), 0});
  }
  check::Signal signal;
  signal.Add(points);
  signals.channels["observed.lamp"] = std::move(signal);
  signals.end = T(10);
  return signals;
}

TEST(JudgePulsesTest, FailsATrainThatStopsOrStartsLate) {
  v1::PulseTrainCheck check = Pulses();
  const v1::CheckResult stops =
      JudgePulses(check, FlashesAt({0.2, 0.7, 1.2, 1.7, 2.2}), {}, v1::GUARD_BAND);
  EXPECT_EQ(stops.verdict(), v1::FAIL);
  EXPECT_NEAR(stops.value().measured(), 1 / 7.8, 1e-9);
  EXPECT_EQ(JudgePulses(check, FlashesAt({8.2, 8.7, 9.2, 9.7}), {}, v1::GUARD_BAND).verdict(),
            v1::FAIL);
  check.set_rate_min(0);
  EXPECT_EQ(JudgePulses(check, FlashesAt({8.2, 8.7, 9.2, 9.7}), {}, v1::GUARD_BAND).verdict(),
            v1::PASS);
}

TEST(JudgePulsesTest, NeverPassesAnOutputThatStaysOn) {
  v1::PulseTrainCheck check = Pulses();
  check.set_rate_min(0);
  check.set_rate_max(0);
  const auto verdict = [&](double last_begin) {
    return JudgePulses(check, FlashesAt({0.2, 0.7, last_begin}, 10), {}, v1::GUARD_BAND).verdict();
  };
  EXPECT_EQ(verdict(1.2), v1::FAIL);
  EXPECT_EQ(verdict(9.85), v1::INCONCLUSIVE);  // 150 ms so far, 200 ms allowed
  EXPECT_EQ(verdict(9.99), v1::INCONCLUSIVE);  // 10 ms so far, at least 50 ms wanted
  check.set_width_min(0);
  check.set_width_max(0);
  check.set_rate_max(2.8);
  EXPECT_EQ(verdict(9.85), v1::PASS);  // no width is asked for
}

TEST(JudgePulsesTest, FailsForRateWidthBalanceAndNumber) {
  v1::PulseTrainCheck check = Pulses();
  check.set_rate_min(2.1);
  EXPECT_EQ(JudgePulses(check, Blinking(), {}, v1::GUARD_BAND).verdict(), v1::FAIL);
  check = Pulses();
  check.set_width_max(kSecond / 11);
  EXPECT_EQ(JudgePulses(check, Blinking(), {}, v1::GUARD_BAND).verdict(), v1::FAIL);
  check = Pulses();
  check.set_imbalance_max(0.1);  // a lamp has one phase
  EXPECT_EQ(JudgePulses(check, Blinking(), {}, v1::GUARD_BAND).verdict(), v1::FAIL);
  check = Pulses();
  check.set_at_least(20);
  check.set_gap_max(kSecond);  // two phases of one sign are two pulses
  EXPECT_EQ(JudgePulses(check, Blinking(), {}, v1::GUARD_BAND).verdict(), v1::PASS);
  check.set_at_least(21);
  EXPECT_EQ(JudgePulses(check, Blinking(), {}, v1::GUARD_BAND).verdict(), v1::FAIL);
}

TEST(JudgePulsesTest, DoesNotDecideWithinTheUncertainty) {
  v1::PulseTrainCheck check = Pulses();
  check.set_width_max(110'000'000);  // 10 ms to spare
  const auto verdict = [&](double time_s, v1::DecisionRule rule) {
    return JudgePulses(check, Blinking(), Known("observed.lamp", 0, time_s), rule).verdict();
  };
  // Both edges of a width: root 2 times the uncertainty of one.
  EXPECT_EQ(verdict(0.0070, v1::GUARD_BAND), v1::PASS);
  EXPECT_EQ(verdict(0.0072, v1::GUARD_BAND), v1::INCONCLUSIVE);
  EXPECT_EQ(verdict(0.0072, v1::SIMPLE), v1::PASS);
}

TEST(JudgePulsesTest, DoesNotDecideARateWithinItsUncertainty) {
  v1::PulseTrainCheck check = Pulses();
  check.set_rate_max(2.1);
  check.set_width_max(0);
  check.set_width_min(0);
  const auto verdict = [&](double time_s) {  // root 2 times, at 2 Hz 4 times as much
    return JudgePulses(check, Blinking(), Known("observed.lamp", 0, time_s), v1::GUARD_BAND)
        .verdict();
  };
  EXPECT_EQ(verdict(0.017), v1::PASS);
  EXPECT_EQ(verdict(0.018), v1::INCONCLUSIVE);
}

// 2 Hz, 100 ms at 1, a gap and 100 ms at -1, of the first pulse at `first`; known up to `end_s`.
check::Signals Stimulating(double gap_s, double first, double end_s) {
  check::Signals signals;
  std::vector<StepPoint> points = {{T(0), 0}};
  for (int i = 0; i < 20; ++i) {
    const double at = 0.5 * i + 0.2;
    points.push_back({T(at), 1});
    if (gap_s > 0) points.push_back({T(at + 0.1), 0});
    points.push_back({T(at + 0.1 + gap_s), i == 0 ? first : -1});
    points.push_back({T(at + 0.2 + gap_s), 0});
  }
  check::Signal signal;
  signal.Add(points);
  signals.channels["observed.lamp"] = std::move(signal);
  signals.end = T(end_s);
  return signals;
}

TEST(JudgePulsesTest, HoldsTheChargeOfEveryPulseAgainstItsLimit) {
  v1::PulseTrainCheck check;
  check.set_channel("observed.lamp");
  check.set_to(kSecond * 98 / 10);
  check.set_imbalance_max(0.1);
  check.set_gap_max(60'000'000);
  const auto verdict = [&](const check::Signals& signals, double time_s = 0) {
    return JudgePulses(check, signals, Known("observed.lamp", 0, time_s), v1::GUARD_BAND).verdict();
  };
  EXPECT_EQ(verdict(Stimulating(0, -1, 10)), v1::PASS);
  EXPECT_EQ(verdict(Stimulating(0.05, -1, 10)), v1::PASS);
  EXPECT_EQ(verdict(Stimulating(0.07, -1, 10)), v1::FAIL);
  EXPECT_EQ(verdict(Stimulating(0.05, -0.8, 10)), v1::FAIL);
  EXPECT_EQ(verdict(Stimulating(0.05, -1, 9.87)), v1::INCONCLUSIVE);
  // Two widths with two edges each: twice the uncertainty of one.
  EXPECT_EQ(verdict(Stimulating(0, -1, 10), 0.0049), v1::PASS);
  EXPECT_EQ(verdict(Stimulating(0, -1, 10), 0.0051), v1::INCONCLUSIVE);
}

// 20 pulses at 100 Hz, then as many 1 s later: 160 us of -2 mA, 100 us gap, 160 us of 2 mA.
check::Signals TwoBursts(double second_a = 2e-3) {
  check::Signals signals;
  std::vector<StepPoint> points = {{T(0), 0}};
  for (int i = 0; i < 40; ++i) {
    const double at = 0.1 + 0.01 * i + (i < 20 ? 0 : 1);
    points.push_back({T(at), -2e-3});
    points.push_back({T(at + 160e-6), 0});
    points.push_back({T(at + 260e-6), second_a});
    points.push_back({T(at + 420e-6), 0});
  }
  check::Signal signal;
  signal.Add(points);
  signals.channels["observed.current"] = std::move(signal);
  signals.end = T(3);
  return signals;
}

v1::PulseTrainCheck Bursts() {
  v1::PulseTrainCheck check;
  check.set_channel("observed.current");
  check.set_to(3 * kSecond);
  check.set_gap_max(150'000);
  check.set_burst_gap(kSecond / 10);
  return check;
}

v1::Verdict VerdictOf(const v1::PulseTrainCheck& check, const check::Signals& signals = TwoBursts(),
                      const uncertainty::Budgets& budgets = {}) {
  return JudgePulses(check, signals, budgets, v1::GUARD_BAND).verdict();
}

TEST(JudgePulsesTest, CountsBurstsAndThePulsesOfEach) {
  v1::PulseTrainCheck check = Bursts();
  check.set_bursts(2);
  check.set_pulses_per_burst(20);
  EXPECT_EQ(VerdictOf(check), v1::PASS);
  for (const unsigned wrong : {19u, 21u}) {
    check.set_pulses_per_burst(wrong);
    EXPECT_EQ(VerdictOf(check), v1::FAIL) << wrong;
  }
  check.set_pulses_per_burst(20);
  for (const unsigned wrong : {1u, 3u}) {
    check.set_bursts(wrong);
    EXPECT_EQ(VerdictOf(check), v1::FAIL) << wrong;
  }
}

TEST(JudgePulsesTest, HoldsTheRateWithinBurstsOnly) {
  v1::PulseTrainCheck check = Bursts();
  check.set_rate_min(99);
  check.set_rate_max(101);
  EXPECT_EQ(VerdictOf(check), v1::PASS);
  check.set_burst_gap(0);
  EXPECT_EQ(VerdictOf(check), v1::FAIL);
}

TEST(JudgePulsesTest, HoldsEitherPhasesAmplitudeAndCharge) {
  v1::PulseTrainCheck check = Bursts();
  check.set_amplitude_min("1.9 mA");
  check.set_amplitude_max("2.1 mA");
  EXPECT_EQ(VerdictOf(check), v1::PASS);
  EXPECT_EQ(VerdictOf(check, TwoBursts(1.8e-3)), v1::FAIL);
  EXPECT_EQ(VerdictOf(check, TwoBursts(2.2e-3)), v1::FAIL);
  EXPECT_EQ(VerdictOf(check, TwoBursts(), Known("observed.current", 0.11e-3)), v1::INCONCLUSIVE);
  check = Bursts();
  check.set_charge_max("0.33 uC");
  EXPECT_EQ(VerdictOf(check), v1::PASS);
  EXPECT_EQ(VerdictOf(check, TwoBursts(2.1e-3)), v1::FAIL);
  // 10 nC to spare: 2 mA over 3.5 us (root 2 of either edge's), or 64 uA over 160 us.
  EXPECT_EQ(VerdictOf(check, TwoBursts(), Known("observed.current", 0, 4e-6)), v1::INCONCLUSIVE);
  EXPECT_EQ(VerdictOf(check, TwoBursts(), Known("observed.current", 65e-6)), v1::INCONCLUSIVE);
  EXPECT_EQ(VerdictOf(check, TwoBursts(), Known("observed.current", 60e-6)), v1::PASS);
}

TEST(JudgePulsesTest, AddsUpWhatRemainsOfAllPulses) {
  v1::PulseTrainCheck check = Bursts();
  check.set_net_charge_max("130 nC");
  EXPECT_EQ(VerdictOf(check), v1::PASS);
  // 40 pulses that each leave 160 us times 0.02 mA.
  EXPECT_EQ(VerdictOf(check, TwoBursts(2.02e-3)), v1::PASS);
  EXPECT_EQ(VerdictOf(check, TwoBursts(2.021e-3)), v1::FAIL);
  EXPECT_EQ(VerdictOf(check, TwoBursts(1.979e-3)), v1::FAIL);
  // An offset flows in every phase: 80 times 160 us.
  EXPECT_EQ(VerdictOf(check, TwoBursts(), Known("observed.current", 10e-6)), v1::PASS);
  EXPECT_EQ(VerdictOf(check, TwoBursts(), Known("observed.current", 11e-6)), v1::INCONCLUSIVE);
}

TEST(JudgePulsesTest, WantsTheGapBetweenThePhases) {
  v1::PulseTrainCheck check = Bursts();
  check.set_gap_min(99'000);
  EXPECT_EQ(VerdictOf(check), v1::PASS);
  check.set_gap_min(101'000);
  EXPECT_EQ(VerdictOf(check), v1::FAIL);
  check.set_gap_max(0);  // no pulse of two phases, so no gap
  check.set_gap_min(1);
  EXPECT_EQ(VerdictOf(check), v1::FAIL);
}

TEST(JudgePulsesTest, DoesNotJudgeAChargeThatTheEndCuts) {
  v1::PulseTrainCheck check = Bursts();
  check::Signals cut = TwoBursts();
  cut.end = T(1.49 + 0.0003);  // within the last phase
  check.set_to(1'490'100'000);
  check.set_charge_max("0.33 uC");
  EXPECT_EQ(VerdictOf(check, cut), v1::INCONCLUSIVE);
  check.set_charge_max("0.31 uC");
  EXPECT_EQ(VerdictOf(check, cut), v1::FAIL);
}

TEST(RefusePulsesTest, RefusesLimitsThatCannotBeMeant) {
  const CheckSurroundings around{
      {{"observed.current", "A"}}, [](auto) { return true; }, 3 * kSecond};
  const auto refused = [&](auto change) {
    v1::Check check;
    *check.mutable_pulses() = Bursts();
    check.mutable_pulses()->set_rate_max(300);
    change(*check.mutable_pulses());
    const auto refusal = Refuse(check, around);
    return refusal ? refusal->field : "accepted";
  };
  EXPECT_EQ(refused([](auto& p) { p.set_bursts(2); }), "accepted");
  EXPECT_EQ(refused([](auto& p) { p.set_charge_max("2 uC"); }), "accepted");
  EXPECT_EQ(refused([](auto& p) { p.set_charge_max("2 mA"); }), "pulses.charge_max");
  EXPECT_EQ(refused([](auto& p) { p.set_net_charge_max("0 C"); }), "pulses.net_charge_max");
  EXPECT_EQ(refused([](auto& p) { p.set_amplitude_max("2 V"); }), "pulses.amplitude_max");
  EXPECT_EQ(refused([](auto& p) { p.set_amplitude_min("-2 mA"); }), "pulses.amplitude_min");
  EXPECT_EQ(refused([](auto& p) { p.set_gap_min(200'000); }), "pulses.gap_min");
  EXPECT_EQ(refused([](auto& p) {
              p.set_burst_gap(0);
              p.set_bursts(2);
            }),
            "pulses.burst_gap");
  EXPECT_EQ(refused([](auto& p) { p.set_rate_max(0); }), "pulses");
}

TEST(JudgePulsesTest, NeverPassesWhatIsNotKnownOrNotAsked) {
  v1::PulseTrainCheck check = Pulses();
  check.set_to(11 * kSecond);
  EXPECT_EQ(JudgePulses(check, Blinking(), {}, v1::GUARD_BAND).verdict(), v1::INCONCLUSIVE);
  check.set_channel("observed.other");
  EXPECT_EQ(JudgePulses(check, Blinking(), {}, v1::GUARD_BAND).verdict(), v1::INCONCLUSIVE);
  v1::PulseTrainCheck none;
  none.set_channel("observed.lamp");
  none.set_to(10 * kSecond);
  EXPECT_EQ(JudgePulses(none, Blinking(), {}, v1::GUARD_BAND).verdict(), v1::INCONCLUSIVE);
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
