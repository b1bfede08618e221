// What an electrocardiogram shows and says of rhythms other than sinus.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

Rendering RenderBody(const std::string& body, std::size_t samples) {
  const BodyCourse course = CourseOf(body);
  return Render(*Make(PlayFrom("ecg: {}"), EcgContext(&course)), samples);
}

// Upward zero crossings per second.
double CrossingsPerSecond(const std::vector<double>& values, double seconds) {
  int count = 0;
  for (std::size_t i = 1; i < values.size(); ++i) count += values[i - 1] < 0.0 && values[i] >= 0.0;
  return count / seconds;
}

TEST(AsystoleTest, IsFlatWithinTenMicrovoltsAndSaysSo) {
  const Rendering r = RenderBody("rhythm: {asystole: {}}", 60 * 500);
  EXPECT_LE(Largest(r.values), 10e-6);
  EXPECT_GE(Smallest(r.values), -10e-6);
  EXPECT_GT(Largest(r.values) - Smallest(r.values), 5e-6);
  EXPECT_EQ(r.Of("asystole").at(0).value, 1.0);
  EXPECT_EQ(r.Of("rate").at(0).value, 0.0);
  EXPECT_TRUE(r.Of("beat").empty());
}

constexpr char kFibrillation[] =
    "rhythm: {ventricular_fibrillation: {rate: 5 Hz, amplitude: 0.5 mV}}";

TEST(VentricularFibrillationTest, OscillatesBetweenFourAndSixHertz) {
  const Rendering r = RenderBody(kFibrillation, 60 * 500);
  const double rate = CrossingsPerSecond(r.values, 60.0);
  EXPECT_GT(rate, 4.0);
  EXPECT_LT(rate, 6.0);
  EXPECT_EQ(r.Of("ventricular_fibrillation").at(0).value, 1.0);
  EXPECT_EQ(r.Of("asystole").at(0).value, 0.0);
  EXPECT_EQ(r.Of("rate").at(0).value, 0.0);
}

TEST(VentricularFibrillationTest, FadesFromCoarseToFineWithinItsAmplitude) {
  const Rendering r = RenderBody(kFibrillation, 600 * 500);
  const std::vector<double> early(r.values.begin(), r.values.begin() + 20 * 500);
  const std::vector<double> late(r.values.end() - 20 * 500, r.values.end());
  EXPECT_LE(Largest(early), 0.5e-3);
  EXPECT_GT(Largest(early), 0.3e-3);
  EXPECT_LT(Largest(late), 0.25e-3);
  EXPECT_GT(Largest(late), 0.1e-3);
}

TEST(VentricularFibrillationTest, PeaksVarySoThatADetectorMayMissThem) {
  const Rendering r = RenderBody(kFibrillation, 30 * 500);
  double smallest = 1.0, largest = 0.0;
  for (std::size_t i = 1; i + 1 < r.values.size(); ++i) {
    const double v = r.values[i];
    if (v < 0.02e-3 || v <= r.values[i - 1] || v < r.values[i + 1]) continue;
    smallest = std::min(smallest, v);
    largest = std::max(largest, v);
  }
  EXPECT_GT(largest / smallest, 2.0);
}

TEST(VentricularTachycardiaTest, IsWideAndWithoutPWaves) {
  const Rendering r = RenderBody("rhythm: {ventricular_tachycardia: {rate: 120 bpm}}", 20 * 500);
  const auto beats = r.Of("ventricular_beat");
  ASSERT_GT(beats.size(), 30u);
  const auto peak = static_cast<std::size_t>(Nanoseconds(beats[9].t) / kAt500Hz.count());
  std::size_t first = peak, last = peak;
  const auto in_qrs = [&](std::size_t i) { return r.values[i] > 0.1 * r.values[peak]; };
  while (in_qrs(first - 1)) --first;
  while (in_qrs(last + 1)) ++last;
  EXPECT_GE(2.0 * static_cast<double>(last - first), 120.0);  // milliseconds
  EXPECT_EQ(r.Of("ventricular_tachycardia").at(0).value, 1.0);
}

TEST(RhythmChangeTest, TheHeartGoesOnFromItsLastBeat) {
  const BodyCourse course = CourseOf({{0.0, "rhythm: {sinus: {rate: 60 bpm, rate_sd: 0 bpm}}"},
                                      {5.6, "rhythm: {sinus: {rate: 120 bpm, rate_sd: 0 bpm}}"}});
  const auto beats = Render(*Make(PlayFrom("ecg: {}"), EcgContext(&course)), 5000).Of("beat");
  EXPECT_NEAR(Seconds(beats[5].t), 5.4, 1e-6);
  EXPECT_NEAR(Seconds(beats[6].t), 5.9, 1e-6);
  EXPECT_NEAR(Seconds(beats[7].t), 6.4, 1e-6);
}

TEST(RhythmChangeTest, HasNoStepAndTellsTheInstant) {
  const BodyCourse course = CourseOf({{0.0, "rhythm: {sinus: {rate: 72 bpm}}"},
                                      {5.1, kFibrillation},
                                      {9.3, "rhythm: {asystole: {}}"},
                                      {12.2, "rhythm: {atrial_fibrillation: {}}"}});
  const Rendering r = Render(*Make(PlayFrom("ecg: {}"), EcgContext(&course)), 15 * 5000, 256,
                             RunTime(), Duration(200'000));
  for (std::size_t i = 1; i < r.values.size(); ++i) {
    ASSERT_LT(std::abs(r.values[i] - r.values[i - 1]), 40e-6) << i;
  }
  const auto fibrillation = r.Of("ventricular_fibrillation");
  EXPECT_EQ(Nanoseconds(fibrillation.at(1).t), 5'100'000'000);
  EXPECT_EQ(fibrillation.at(1).value, 1.0);
  EXPECT_EQ(Nanoseconds(fibrillation.at(2).t), 9'300'000'000);
  EXPECT_EQ(r.Of("asystole").at(2).value, 1.0);
  for (const TruthEvent& beat : r.Of("beat")) {
    EXPECT_TRUE(beat.t < AtNanoseconds(5'100'000'000) || beat.t >= AtNanoseconds(12'200'000'000));
  }
}

TEST(RhythmChangeTest, TheRateIsThatOfTheIntervalThatEndedAndNotKnownAfterAnArrest) {
  const BodyCourse course =
      CourseOf({{0.0, "rhythm: {sinus: {rate: 60 bpm, rate_sd: 0 bpm}}"},
                {5.5, "rhythm: {ventricular_tachycardia: {rate: 180 bpm, variation: 0}}"},
                {8.0, "rhythm: {asystole: {}}"},
                {9.0, "rhythm: {sinus: {rate: 60 bpm, rate_sd: 0 bpm}}"}});
  const Rendering r = Render(*Make(PlayFrom("ecg: {}"), EcgContext(&course)), 6000);
  const auto beats = r.Of("beat");
  for (const TruthEvent& rate : r.Of("rate")) {
    const auto at = std::find_if(beats.begin(), beats.end(),
                                 [&](const TruthEvent& beat) { return beat.t == rate.t; });
    if (at == beats.end()) continue;
    const bool first = at == beats.begin() || (Seconds((at - 1)->t) < 8.0 && Seconds(at->t) > 8.0);
    EXPECT_EQ(std::isnan(rate.value), first) << Seconds(rate.t);
    if (first) continue;
    EXPECT_DOUBLE_EQ(rate.value, 1.0 / Seconds(at->t - (at - 1)->t));
  }
}

TEST(RhythmChangeTest, TruthBeginsWithTheFirstSampleOfAStepOffTheGrid) {
  const BodyCourse course = CourseOf({{0.0, "rhythm: {sinus: {rate: 72 bpm, rate_sd: 0 bpm}}"},
                                      {1.1675, "rhythm: {ventricular_fibrillation: {}}"}});
  // The beat at 1.1667 s and the fibrillation lie between the step and its first sample.
  const RunTime step = AtNanoseconds(1'166'500'000), first = AtNanoseconds(1'168'000'000);
  const Rendering r =
      Render(*Make(PlayFrom("ecg: {}"), EcgContext(&course), step), 500, 256, first);
  ASSERT_FALSE(r.truth.empty());
  for (const TruthEvent& event : r.truth) EXPECT_GE(event.t, first) << event.what;
  EXPECT_EQ(r.Of("ventricular_fibrillation").at(0).value, 1.0);
  EXPECT_EQ(r.Of("rate").at(0).value, 0.0);
  EXPECT_TRUE(r.Of("beat").empty());
}

TEST(EctopyTest, ARunIsATachycardiaUntilTheNextSinusBeat) {
  for (const auto& [pattern, tachycardia] :
       {std::pair{"{pattern: runs, run_length: 3, run_rate: 100 bpm}", true},
        std::pair{"{pattern: couplets}", false}, std::pair{"{pattern: bigeminy}", false}}) {
    const BodyCourse course =
        CourseOf(std::string("rhythm: {sinus: {rate: 60 bpm}}\nectopy: ") + pattern);
    const Rendering r = Render(*Make(PlayFrom("ecg: {}"), EcgContext(&course)), 60 * 500);
    const auto told = r.Of("ventricular_tachycardia"), ventricular = r.Of("ventricular_beat");
    ASSERT_EQ(told.size() > 3, tachycardia) << pattern;
    std::size_t beats = 0;
    for (std::size_t i = 1; i < told.size(); ++i) {
      EXPECT_EQ(told[i].value, i % 2 == 1 ? 1.0 : 0.0);
      if (told[i].value == 0.0) continue;
      EXPECT_EQ(told[i].t, ventricular.at(beats).t);  // runs follow each other in threes
      beats += 3;
    }
  }
}

// Of every origin, against lead II without the beats beside.
TEST(RPeakTest, LiesAtTheBeatsTime) {
  for (const char* rhythm : {"sinus: {rate: 60 bpm}", "ventricular_tachycardia: {rate: 100 bpm}",
                             "paced: {rate: 60 bpm}", "av_block: {degree: third}"}) {
    const BodyCourse course = CourseOf(std::string("rhythm: {") + rhythm + "}");
    const Duration period = std::chrono::microseconds(100);
    const Rendering r =
        Render(*Make(PlayFrom("ecg: {}"), EcgContext(&course)), 100'000, 256, RunTime(), period);
    for (const TruthEvent& beat : r.Of("beat")) {
      const auto at = static_cast<std::ptrdiff_t>(Nanoseconds(beat.t) / period.count());
      const auto from = r.values.begin() + std::max<std::ptrdiff_t>(0, at - 500);
      if (at + 500 >= std::ssize(r.values)) continue;
      const auto peak = std::max_element(from, r.values.begin() + at + 500) - r.values.begin();
      EXPECT_NEAR(static_cast<double>(peak), static_cast<double>(at), 20.0) << rhythm;  // 2 ms
    }
  }
}

TEST(RhythmChangeTest, ASignalPlayedLaterShowsTheSameHeart) {
  const BodyCourse course = CourseOf("rhythm: {sinus: {rate: 72 bpm, rate_sd: 3 bpm}}");
  const RunTime later = AtNanoseconds(7'000'000'000);
  const Rendering whole = Render(*Make(PlayFrom("ecg: {}"), EcgContext(&course)), 5000);
  const Rendering rest =
      Render(*Make(PlayFrom("ecg: {}"), EcgContext(&course), later), 1500, 256, later);
  for (std::size_t i = 0; i < 1500; ++i) EXPECT_NEAR(rest.values[i], whole.values[3500 + i], 1e-12);
  const auto beats = rest.Of("beat");
  const auto all = whole.Of("beat");
  ASSERT_GT(beats.size(), 2u);
  EXPECT_EQ(beats.back().t, all.back().t);
  EXPECT_EQ(beats.back().value, all.back().value);
  EXPECT_GE(beats.front().t, later);
}

}  // namespace
}  // namespace rig
