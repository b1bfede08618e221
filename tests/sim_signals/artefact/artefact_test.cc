// Disturbances and faults on a steady value.
#include "sim_signals/artefact/artefact.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

// What becomes of 0 V, or of a ramp of 1 mV/s.
Rendering OnZero(const std::string& artefact, std::size_t samples,
                 Duration period = Duration(2'000'000)) {
  return Render(*Make(PlayFrom("constant: {value: 0 V}, artefacts: [{" + artefact + "}]")), samples,
                256, RunTime(), period);
}
std::vector<double> OnRamp(const std::string& artefact, double seconds) {
  return Render(*Make(PlayFrom("ramp: {from: 0 V, to: 1 V, over: 1000 s}, artefacts: [{" +
                               artefact + "}]")),
                static_cast<std::size_t>(seconds * 500))
      .values;
}

double CrossingsPerSecond(const std::vector<double>& values, double seconds) {
  int count = 0;
  for (std::size_t i = 1; i < values.size(); ++i) count += values[i - 1] < 0.0 && values[i] >= 0.0;
  return count / seconds;
}

double Rms(const std::vector<double>& values) {
  double squares = 0.0;
  for (const double v : values) squares += v * v;
  return std::sqrt(squares / static_cast<double>(values.size()));
}

TEST(DisturbanceTest, MainsHasItsAmplitudeAndFrequency) {
  const auto r = OnZero("mains: {amplitude: 0.2 mV}", 5000, Duration(100'000));
  EXPECT_NEAR(Largest(r.values), 0.2e-3, 1e-6);
  EXPECT_NEAR(Smallest(r.values), -0.2e-3, 1e-6);
  EXPECT_NEAR(CrossingsPerSecond(r.values, 0.5), 50.0, 2.0);
}

TEST(DisturbanceTest, BaselineWandersSlowlyWithinItsAmplitude) {
  const auto r = OnZero("baseline: {amplitude: 0.3 mV}", 300 * 500);
  EXPECT_LE(Largest(r.values), 0.3e-3);
  EXPECT_GT(Largest(r.values), 0.25e-3);
  EXPECT_LT(CrossingsPerSecond(r.values, 300.0), 0.5);
}

TEST(DisturbanceTest, WhiteHasItsRmsAndNoMemory) {
  const auto r = OnZero("white: {rms: 20 uV}", 100'000);
  double lagged = 0.0;
  for (std::size_t i = 1; i < r.values.size(); ++i) lagged += r.values[i] * r.values[i - 1];
  EXPECT_NEAR(Rms(r.values), 20e-6, 0.3e-6);
  EXPECT_NEAR(lagged / (1e5 * 400e-12), 0.0, 0.02);
}

TEST(DisturbanceTest, MuscleLiesBetweenTwentyAndAHundredAndFiftyHertz) {
  const auto r = OnZero("muscle: {rms: 50 uV}", 60'000, Duration(1'000'000));
  EXPECT_NEAR(Rms(r.values), 50e-6, 5e-6);
  const double rate = CrossingsPerSecond(r.values, 60.0);
  EXPECT_GT(rate, 70.0);  // of a flat spectrum from 20 to 150 Hz: 94
  EXPECT_LT(rate, 115.0);
}

TEST(DisturbanceTest, ElectrodeMotionStepsAndDecays) {
  const auto r = OnZero("electrode_motion: {amplitude: 2 mV, rate: 0.2 Hz}", 600 * 500);
  int steps = 0;
  for (std::size_t i = 1; i < r.values.size(); ++i) {
    steps += std::abs(r.values[i] - r.values[i - 1]) > 0.5e-3;
  }
  EXPECT_NEAR(steps, 120, 35);
  EXPECT_LT(Rms(r.values), 1e-3);
}

TEST(DisturbanceTest, ElectrosurgeryComesInBursts) {
  const auto r = OnZero("electrosurgery: {rms: 1 mV, period: 4 s, on: 0.25}", 4000);
  const std::vector<double> on(r.values.begin(), r.values.begin() + 500);
  const std::vector<double> off(r.values.begin() + 500, r.values.begin() + 2000);
  EXPECT_NEAR(Rms(on), 1e-3, 0.15e-3);
  EXPECT_EQ(Rms(off), 0.0);
}

TEST(DisturbanceTest, RunsOnUnbrokenIntoTheNextSource) {
  const v1::Play play = PlayFrom("constant: {value: 0 V}, artefacts: [{mains: {amplitude: 1 V}}]");
  const Rendering first = Render(*Make(play), 200);
  const RunTime later = AtNanoseconds(200'000'000);
  const Rendering second = Render(*Make(play, EcgContext(), later), 100, 256, later);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(second.values[i], first.values[100 + i]);
}

TEST(DefibrillationTest, HoldsTheRailAndComesBackExponentially) {
  const auto r = OnZero("from: 1 s, defibrillation: {rail: 5 mV, recovery: 500 ms}", 3000);
  EXPECT_EQ(r.values[499], 0.0);
  EXPECT_EQ(r.values[500], 5e-3);
  EXPECT_EQ(r.values[599], 5e-3);
  EXPECT_NEAR(r.values[850], 5e-3 * std::exp(-1.0), 1e-5);
}

TEST(FaultTest, ElectrodeOffDriftsToTheRailAndStaysWithinIt) {
  const auto r = OnZero("electrode_off: {rail: 3 mV}", 500);
  EXPECT_LT(std::abs(r.values[0]), 0.2e-3);
  EXPECT_NEAR(r.values[25], 3e-3 * (1 - std::exp(-1.0)), 0.16e-3);  // 50 ms
  EXPECT_LE(Largest(r.values), 3e-3);
  for (std::size_t i = 250; i < 500; ++i) EXPECT_GT(r.values[i], 2.8e-3);
  EXPECT_EQ(r.Of("electrode_off").at(0).value, 1.0);
}

TEST(FaultTest, LastsFromItsBeginToItsEndAndSaysSo) {
  const auto r = OnZero("from: 1 s, until: 3 s, off: {level: 2 V}", 2000);
  EXPECT_EQ(r.values[499], 0.0);
  EXPECT_EQ(r.values[500], 2.0);
  EXPECT_EQ(r.values[1499], 2.0);
  EXPECT_EQ(r.values[1500], 0.0);
  const auto fault = r.Of("fault");
  ASSERT_EQ(fault.size(), 3u);
  EXPECT_EQ(fault[0].value, 0.0);
  EXPECT_EQ(Nanoseconds(fault[1].t), 1'000'000'000);
  EXPECT_EQ(fault[1].value, 1.0);
  EXPECT_EQ(Nanoseconds(fault[2].t), 3'000'000'000);
}

TEST(FaultTest, StuckKeepsTheValueOfItsBegin) {
  const auto values = OnRamp("from: 2 s, until: 4 s, stuck: {}", 6);
  EXPECT_NEAR(values[1999], 2e-3, 1e-9);
  EXPECT_NEAR(values[2000], 4e-3, 1e-9);
}

TEST(FaultTest, ScaleDriftAndLimitsChangeTheValue) {
  EXPECT_NEAR(OnRamp("wrong_scale: {factor: -2}", 2)[500], -2e-3, 1e-12);
  EXPECT_NEAR(OnRamp("drift: {per_minute: 60 mV}", 2)[500], 2e-3, 1e-12);
  const auto limited = OnRamp("saturation: {low: 0.5 mV, high: 1.5 mV}", 3);
  EXPECT_EQ(limited[0], 0.5e-3);
  EXPECT_NEAR(limited[500], 1e-3, 1e-12);
  EXPECT_EQ(limited[1400], 1.5e-3);
}

TEST(FaultTest, SlowLagsARampByItsTimeConstant) {
  const auto values = OnRamp("slow: {time_constant: 500 ms}", 10);
  EXPECT_NEAR(values[4500], 9e-3 - 0.5e-3, 0.01e-3);
}

TEST(FaultTest, DelayedComesLater) {
  const auto values = OnRamp("delayed: {by: 1500 ms}", 5);
  EXPECT_NEAR(values[2000], 2.5e-3, 1e-9);
  EXPECT_EQ(values[600], 0.0);
}

TEST(FaultTest, DelayedRefusesToKeepMoreThanItsBound) {
  const auto source = Make(PlayFrom("constant: {value: 0 V}, artefacts: [{delayed: {by: 60 s}}]"));
  std::vector<double> values(1);
  std::vector<TruthEvent> truth;
  EXPECT_TRUE(source->Render(RunTime(), Duration(100'000), values, truth));
  const Status refused = source->Render(RunTime(), Duration(1'000), values, truth);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "artefact delayed by 60 s at 1000000 samples a second: 60000000 samples to keep; "
            "expected at most 4194304");
}

TEST(FaultTest, IntermittentInterruptsAsOftenAndLongAsAsked) {
  const auto r = OnZero("intermittent: {level: 1 V, rate: 0.3 Hz, length: 100 ms}", 600 * 500);
  double sum = 0.0;
  for (const double v : r.values) sum += v;
  EXPECT_NEAR(sum / 500.0, 600.0 * 0.3 * 0.1, 5.0);
}

TEST(ArtefactTest, RefusesAnotherUnitCrossedLimitsAndAnEmptySpan) {
  for (const char* artefact :
       {"mains: {amplitude: 1 kPa}", "white: {rms: -1 mV}", "saturation: {low: 1 V, high: 0 V}",
        "from: 2 s, until: 1 s, stuck: {}"}) {
    const v1::Play play =
        PlayFrom("constant: {value: 0 V}, artefacts: [{" + std::string(artefact) + "}]");
    EXPECT_FALSE(MakeSource(play, EcgContext(), RunTime())) << artefact;
  }
}

TEST(FaultTest, AlternatesAndSaysSo) {
  const auto r =
      OnZero("from: 1 s, until: 6 s, on_for: 1 s, off_for: 2 s, off: {level: 2 V}", 4000);
  const auto fault = r.Of("fault");
  const std::vector<std::pair<double, double>> expected = {{0, 0}, {1, 1}, {2, 0}, {4, 1}, {5, 0}};
  std::vector<std::pair<double, double>> told;
  for (const TruthEvent& e : fault) {
    if (told.empty() || e.value != told.back().second) told.emplace_back(Seconds(e.t), e.value);
  }
  EXPECT_EQ(told, expected);
  for (std::size_t i = 0; i < r.values.size(); ++i) {
    const double s = static_cast<double>(i) / 500.0;
    const bool off = (s >= 1.0 && s < 2.0) || (s >= 4.0 && s < 5.0);
    ASSERT_EQ(r.values[i], off ? 2.0 : 0.0) << s;
  }
}

}  // namespace
}  // namespace rig
