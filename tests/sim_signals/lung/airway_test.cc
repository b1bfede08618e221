#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

constexpr double kHpa = 100.0;
constexpr double kMlPerHpa = 1e-6 / kHpa;
constexpr double kHpaSPerL = kHpa / 1e-3;
constexpr Duration kMillisecond = std::chrono::milliseconds(1);

// A row of Table 201.105 of ISO 80601-2-80:2018; inspiratory time 1 s.
struct TestLung {
  int row;
  double intended_ml, compliance, resistance, leak_ml_min, rate, pressure, peep;
};

constexpr TestLung kTestLungs[] = {
    {1, 500, 50, 5, 0, 20, 10, 5},       {2, 500, 50, 20, 0, 12, 15, 10},
    {3, 500, 20, 5, 0, 20, 25, 5},       {4, 500, 20, 20, 0, 20, 25, 10},
    {5, 500, 50, 5, 5000, 20, 25, 5},    {6, 500, 50, 20, 10000, 12, 25, 10},
    {7, 300, 20, 20, 0, 20, 15, 5},      {8, 300, 20, 50, 0, 12, 25, 10},
    {9, 300, 10, 50, 0, 20, 30, 5},      {10, 300, 20, 20, 3000, 20, 25, 5},
    {11, 300, 20, 50, 6000, 12, 25, 10}, {12, 200, 10, 20, 0, 20, 25, 10}};

v1::Play AirwayPlay(const TestLung& lung, v1::Airway::Quantity quantity) {
  v1::Play play;
  v1::Airway& airway = *play.mutable_airway();
  airway.set_quantity(quantity);
  airway.mutable_lung()->set_compliance(lung.compliance * kMlPerHpa);
  airway.mutable_lung()->set_resistance(lung.resistance * kHpaSPerL);
  // The flow that escapes at 20 hPa.
  airway.mutable_lung()->set_leak(lung.leak_ml_min * 1e-6 / 60.0 / (20.0 * kHpa));
  airway.set_rate(lung.rate / 60.0);
  airway.set_inspiration(1'000'000'000);
  airway.set_pressure(lung.pressure * kHpa);
  airway.set_peep(lung.peep * kHpa);
  return play;
}

std::vector<double> Measured(const v1::Play& play, double seconds) {
  const char* unit[] = {"", "Pa", "m3/s", "m3"};
  const auto source = Make(play, {1, "airway", unit[play.airway().quantity()], {}});
  return Render(*source, static_cast<std::size_t>(seconds * 1000), 256, RunTime(), kMillisecond)
      .values;
}

// What enters the lung in the tenth breath, in mL.
double DeliveredMl(const TestLung& lung) {
  const std::vector<double> v = Measured(AirwayPlay(lung, v1::Airway::VOLUME), 60);
  const auto begin = static_cast<std::size_t>(std::lround(9 * 60'000 / lung.rate));
  return 1e6 * (v[begin + 1000] - v[begin]);
}

// Steady state of dV/dt = (P - V/C)/R under two pressures in turn.
double AnalyticMl(const TestLung& lung) {
  const double lag_s = lung.compliance * lung.resistance * 1e-3;
  const double in = std::exp(-1.0 / lag_s);
  const double out = std::exp(-(60.0 / lung.rate - 1.0) / lag_s);
  return lung.compliance * lung.pressure * (1.0 - in) * (1.0 - out) / (1.0 - in * out);
}

TEST(AirwaySourceTest, TwelveTestLungsFillAsTheExponential) {
  for (const TestLung& lung : kTestLungs) {
    EXPECT_NEAR(DeliveredMl(lung) / AnalyticMl(lung), 1.0, 1e-6) << lung.row;
  }
}

// The table's pressure gives its intended volume within 25 %, but in rows 5, 6 and 10. These are
// rows 1, 2 and 7 with a leak and 25 hPa, where those have 10, 15 and 15: with the pressure of
// those they are met as well. No leak explains it: at the airway opening it takes nothing from a
// lung that is held at a pressure, and behind the airway the table's largest takes a pressure of
// resistance times leak, 3.3 of 25 hPa.
TEST(AirwaySourceTest, TestLungsGetTheVolumeIntended) {
  const std::map<int, double> pressure_of_twin = {{5, 10.0}, {6, 15.0}, {10, 15.0}};
  for (TestLung lung : kTestLungs) {
    const double error = DeliveredMl(lung) / lung.intended_ml - 1.0;
    const auto twin = pressure_of_twin.find(lung.row);
    if (twin == pressure_of_twin.end()) {
      EXPECT_LT(std::abs(error), 0.25) << lung.row;
      continue;
    }
    EXPECT_GT(error, 0.45) << lung.row;
    lung.pressure = twin->second;
    EXPECT_LT(std::abs(DeliveredMl(lung) / lung.intended_ml - 1.0), 0.25) << lung.row;
  }
}

TEST(AirwaySourceTest, FlowIsWhatFillsTheLungAndLeaks) {
  for (const TestLung& lung : {kTestLungs[3], kTestLungs[10]}) {
    const std::vector<double> flow = Measured(AirwayPlay(lung, v1::Airway::FLOW), 20);
    const std::vector<double> volume = Measured(AirwayPlay(lung, v1::Airway::VOLUME), 20);
    const std::vector<double> pressure = Measured(AirwayPlay(lung, v1::Airway::PRESSURE), 20);
    const double leak = lung.leak_ml_min * 1e-6 / 60.0 / (20.0 * kHpa);
    double through = 0.0;
    for (std::size_t i = 0; i + 1 < flow.size(); ++i) {
      if (pressure[i] == pressure[i + 1]) {
        through += 0.5e-3 * (flow[i] + flow[i + 1]) - 1e-3 * leak * pressure[i];
      } else {  // the flow jumps with the pressure; by the volume then
        through += volume[i + 1] - volume[i];
      }
    }
    EXPECT_NEAR(through, volume.back() - volume.front(), 1e-8) << lung.row;  // 0.01 mL
  }
}

TEST(AirwaySourceTest, PressureIsPeepAndInspiration) {
  const std::vector<double> p = Measured(AirwayPlay(kTestLungs[0], v1::Airway::PRESSURE), 6);
  EXPECT_EQ(p[0], 1500.0);
  EXPECT_EQ(p[999], 1500.0);
  EXPECT_EQ(p[1000], 500.0);
  EXPECT_EQ(p[2999], 500.0);
  EXPECT_EQ(p[3000], 1500.0);
}

// dV/dt = (P + Pmus - V/C)/R in steps of a tenth of a millisecond.
TEST(AirwaySourceTest, EffortAgreesWithATightIntegration) {
  v1::Play play = AirwayPlay(kTestLungs[1], v1::Airway::VOLUME);
  v1::Effort& effort = *play.mutable_airway()->mutable_lung()->mutable_effort();
  effort.set_rate(13.0 / 60.0);
  effort.set_pressure(800.0);
  effort.set_inspiration(900'000'000);
  const std::vector<double> v = Measured(play, 30);
  const v1::Lung& lung = play.airway().lung();
  double volume = v[0];
  for (int i = 0; i < 300'000; ++i) {
    if (i % 10 == 0) {
      ASSERT_NEAR(v[i / 10], volume, 2e-9) << i;
    }
    const double t = (i + 0.5) * 1e-4;
    const double into = std::fmod(t, 60.0 / 13.0);
    const double muscle = into < 0.9 ? 800.0 * std::sin(M_PI * into / 0.9) : 0.0;
    const double p =
        play.airway().peep() + (std::fmod(t, 5.0) < 1.0 ? play.airway().pressure() : 0.0);
    const double settled = lung.compliance() * (p + muscle);
    volume =
        settled + (volume - settled) * std::exp(-1e-4 / (lung.compliance() * lung.resistance()));
  }
}

TEST(AirwaySourceTest, VolumeNeverJumpsAndTruthCountsTheBreaths) {
  v1::Play play = AirwayPlay(kTestLungs[2], v1::Airway::VOLUME);
  play.mutable_airway()->set_rate(17.0 / 60.0);
  const auto source = Make(play, {1, "airway", "m3", {}});
  const Rendering r = Render(*source, 30'000, 256, RunTime(), kMillisecond);
  const double steepest = play.airway().pressure() / play.airway().lung().resistance() * 1e-3;
  for (std::size_t i = 1; i < r.values.size(); ++i) {
    ASSERT_LE(std::abs(r.values[i] - r.values[i - 1]), steepest) << i;
  }
  ASSERT_EQ(r.Of("breath").size(), 9u);
  EXPECT_EQ(Nanoseconds(r.Of("breath")[1].t), 3'529'411'765);
  EXPECT_EQ(r.Of("breath")[8].value, 9.0);
  EXPECT_EQ(Nanoseconds(r.Of("inspiration")[1].t), 1'000'000'000);
}

TEST(AirwaySourceTest, GivesTheSameBitsInBlocksOfAnySizeAndAtAnyRate) {
  v1::Play play = AirwayPlay(kTestLungs[7], v1::Airway::FLOW);
  play.mutable_airway()->set_rate(17.0 / 60.0);
  const SourceContext context = {1, "airway", "m3/s", {}};
  const Rendering whole = Render(*Make(play, context), 3000, 3000);
  EXPECT_EQ(Render(*Make(play, context), 3000, 1).values, whole.values);
  EXPECT_EQ(Render(*Make(play, context), 3000, 7).values, whole.values);
  const Rendering fast =
      Render(*Make(play, context), 9000, 256, RunTime(), kAt500Hz / 3 + Duration(1));
  const Rendering slow =
      Render(*Make(play, context), 3000, 256, RunTime(), 3 * (kAt500Hz / 3 + Duration(1)));
  for (std::size_t i = 0; i < 3000; ++i) ASSERT_EQ(slow.values[i], fast.values[3 * i]);
}

TEST(AirwaySourceTest, RefusesALungThatCannotBe) {
  const SourceContext context = {1, "airway", "Pa", {}};
  for (int broken = 0; broken < 4; ++broken) {
    v1::Play play = AirwayPlay(kTestLungs[0], v1::Airway::PRESSURE);
    if (broken == 0) play.mutable_airway()->mutable_lung()->set_compliance(0.0);
    if (broken == 1) play.mutable_airway()->mutable_lung()->set_resistance(std::nan(""));
    if (broken == 2) play.mutable_airway()->set_inspiration(3'000'000'000);
    if (broken == 3) play.mutable_airway()->clear_quantity();
    EXPECT_FALSE(MakeSource(play, context, RunTime())) << broken;
  }
}

}  // namespace
}  // namespace rig
