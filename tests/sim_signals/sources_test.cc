// Levels, an electrode that is off, and noise.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

v1::Play ConstantPlay(const std::string& value) {
  v1::Play play;
  play.mutable_constant()->set_value(value);
  return play;
}

// Upward zero crossings per second.
double CrossingsPerSecond(const std::vector<double>& values, double seconds) {
  int count = 0;
  for (std::size_t i = 1; i < values.size(); ++i) count += values[i - 1] < 0.0 && values[i] >= 0.0;
  return count / seconds;
}

TEST(ElectrodeOffSourceTest, DriftsToTheRailAndStaysWithinIt) {
  v1::Play play;
  play.mutable_electrode_off()->set_rail(3e-3);
  const Rendering r = Render(*Make(play), 500);
  EXPECT_LT(std::abs(r.values[0]), 0.2e-3);
  EXPECT_NEAR(r.values[25], 3e-3 * (1 - std::exp(-1.0)), 0.16e-3);  // 50 ms
  EXPECT_LE(Largest(r.values), 3e-3);
  for (std::size_t i = 250; i < 500; ++i) EXPECT_GT(r.values[i], 2.8e-3);
  EXPECT_EQ(r.Of("electrode_off").at(0).value, 1.0);
  EXPECT_EQ(r.Of("asystole").at(0).value, 0.0);
}

TEST(LevelSourceTest, ConstantHoldsItsValue) {
  const SourceContext context{.signal = "line", .unit = "Pa", .directory = {}};
  const Rendering r = Render(*Make(ConstantPlay("2 kPa"), context), 100);
  for (const double v : r.values) EXPECT_EQ(v, 2000.0);
  EXPECT_TRUE(r.truth.empty());
}

TEST(LevelSourceTest, RampIsLinearAndThenSteady) {
  v1::Play play;
  play.mutable_ramp()->set_from("1 V");
  play.mutable_ramp()->set_to("2 V");
  play.mutable_ramp()->set_over(100'000'000);
  const Rendering r = Render(*Make(play), 100);
  EXPECT_EQ(r.values[0], 1.0);
  EXPECT_NEAR(r.values[25], 1.5, 1e-12);
  EXPECT_EQ(r.values[50], 2.0);
  EXPECT_EQ(r.values[99], 2.0);
}

TEST(LevelSourceTest, RefusesAValueInAnotherUnit) {
  const auto source = MakeSource(ConstantPlay("2 kPa"), EcgContext(), RunTime());
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, Code::kInvalidArgument);
  EXPECT_NE(source.error().message.find("2 kPa"), std::string::npos);
}

TEST(NoiseTest, MainsHasItsAmplitudeAndFrequency) {
  v1::Play play = ConstantPlay("0 V");
  v1::Mains& mains = *play.add_noise()->mutable_mains();
  mains.set_amplitude(0.2e-3);
  mains.set_frequency(50.0);
  const Rendering r = Render(*Make(play), 5000, 256, RunTime(), Duration(100'000));
  EXPECT_NEAR(Largest(r.values), 0.2e-3, 1e-6);
  EXPECT_NEAR(Smallest(r.values), -0.2e-3, 1e-6);
  EXPECT_NEAR(CrossingsPerSecond(r.values, 0.5), 50.0, 2.0);
}

TEST(NoiseTest, BaselineWandersSlowlyWithinItsAmplitude) {
  v1::Play play = ConstantPlay("0 V");
  v1::Baseline& baseline = *play.add_noise()->mutable_baseline();
  baseline.set_amplitude(0.3e-3);
  baseline.set_frequency(0.3);
  const Rendering r = Render(*Make(play), 300 * 500);
  EXPECT_LE(Largest(r.values), 0.3e-3);
  EXPECT_GT(Largest(r.values), 0.25e-3);
  EXPECT_LT(CrossingsPerSecond(r.values, 300.0), 0.5);
}

TEST(NoiseTest, WhiteHasItsRmsAndNoMemory) {
  v1::Play play = ConstantPlay("0 V");
  play.add_noise()->mutable_white()->set_rms(20e-6);
  const Rendering r = Render(*Make(play), 100'000);
  double squares = 0.0, lagged = 0.0;
  for (std::size_t i = 1; i < r.values.size(); ++i) {
    squares += r.values[i] * r.values[i];
    lagged += r.values[i] * r.values[i - 1];
  }
  EXPECT_NEAR(std::sqrt(squares / 1e5), 20e-6, 0.3e-6);
  EXPECT_NEAR(lagged / squares, 0.0, 0.02);
}

TEST(NoiseTest, RunsOnUnbrokenIntoTheNextSource) {
  v1::Play play = ConstantPlay("0 V");
  play.add_noise()->mutable_mains()->set_amplitude(1.0);
  play.mutable_noise(0)->mutable_mains()->set_frequency(50.0);
  const Rendering first = Render(*Make(play), 200);
  const RunTime later = AtNanoseconds(200'000'000);
  const Rendering second = Render(*Make(play, EcgContext(), later), 100, 256, later);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(second.values[i], first.values[100 + i]);
}

}  // namespace
}  // namespace rig
