#include "sim_signals/temperature/thermistor.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

constexpr double kZeroC = 273.15;
constexpr Duration kTenthSecond = std::chrono::milliseconds(100);
const SourceContext kOhms = {1, "temperature", "ohm", {}};

v1::Play ThermistorPlay(double kelvin) {
  v1::Play play;
  v1::Thermistor& thermistor = *play.mutable_thermistor();
  thermistor.set_temperature(kelvin);
  thermistor.set_lag(30'000'000'000);
  thermistor.set_supply(5.0);
  thermistor.set_divider(2252.0);
  return play;
}

Rendering InOhms(const v1::Play& play, double seconds) {
  return Render(*Make(play, kOhms), static_cast<std::size_t>(seconds * 10), 256, RunTime(),
                kTenthSecond);
}

double Kelvin(double ohms) {  // by bisection of the resistance
  double low = 260.0, high = 330.0;
  for (int i = 0; i < 60; ++i)
    (Ysi400Ohms(0.5 * (low + high)) > ohms ? low : high) = 0.5 * (low + high);
  return low;
}

// YSI 400 series, published table.
TEST(Ysi400Test, IsWithinTwoHundredthsOfAKelvinOfTheTable) {
  constexpr struct {
    double celsius, ohms;
  } kTable[] = {{0, 7355},  {10, 4482}, {20, 2814}, {25, 2252},  {30, 1815},
                {35, 1471}, {37, 1355}, {40, 1200}, {45, 983.8}, {50, 811.3}};
  for (const auto& [celsius, ohms] : kTable) {
    const double one_kelvin = Ysi400Ohms(celsius + kZeroC) - Ysi400Ohms(celsius + kZeroC + 1.0);
    EXPECT_NEAR(Ysi400Ohms(celsius + kZeroC), ohms, 0.025 * one_kelvin) << celsius;
  }
}

TEST(ThermistorSourceTest, SteadyBodyIsItsResistance) {
  const Rendering r = InOhms(ThermistorPlay(37.0 + kZeroC), 10);
  for (const double v : r.values) EXPECT_NEAR(v, 1355.0, 0.01);
  ASSERT_EQ(r.truth.size(), 1u);
  EXPECT_EQ(r.truth[0].what, "temperature");
  EXPECT_DOUBLE_EQ(r.truth[0].value, 310.15);
}

TEST(ThermistorSourceTest, ProbePutInFollowsWithItsTimeConstant) {
  v1::Play play = ThermistorPlay(37.0 + kZeroC);
  play.mutable_thermistor()->set_probe(22.0 + kZeroC);
  const Rendering r = InOhms(play, 301);
  EXPECT_NEAR(Kelvin(r.values[0]), 22.0 + kZeroC, 1e-9);
  for (const double s : {30.0, 60.0, 300.0}) {
    EXPECT_NEAR(Kelvin(r.values[static_cast<std::size_t>(s * 10)]),
                37.0 + kZeroC - 15.0 * std::exp(-s / 30.0), 1e-6)
        << s;
  }
}

// dT/dt = (body - T) / lag, in steps of a millisecond.
TEST(ThermistorSourceTest, AgreesWithATightIntegrationOfAFever) {
  v1::Play play = ThermistorPlay(40.0 + kZeroC);
  play.mutable_thermistor()->set_from(37.0 + kZeroC);
  play.mutable_thermistor()->set_over(120'000'000'000);
  play.mutable_thermistor()->set_probe(36.0 + kZeroC);
  const Rendering r = InOhms(play, 300);
  double probe = 36.0 + kZeroC;
  for (int i = 0; i < 300'000; ++i) {
    if (i % 100 == 0) {
      ASSERT_NEAR(Kelvin(r.values[i / 100]), probe, 2e-5) << i;
    }
    const double middle_s = (i + 0.5) * 1e-3;
    const double body = 37.0 + kZeroC + 3.0 * std::min(1.0, middle_s / 120.0);
    probe += (body - probe) * (1.0 - std::exp(-1e-3 / 30.0));
  }
}

TEST(ThermistorSourceTest, TruthIsNotKnownWhileTheBodyMoves) {
  v1::Play play = ThermistorPlay(40.0 + kZeroC);
  play.mutable_thermistor()->set_from(37.0 + kZeroC);
  play.mutable_thermistor()->set_over(5'000'000'000);
  const auto truth = InOhms(play, 10).Of("temperature");
  ASSERT_EQ(truth.size(), 2u);
  EXPECT_TRUE(std::isnan(truth[0].value));
  EXPECT_EQ(Nanoseconds(truth[1].t), 5'000'000'000);
  EXPECT_DOUBLE_EQ(truth[1].value, 313.15);
}

TEST(ThermistorSourceTest, DividerGivesItsVoltage) {
  const SourceContext volts = {1, "temperature", "V", {}};
  const Rendering r =
      Render(*Make(ThermistorPlay(37.0 + kZeroC), volts), 5, 5, RunTime(), kTenthSecond);
  EXPECT_NEAR(r.values[4], 5.0 * 1355.0 / (1355.0 + 2252.0), 1e-5);
}

TEST(ThermistorSourceTest, GivesTheSameBitsInBlocksOfAnySize) {
  v1::Play play = ThermistorPlay(40.0 + kZeroC);
  play.mutable_thermistor()->set_from(37.0 + kZeroC);
  play.mutable_thermistor()->set_over(5'000'000'000);
  const Rendering whole = Render(*Make(play, kOhms), 3000, 3000);
  EXPECT_EQ(Render(*Make(play, kOhms), 3000, 1).values, whole.values);
  EXPECT_EQ(Render(*Make(play, kOhms), 3000, 7).values, whole.values);
}

TEST(ThermistorSourceTest, RefusesAnotherUnitAndTemperaturesOutsideItsTable) {
  EXPECT_FALSE(MakeSource(ThermistorPlay(310.0), {1, "t", "K", {}}, RunTime()));
  EXPECT_FALSE(MakeSource(ThermistorPlay(37.0), kOhms, RunTime()));
  EXPECT_FALSE(MakeSource(ThermistorPlay(std::nan("")), kOhms, RunTime()));
  v1::Play play = ThermistorPlay(310.0);
  play.mutable_thermistor()->set_probe(std::nan(""));
  EXPECT_FALSE(MakeSource(play, kOhms, RunTime()));
}

}  // namespace
}  // namespace rig
