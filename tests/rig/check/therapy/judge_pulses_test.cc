// Verdicts on trains of pulses: rates, phases, charge, bursts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rig/check/therapy/judge.h"
#include "tests/rig/check/therapy/made_signals.h"

namespace rig::therapy {
namespace {

using testing::HasSubstr;

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

}  // namespace
}  // namespace rig::therapy
