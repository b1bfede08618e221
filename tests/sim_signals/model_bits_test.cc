// The bits that every machine must give: a compiler that contracts or reorders changes them, and
// the discharges of a seizure make much of it.
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>

#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::uint64_t Digest(const v1::Play& play, const char* unit, Duration period) {
  const auto source = Make(play, {7, "signal", unit, {}});
  std::uint64_t digest = 0xCBF29CE484222325ULL;
  for (const double v : Render(*source, 5000, 256, RunTime(), period).values) {
    digest = (digest ^ std::bit_cast<std::uint64_t>(v)) * 0x100000001B3ULL;
  }
  return digest;
}

TEST(ModelBitsTest, AnElectrocorticogramsAreThoseOfEveryMachine) {
  v1::Play play;
  v1::Ecog& ecog = *play.mutable_ecog();
  ecog.set_background(50e-6);
  ecog.set_rhythm(0.5);
  ecog.set_spread_gain(1.0);
  ecog.mutable_seizure()->set_onset(kSecond);
  ecog.mutable_seizure()->set_duration(15 * kSecond);
  ecog.mutable_seizure()->set_amplitude(1e-3);
  EXPECT_EQ(Digest(play, "V", Duration(3'906'250)), 10899638401103810780ULL);
}

TEST(ModelBitsTest, ASensorsReadingsAreThoseOfEveryMachine) {
  v1::Play play;
  v1::GlucoseSensor& sensor = *play.mutable_cgm()->mutable_sensor();
  sensor.set_period(180 * kSecond);
  sensor.set_noise(1.0);
  sensor.set_low(0.39);
  sensor.set_high(6.0);
  play.mutable_cgm()->set_basal(1.0);
  play.mutable_cgm()->add_meals()->set_carbohydrate(0.06);
  EXPECT_EQ(Digest(play, "kg/m3", std::chrono::seconds(10)), 6423487798143030445ULL);
}

TEST(ModelBitsTest, AProbesAndAnAirwaysAreThoseOfEveryMachine) {
  v1::Play play;
  play.mutable_thermistor()->set_temperature(310.15);
  play.mutable_thermistor()->set_probe(295.15);
  play.mutable_thermistor()->set_lag(30 * kSecond);
  EXPECT_EQ(Digest(play, "ohm", std::chrono::milliseconds(10)), 16712237651703047581ULL);
  v1::Airway& airway = *play.mutable_airway();
  airway.set_quantity(v1::Airway::FLOW);
  airway.mutable_lung()->set_compliance(5e-7);
  airway.mutable_lung()->set_resistance(2e6);
  airway.mutable_lung()->mutable_effort()->set_rate(0.2);
  airway.mutable_lung()->mutable_effort()->set_pressure(500.0);
  airway.mutable_lung()->mutable_effort()->set_inspiration(kSecond);
  airway.set_rate(0.25);
  airway.set_inspiration(kSecond);
  airway.set_pressure(1500.0);
  EXPECT_EQ(Digest(play, "m3/s", std::chrono::milliseconds(7)), 17410180861609029714ULL);
}

}  // namespace
}  // namespace rig
