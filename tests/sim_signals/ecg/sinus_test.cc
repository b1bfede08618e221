// Sinus rhythm as an electrocardiogram shows it.
#include <gtest/gtest.h>

#include <cmath>

#include "rig/base/digest.h"
#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

std::string Sinus(double bpm, double sd_bpm = 1.0) {
  return "rhythm: {sinus: {rate: " + std::to_string(bpm) +
         " bpm, rate_sd: " + std::to_string(sd_bpm) + " bpm}}";
}

Rendering RenderSinus(double bpm, double sd_bpm, std::size_t samples,
                      const std::string& source = "ecg: {}") {
  const BodyCourse course = CourseOf(Sinus(bpm, sd_bpm));
  return Render(*Make(PlayFrom(source), EcgContext(&course)), samples);
}

struct Rate {
  double mean_hz, sd_hz;
};

Rate RateOf(const Rendering& r) {
  const auto beats = r.Of("beat");
  double sum = 0.0, squares = 0.0;
  for (std::size_t i = 1; i < beats.size(); ++i) {
    const double rate = 1.0 / Seconds(beats[i].t - beats[i - 1].t);
    sum += rate;
    squares += rate * rate;
  }
  const auto n = static_cast<double>(beats.size() - 1);
  const double mean_interval = Seconds(beats.back().t - beats.front().t) / n;
  return {1.0 / mean_interval, std::sqrt(squares / n - sum * sum / (n * n))};
}

class SinusRateTest : public testing::TestWithParam<double> {};

TEST_P(SinusRateTest, MeanRateIsTheOneAsked) {
  const double bpm = GetParam();
  EXPECT_NEAR(RateOf(RenderSinus(bpm, 1, 300 * 500)).mean_hz * 60.0, bpm, 0.01 * bpm);
}

TEST_P(SinusRateTest, TruthBeatsAreLocalMaximaOfTheAmplitudeAsked) {
  const Rendering r = RenderSinus(GetParam(), 0.02 * GetParam(), 120 * 500);
  const auto beats = r.Of("beat");
  for (std::size_t i = 1; i + 1 < beats.size(); ++i) {
    const auto at = static_cast<std::size_t>(Nanoseconds(beats[i].t) / kAt500Hz.count());
    const auto around = r.values.begin() + static_cast<std::ptrdiff_t>(at);
    const auto peak = std::max_element(around - 15, around + 16);
    EXPECT_LE(std::abs(Seconds(beats[i].t) - 0.002 * static_cast<double>(peak - r.values.begin())),
              0.002);
    EXPECT_NEAR(*peak, 1e-3, 0.05e-3);
  }
}

INSTANTIATE_TEST_SUITE_P(Rates, SinusRateTest,
                         testing::Values(20.0, 40.0, 72.0, 120.0, 180.0, 300.0));

TEST(SinusTest, RateVariesAsMuchAsAsked) {
  for (const double sd_bpm : {1.0, 5.0}) {
    EXPECT_NEAR(RateOf(RenderSinus(72, sd_bpm, 900 * 500)).sd_hz * 60.0, sd_bpm, 0.15 * sd_bpm);
  }
}

TEST(SinusTest, RateIsConstantWithoutVariability) {
  const auto rates = RenderSinus(75, 0, 60 * 500).Of("rate");
  ASSERT_GT(rates.size(), 70u);
  EXPECT_TRUE(std::isnan(rates[1].value));  // the first beat ends no interval
  for (std::size_t i = 2; i < rates.size(); ++i) EXPECT_NEAR(rates[i].value, 75.0 / 60.0, 1e-8);
}

TEST(SinusTest, TruthStatesEveryFlagAtTheStartAndThenBeatsInOrder) {
  const RunTime start = AtNanoseconds(3'000'000'000);
  BodyCourse course;
  course.Add(start, FromYaml<v1::Body>(Sinus(60)));
  const auto source = Make(PlayFrom("ecg: {}"), EcgContext(&course), start);
  const Rendering r = Render(*source, 2500, 256, start);
  for (const char* flag : {"asystole", "ventricular_fibrillation", "ventricular_tachycardia",
                           "electrode_off", "unreadable", "recorded"}) {
    ASSERT_EQ(r.Of(flag).size(), 1u) << flag;
    EXPECT_EQ(r.Of(flag)[0].value, 0.0);
    EXPECT_EQ(r.Of(flag)[0].t, start);
  }
  const auto beats = r.Of("beat");
  EXPECT_NEAR(Seconds(beats[0].t), 3.4, 0.03);
  for (std::size_t i = 0; i < beats.size(); ++i) EXPECT_EQ(beats[i].value, i + 1.0);
  for (std::size_t i = 1; i < r.truth.size(); ++i) EXPECT_LE(r.truth[i - 1].t, r.truth[i].t);
  EXPECT_LT(r.truth.back().t, AtNanoseconds(8'000'000'000));
}

TEST(SinusTest, RateOfABeatIsThatOfTheIntervalBeforeIt) {
  const Rendering r = RenderSinus(72, 5, 30 * 500);
  const auto beats = r.Of("beat");
  const auto rates = r.Of("rate");
  ASSERT_EQ(rates.size(), beats.size() + 1);  // one at the start
  for (std::size_t i = 1; i < beats.size(); ++i) {
    EXPECT_EQ(rates[i + 1].t, beats[i].t);
    EXPECT_NEAR(rates[i + 1].value, 1.0 / Seconds(beats[i].t - beats[i - 1].t), 1e-9);
  }
}

TEST(SinusTest, RateIsNotKnownBeforeTheFirstBeat) {
  EXPECT_TRUE(std::isnan(RenderSinus(72, 5, 100).Of("rate").at(0).value));
}

TEST(SinusTest, HasNoStepAnywhere) {
  // At 5 kHz an R wave of 1 mV and a width of 5 ms rises by at most 25 uV a sample.
  const BodyCourse course = CourseOf(Sinus(72, 10));
  const Rendering r = Render(*Make(PlayFrom("ecg: {}"), EcgContext(&course)), 60 * 5000, 256,
                             RunTime(), Duration(200'000));
  double largest = 0.0;
  for (std::size_t i = 1; i < r.values.size(); ++i) {
    largest = std::max(largest, std::abs(r.values[i] - r.values[i - 1]));
  }
  EXPECT_LT(largest, 40e-6);
  EXPECT_GT(largest, 1e-6);
}

TEST(SinusTest, TWaveScalesOnItsOwn) {
  const auto t_height = [&](const std::string& factor) {
    const Rendering r = RenderSinus(60, 0, 500, "ecg: {t_wave: " + factor + "}");
    return *std::max_element(r.values.begin() + 300, r.values.begin() + 400);
  };
  const double usual = t_height("1");
  EXPECT_GT(usual, 0.1e-3);
  EXPECT_NEAR(t_height("2"), 2.0 * usual, 0.02e-3);
  EXPECT_LT(t_height("0"), 0.02e-3);
}

TEST(SinusTest, GivesTheSameBitsOnEveryMachine) {
  const BodyCourse course = CourseOf(Sinus(72, 3));
  const v1::Play play = PlayFrom("ecg: {}, artefacts: [{white: {rms: 10 uV}}]");
  const Rendering r = Render(*Make(play, EcgContext(&course, 20240901)), 60 * 500);
  Sha256 digest;
  digest.Update(std::as_bytes(std::span(r.values)));
  EXPECT_EQ(digest.Hex(), "2f22c153c8ee6b3d159a5e8dcc99bcd5bde1a29fc0ce93c2a5ca6e3d929ae5f3");
}

}  // namespace
}  // namespace rig
