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

// As it is defined, by logarithms, and as monitors have it, by the alternating over the mean part.
TEST(PpgTest, SaturationIsTheSameAtTheHighestPerfusion) {
  const BodyCourse course = CourseOf(
      "rhythm: {sinus: {rate: 72 bpm}}\nbreathing: {rate: 0 bpm}\n"
      "oxygenation: {saturation: 50 %, perfusion: 20 %}");
  const auto red = Light(course, "red"), infrared = Light(course, "infrared");
  const double ratio =
      std::log(Largest(red) / Smallest(red)) / std::log(Largest(infrared) / Smallest(infrared));
  EXPECT_NEAR(110.0 - 25.0 * ratio, 50.0, 1e-3);
  EXPECT_NEAR(110.0 - 25.0 * Modulation(red) / Modulation(infrared), 50.0, 2.5);
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

TEST(PpgTest, TellsThePerfusionThatEachPulseHas) {
  for (const char* rhythm : {"sinus: {rate: 72 bpm, rate_sd: 0 bpm}", "sinus: {rate: 180 bpm}",
                             "sinus: {rate: 300 bpm}", "ventricular_tachycardia: {}"}) {
    const BodyCourse course =
        CourseOf(std::string("breathing: {rate: 0 bpm}\nrhythm: {") + rhythm + "}");
    const Rendering r =
        Render(*Make(PlayFrom("ppg: {wavelength: infrared}"), EcgContext(&course)), 10'000);
    const auto pulses = r.Of("pulse"), perfusion = r.Of("perfusion");
    ASSERT_EQ(perfusion.size(), pulses.size());  // that before any pulse, none with the first one
    EXPECT_TRUE(std::isnan(perfusion[0].value));
    for (std::size_t i = 1; i < pulses.size(); ++i) {
      ASSERT_EQ(perfusion[i].t, pulses[i].t);
      const auto at = [&](std::size_t k) {
        return r.values.begin() + Nanoseconds(pulses[k].t) / kAt500Hz.count() + 1;
      };
      const auto [low, high] = std::minmax_element(at(i - 1), at(i));
      EXPECT_NEAR(perfusion[i].value, 1.0 - *low / *high, 1e-9) << rhythm;
    }
  }
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
  ASSERT_EQ(saturation.size(), 3u);
  EXPECT_EQ(saturation[0].value, 0.97);
  EXPECT_EQ(Nanoseconds(saturation[1].t), 5'000'000'000);
  EXPECT_TRUE(std::isnan(saturation[1].value));
  EXPECT_EQ(Nanoseconds(saturation[2].t), 9'000'000'000);
  EXPECT_EQ(saturation[2].value, 0.85);
  EXPECT_TRUE(std::isnan(r.Of("perfusion").back().value));
  const auto rate = r.Of("rate");
  EXPECT_EQ(rate.back().value, 0.0);
  EXPECT_EQ(rate.back().t, r.Of("pulse").back().t + Duration(3'000'000'000));
  for (std::size_t i = 1; i < r.truth.size(); ++i) EXPECT_LE(r.truth[i - 1].t, r.truth[i].t);
}

TEST(PpgTest, TellsNothingOfARampThatIsReplaced) {
  const BodyCourse course = CourseOf({{0.0, kSteady},
                                      {2.0, "oxygenation: {saturation: 80 %, over: 20 s}"},
                                      {6.0, "oxygenation: {saturation: 97 %}"}});
  const auto told = Render(*Make(PlayFrom("ppg: {wavelength: red}"), EcgContext(&course)), 15'000)
                        .Of("saturation");
  ASSERT_EQ(told.size(), 3u);
  EXPECT_TRUE(std::isnan(told[1].value));
  EXPECT_EQ(Nanoseconds(told[2].t), 6'000'000'000);
  EXPECT_EQ(told[2].value, 0.97);
  const RunTime later = AtNanoseconds(10'000'000'000);
  const auto played = Render(*Make(PlayFrom("ppg: {wavelength: red}"), EcgContext(&course), later),
                             500, 256, later);
  for (const TruthEvent& event : played.truth) EXPECT_GE(event.t, later);
  EXPECT_EQ(played.Of("saturation").at(0).value, 0.97);
}

TEST(PpgTest, PulsesThatTheTransitTimeReversesAreToldInTheirOrder) {
  const BodyCourse course = CourseOf({{0.0, "rhythm: {sinus: {rate: 200 bpm}}"},
                                      {5.0, "circulation: {transit: 500 ms}"},
                                      {7.0, "circulation: {transit: 50 ms}"}});
  const Rendering r = Render(*Make(PlayFrom("ppg: {wavelength: red}"), EcgContext(&course)), 5000);
  double pulses = 0.0;
  for (const TruthEvent& pulse : r.Of("pulse")) EXPECT_EQ(pulse.value, ++pulses);
  for (const TruthEvent& rate : r.Of("rate")) EXPECT_FALSE(rate.value < 0.0);
  for (std::size_t i = 1; i < r.truth.size(); ++i) EXPECT_LE(r.truth[i - 1].t, r.truth[i].t);
}

TEST(PpgTest, ASlowPulseIsNotLost) {
  const BodyCourse course = CourseOf("rhythm: {sinus: {rate: 10 bpm, rate_sd: 0 bpm}}");
  const auto rates =
      Render(*Make(PlayFrom("ppg: {wavelength: red}"), EcgContext(&course)), 15'000).Of("rate");
  ASSERT_EQ(rates.size(), 5u);
  for (std::size_t i = 1; i < rates.size(); ++i) EXPECT_NEAR(rates[i].value, 1.0 / 6.0, 1e-6);
}

TEST(PpgTest, RefusesASaturationOutsideItsCalibration) {
  const BodyCourse course = CourseOf({{0.0, kSteady}, {5.0, "oxygenation: {saturation: 100 %}"}});
  const auto made = MakeSource(
      PlayFrom("ppg: {wavelength: red, calibration: [{saturation: 98 %, ratio: 0.1}, {saturation: "
               "90 %, ratio: 1}]}"),
      EcgContext(&course), RunTime());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message,
            "a saturation of 100 % outside the calibration; expected 90 to 98 %");
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
