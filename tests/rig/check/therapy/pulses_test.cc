#include "rig/check/therapy/pulses.h"

#include <gtest/gtest.h>

namespace rig::therapy {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

RunTime Us(std::int64_t us) { return AtNanoseconds(us * 1000); }

// Charge-balanced pulses at 200 Hz: 160 us of 2 mA, 40 us gap, 320 us of -1 mA.
check::Steps Biphasic(int count, double second = -1e-3) {
  check::Steps steps;
  check::Append(steps, check::At(Us(0)), 0);
  for (int i = 0; i < count; ++i) {
    const std::int64_t t = 5000 * (i + 1);
    check::Append(steps, check::At(Us(t)), 2e-3);
    check::Append(steps, check::At(Us(t + 160)), 0);
    check::Append(steps, check::At(Us(t + 200)), second);
    check::Append(steps, check::At(Us(t + 520)), 0);
  }
  return steps;
}

PulseRules Rules() {
  return {.from = Us(0), .to = Us(1'000'000), .threshold = 0, .longest_gap = microseconds(100)};
}

TEST(FindPulsesTest, MeasuresWidthGapAmplitudeAndCharge) {
  const auto pulses = FindPulses(Biphasic(10), Us(1'000'000), Rules());
  ASSERT_TRUE(pulses);
  ASSERT_EQ(pulses->size(), 10u);
  const Pulse& pulse = pulses->front();
  EXPECT_EQ(pulse.begin, Us(5000));
  EXPECT_EQ(pulse.first_width, microseconds(160));
  EXPECT_EQ(pulse.second_width, microseconds(320));
  EXPECT_EQ(pulse.gap, microseconds(40));
  EXPECT_DOUBLE_EQ(pulse.amplitude, 2e-3);
  EXPECT_NEAR(pulse.first_charge, 320e-9, 1e-18);
  EXPECT_NEAR(pulse.Imbalance(), 0, 1e-12);
}

TEST(FindPulsesTest, TellsHowFarChargeIsOutOfBalance) {
  const auto pulses = FindPulses(Biphasic(2, -0.9e-3), Us(1'000'000), Rules());
  ASSERT_TRUE(pulses);
  EXPECT_NEAR(pulses->front().Imbalance(), 0.1, 1e-12);
}

TEST(FindPulsesTest, TakesPhasesFartherApartForTwoPulses) {
  PulseRules rules = Rules();
  rules.longest_gap = microseconds(39);
  const auto pulses = FindPulses(Biphasic(3), Us(1'000'000), rules);
  ASSERT_TRUE(pulses);
  EXPECT_EQ(pulses->size(), 6u);
  EXPECT_DOUBLE_EQ(pulses->front().Imbalance(), 1);
}

TEST(FindPulsesTest, TakesThePulsesFromTheFirstInstantUpToButNotAtTheLast) {
  PulseRules rules = Rules();
  rules.from = Us(5000);
  rules.to = Us(10'000);
  const auto pulses = FindPulses(Biphasic(3), Us(1'000'000), rules);
  ASSERT_EQ(pulses->size(), 1u);
  EXPECT_EQ(pulses->front().begin, Us(5000));
}

TEST(FindPulsesTest, TellsWhatTheEndCuts) {
  PulseRules rules = Rules();
  rules.to = Us(5100);
  const auto first = FindPulses(Biphasic(1), Us(5100), rules);
  ASSERT_EQ(first->size(), 1u);
  EXPECT_TRUE(first->front().width_open);
  EXPECT_EQ(first->front().first_width, microseconds(100));
  const auto gap = FindPulses(Biphasic(1), Us(5180), rules);
  EXPECT_FALSE(gap->front().width_open);
  EXPECT_TRUE(gap->front().charge_open);
  const auto second = FindPulses(Biphasic(1), Us(5300), rules);
  EXPECT_FALSE(second->front().width_open);
  EXPECT_TRUE(second->front().charge_open);
  EXPECT_FALSE(FindPulses(Biphasic(1), Us(5600), rules)->front().charge_open);
}

TEST(FindPulsesTest, TakesWhatIsNotKnownBehindTheTimeForTheEnd) {
  PulseRules rules = Rules();
  rules.to = Us(5100);
  check::Steps steps;
  check::Append(steps, check::At(Us(0)), 0);
  check::Append(steps, check::At(Us(5000)), 1);
  check::Append(steps, check::At(Us(5150)), check::kUnknown);
  EXPECT_TRUE(FindPulses(steps, Us(9000), rules)->front().width_open);
}

TEST(FindPulsesTest, LeavesOutAPulseThatBeganBefore) {
  PulseRules rules = Rules();
  rules.from = Us(5050);  // within the first pulse
  EXPECT_EQ(FindPulses(Biphasic(3), Us(1'000'000), rules)->size(), 2u);
}

TEST(FindPulsesTest, RefusesWhatIsNotKnown) {
  check::Steps steps = Biphasic(3);
  check::Append(steps, check::At(Us(20'000)), check::kUnknown);
  EXPECT_EQ(FindPulses(steps, Us(1'000'000), Rules()).error().code, Code::kDataLoss);
  EXPECT_EQ(FindPulses(Biphasic(3), Us(500'000), Rules()).error().code, Code::kOutOfRange);
  EXPECT_EQ(FindPulses({}, Us(1'000'000), Rules()).error().code, Code::kDataLoss);
  PulseRules turned = Rules();
  turned.to = turned.from;
  EXPECT_EQ(FindPulses(Biphasic(3), Us(1'000'000), turned).error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace rig::therapy
