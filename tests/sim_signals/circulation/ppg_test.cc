#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

constexpr char kSteady[] =
    "rhythm: {sinus: {rate: 72 bpm, rate_sd: 2 bpm}}\nbreathing: {rate: 12 bpm}\n";

std::vector<double> Light(const BodyCourse& course, const std::string& wavelength,
                          std::size_t samples = 30 * 500) {
  return Render(*Make(PlayFrom("ppg: {wavelength: " + wavelength + "}"), EcgContext(&course)),
                samples)
      .values;
}

// AC over DC: what oximeters do, root mean square over mean.
double Modulation(const std::vector<double>& values) {
  double sum = 0.0, squares = 0.0;
  for (const double v : values) {
    sum += v;
    squares += v * v;
  }
  const auto n = static_cast<double>(values.size());
  return std::sqrt(squares / n - sum * sum / (n * n)) / (sum / n);
}

class SaturationTest : public testing::TestWithParam<double> {};

TEST_P(SaturationTest, FollowsFromTheRatioOfRatiosWithinHalfAPercent) {
  const BodyCourse course = CourseOf(kSteady + std::string("oxygenation: {saturation: ") +
                                     std::to_string(GetParam()) + " %}");
  const double ratio = Modulation(Light(course, "red")) / Modulation(Light(course, "infrared"));
  EXPECT_NEAR(110.0 - 25.0 * ratio, GetParam(), 0.5);
}

INSTANTIATE_TEST_SUITE_P(Percent, SaturationTest, testing::Values(70.0, 85.0, 97.0, 100.0));

TEST(PpgTest, TakesAnotherMakersCurve) {
  const BodyCourse course = CourseOf(kSteady + std::string("oxygenation: {saturation: 90 %}"));
  const std::string curve =
      ", calibration: [{saturation: 100 %, ratio: 0.4}, {saturation: 80 %, ratio: 1.2}]";
  const auto red =
      Render(*Make(PlayFrom("ppg: {wavelength: red" + curve + "}"), EcgContext(&course)), 30 * 500);
  EXPECT_NEAR(Modulation(red.values) / Modulation(Light(course, "infrared")), 0.8, 0.01);
}

TEST(PpgTest, HasThePerfusionIndexAsked) {
  const BodyCourse course = CourseOf(
      "rhythm: {sinus: {rate: 72 bpm, rate_sd: 0 bpm}}\nbreathing: {rate: 0 bpm}\n"
      "oxygenation: {perfusion: 4 %}");
  const auto light = Light(course, "infrared");
  const std::vector<double> later(light.begin() + 5000, light.end());
  EXPECT_NEAR((Largest(later) - Smallest(later)) / Largest(later), 0.04, 0.004);
}

TEST(PpgTest, PulsesFollowTheSameBeatsByTheTransitTime) {
  const BodyCourse course = CourseOf(kSteady + std::string("circulation: {transit: 180 ms}"));
  const auto pulses =
      Render(*Make(PlayFrom("ppg: {wavelength: red}"), EcgContext(&course)), 15'000).Of("pulse");
  const auto beats = Render(*Make(PlayFrom("ecg: {}"), EcgContext(&course)), 15'000).Of("beat");
  ASSERT_GT(pulses.size(), 30u);
  for (std::size_t i = 0; i < pulses.size(); ++i) {
    EXPECT_EQ(pulses[i].t - beats[i].t, Duration(180'000'000));
  }
}

TEST(PpgTest, TellsSettingsWhenTheyAreReachedAndThatThePulseIsLost) {
  const BodyCourse course = CourseOf({{0.0, kSteady},
                                      {5.0, "oxygenation: {saturation: 85 %, over: 4 s}"},
                                      {12.0, "rhythm: {asystole: {}}"}});
  const Rendering r =
      Render(*Make(PlayFrom("ppg: {wavelength: red}"), EcgContext(&course)), 20 * 500);
  const auto saturation = r.Of("saturation");
  ASSERT_EQ(saturation.size(), 2u);
  EXPECT_EQ(saturation[0].value, 0.97);
  EXPECT_EQ(Nanoseconds(saturation[1].t), 9'000'000'000);
  EXPECT_EQ(saturation[1].value, 0.85);
  const auto rate = r.Of("rate");
  EXPECT_EQ(rate.back().value, 0.0);
  EXPECT_EQ(rate.back().t, r.Of("pulse").back().t + Duration(3'000'000'000));
  for (std::size_t i = 1; i < r.truth.size(); ++i) EXPECT_LE(r.truth[i - 1].t, r.truth[i].t);
}

TEST(PpgTest, RefusesACurveThatDoesNotFall) {
  const BodyCourse course = CourseOf(kSteady);
  const v1::Play play = PlayFrom(
      "ppg: {wavelength: red, calibration: [{saturation: 80 %, ratio: 1}, {saturation: 90 %, "
      "ratio: 0.5}]}");
  EXPECT_FALSE(MakeSource(play, EcgContext(&course), RunTime()));
}

}  // namespace
}  // namespace rig
