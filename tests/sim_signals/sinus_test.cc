#include "sim_signals/sinus.h"

#include <gtest/gtest.h>

#include <cmath>

#include "rig/base/digest.h"
#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

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
  const Rendering r = Render(*Make(SinusPlay(bpm)), 300 * 500);
  EXPECT_NEAR(RateOf(r).mean_hz * 60.0, bpm, 0.01 * bpm);
}

TEST_P(SinusRateTest, TruthBeatsAreLocalMaximaOfTheAmplitudeAsked) {
  const Rendering r = Render(*Make(SinusPlay(GetParam(), 0.02 * GetParam())), 120 * 500);
  const auto beats = r.Of("beat");
  for (std::size_t i = 1; i + 1 < beats.size(); ++i) {
    const auto at = static_cast<std::size_t>(Nanoseconds(beats[i].t) / kAt500Hz.count());
    const auto around = r.values.begin() + static_cast<std::ptrdiff_t>(at);
    const auto peak = std::max_element(around - 15, around + 16);
    EXPECT_LE(std::abs(Seconds(beats[i].t) - 0.002 * static_cast<double>(peak - r.values.begin())),
              0.002);
    EXPECT_NEAR(*peak, 1e-3, 0.03e-3);
  }
}

INSTANTIATE_TEST_SUITE_P(Rates, SinusRateTest,
                         testing::Values(20.0, 40.0, 72.0, 120.0, 180.0, 300.0));

TEST(SinusSourceTest, RateVariesAsMuchAsAsked) {
  for (const double sd_bpm : {1.0, 5.0}) {
    const Rendering r = Render(*Make(SinusPlay(72, sd_bpm)), 900 * 500);
    EXPECT_NEAR(RateOf(r).sd_hz * 60.0, sd_bpm, 0.15 * sd_bpm);
  }
}

TEST(SinusSourceTest, RateIsConstantWithoutVariability) {
  const Rendering r = Render(*Make(SinusPlay(75, 0)), 60 * 500);
  for (const TruthEvent& e : r.Of("rate")) EXPECT_NEAR(e.value, 75.0 / 60.0, 1e-8);
}

// Power of the intervals at a frequency, by a direct Fourier sum over the beats.
double IntervalPower(const std::vector<TruthEvent>& beats, double hz, double mean_s) {
  double re = 0.0, im = 0.0;
  for (std::size_t i = 1; i < beats.size(); ++i) {
    const double x = Seconds(beats[i].t - beats[i - 1].t) - mean_s;
    const double phase = 2.0 * M_PI * hz * Seconds(beats[i - 1].t);
    re += x * std::cos(phase);
    im += x * std::sin(phase);
  }
  return re * re + im * im;
}

TEST(SinusSourceTest, IntervalsHaveTheTwoBandsInTheRatioAsked) {
  v1::Play play = SinusPlay(90, 3);
  play.mutable_sinus()->set_lf_hf(2.0);
  const auto beats = Render(*Make(play), 1800 * 500).Of("beat");
  const auto band = [&](double centre) {
    double sum = 0.0;
    for (int i = -150; i <= 150; ++i) sum += IntervalPower(beats, centre + 0.0002 * i, 60.0 / 90.0);
    return sum;
  };
  const double low = band(0.10);
  const double respiratory = band(0.25);
  EXPECT_NEAR(low / respiratory, 2.0, 0.3);
  EXPECT_LT(band(0.17), 0.1 * respiratory);
}

TEST(SinusSourceTest, TruthStatesEveryFlagAtTheStartAndThenBeatsInOrder) {
  const auto source = Make(SinusPlay(), EcgContext(), AtNanoseconds(3'000'000'000));
  const Rendering r = Render(*source, 2500, 256, AtNanoseconds(3'000'000'000));
  ASSERT_GE(r.truth.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(Nanoseconds(r.truth[i].t), 3'000'000'000);
  for (const char* flag : {"asystole", "ventricular_fibrillation", "electrode_off", "recorded"}) {
    ASSERT_EQ(r.Of(flag).size(), 1u) << flag;
    EXPECT_EQ(r.Of(flag)[0].value, 0.0);
  }
  const auto beats = r.Of("beat");
  EXPECT_NEAR(Seconds(beats[0].t), 3.4, 0.03);
  for (std::size_t i = 0; i < beats.size(); ++i) EXPECT_EQ(beats[i].value, i + 1.0);
  for (std::size_t i = 1; i < r.truth.size(); ++i) EXPECT_LE(r.truth[i - 1].t, r.truth[i].t);
  EXPECT_LT(r.truth.back().t, AtNanoseconds(8'000'000'000));
}

TEST(SinusSourceTest, RateOfABeatIsThatOfTheIntervalBeforeIt) {
  const Rendering r = Render(*Make(SinusPlay(72, 5)), 30 * 500);
  const auto beats = r.Of("beat");
  const auto rates = r.Of("rate");
  ASSERT_EQ(rates.size(), beats.size() + 1);  // one at the start
  EXPECT_EQ(rates[0].value, 72.0 / 60.0);
  for (std::size_t i = 1; i < beats.size(); ++i) {
    EXPECT_EQ(rates[i + 1].t, beats[i].t);
    EXPECT_NEAR(rates[i + 1].value, 1.0 / Seconds(beats[i].t - beats[i - 1].t), 1e-9);
  }
}

TEST(SinusSourceTest, HasNoStepAnywhere) {
  // At 5 kHz an R wave of 1 mV and 16 ms width rises by at most 8 uV a sample.
  const Rendering r =
      Render(*Make(SinusPlay(72, 10)), 60 * 5000, 256, RunTime(), Duration(200'000));
  double largest = 0.0;
  for (std::size_t i = 1; i < r.values.size(); ++i) {
    largest = std::max(largest, std::abs(r.values[i] - r.values[i - 1]));
  }
  EXPECT_LT(largest, 15e-6);
  EXPECT_GT(largest, 1e-6);
}

TEST(SinusSourceTest, BlocksOfAnySizeGiveTheSameBits) {
  v1::Play play = SinusPlay(72, 5);
  play.add_noise()->mutable_white()->set_rms(1e-5);
  play.add_noise()->mutable_mains()->set_amplitude(1e-4);
  const Rendering whole = Render(*Make(play), 5000, 500);
  for (const std::size_t block : {1u, 7u}) {
    const Rendering parts = Render(*Make(play), 5000, block);
    EXPECT_EQ(parts.values, whole.values) << block;
    ASSERT_EQ(parts.truth.size(), whole.truth.size()) << block;
    for (std::size_t i = 0; i < whole.truth.size(); ++i) {
      EXPECT_EQ(parts.truth[i].t, whole.truth[i].t);
      EXPECT_EQ(parts.truth[i].what, whole.truth[i].what);
      EXPECT_EQ(parts.truth[i].value, whole.truth[i].value);
    }
  }
}

TEST(SinusSourceTest, TWaveScalesOnItsOwn) {
  v1::Play play = SinusPlay(60, 0);
  const auto t_height = [&](double factor) {
    play.mutable_sinus()->set_t_wave(factor);
    return Render(*Make(play), 500).values[(400 + 250) / 2];  // T lies a quarter interval after R
  };
  EXPECT_NEAR(t_height(1.0), 0.4e-3, 0.01e-3);
  EXPECT_NEAR(t_height(2.0), 0.8e-3, 0.02e-3);
  EXPECT_NEAR(t_height(0.0), 0.0, 0.01e-3);
}

TEST(SinusSourceTest, GivesTheSameBitsOnEveryMachine) {
  v1::Play play = SinusPlay(72, 3);
  play.add_noise()->mutable_white()->set_rms(1e-5);
  const Rendering r = Render(*Make(play, EcgContext(20240901)), 60 * 500);
  Sha256 digest;
  digest.Update(std::as_bytes(std::span(r.values)));
  EXPECT_EQ(digest.Hex(), "c2b66f12197b077d5cf824c9aa8ef1245c2b6481e3fa34769685d8aa84732b17");
}

}  // namespace
}  // namespace rig
