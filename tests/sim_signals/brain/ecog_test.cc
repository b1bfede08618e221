#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

constexpr Duration kAt250Hz = std::chrono::milliseconds(4);
constexpr std::int64_t kSecond = 1'000'000'000;

// The schema's defaults: a seizure from 60 s to 120 s.
v1::Play EcogPlay(std::int64_t onset_ns = 60 * kSecond, std::int64_t duration_ns = 60 * kSecond) {
  v1::Play play;
  v1::Ecog& ecog = *play.mutable_ecog();
  ecog.set_background(50e-6);
  ecog.set_rhythm(0.5);
  ecog.set_spread_gain(1.0);
  if (onset_ns < 0) return play;
  ecog.mutable_seizure()->set_onset(onset_ns);
  ecog.mutable_seizure()->set_duration(duration_ns);
  ecog.mutable_seizure()->set_amplitude(1e-3);
  return play;
}

Rendering At250Hz(const v1::Play& play, double seconds, std::uint64_t seed = 1,
                  const std::string& signal = "ecog1") {
  const auto source = Make(play, {seed, signal, "V", {}});
  return Render(*source, static_cast<std::size_t>(seconds * 250), 256, RunTime(), kAt250Hz);
}

// Mean of |difference of neighbours| between two times, at 250 Hz.
double LineLength(const std::vector<double>& v, double from_s, double to_s) {
  double sum = 0.0;
  const auto first = static_cast<std::size_t>(from_s * 250);
  const auto last = static_cast<std::size_t>(to_s * 250);
  for (std::size_t i = first + 1; i < last; ++i) sum += std::abs(v[i] - v[i - 1]);
  return sum / static_cast<double>(last - first - 1);
}

double RootMeanSquare(const std::vector<double>& v, std::size_t from, std::size_t to) {
  const double squares =
      std::inner_product(v.begin() + from, v.begin() + to, v.begin() + from, 0.0);
  return std::sqrt(squares / static_cast<double>(to - from));
}

// Power at a frequency in a window of 4 s, averaged over the record.
double PowerAt(const std::vector<double>& v, double hz) {
  constexpr std::size_t kWindow = 1000;
  double sum = 0.0;
  int windows = 0;
  for (std::size_t start = 0; start + kWindow <= v.size(); start += kWindow, ++windows) {
    double re = 0.0, im = 0.0;
    for (std::size_t i = 0; i < kWindow; ++i) {
      const double phase = 2.0 * M_PI * hz * static_cast<double>(i) / 250.0;
      const double window = 0.5 - 0.5 * std::cos(2.0 * M_PI * static_cast<double>(i) / kWindow);
      re += window * v[start + i] * std::cos(phase);
      im += window * v[start + i] * std::sin(phase);
    }
    sum += re * re + im * im;
  }
  return sum / windows;
}

// Recorded baseline: line length rises 3.3 and 4.7 fold at onset (C3 7.8 -> 36.8, Fp1 7.2 -> 23.9).
TEST(EcogSourceTest, LineLengthRisesThreeToFiveFoldAtOnset) {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
    const Rendering r = At250Hz(EcogPlay(), 80, seed);
    const double ratio = LineLength(r.values, 61, 71) / LineLength(r.values, 10, 59);
    RecordProperty("line_length_ratio_" + std::to_string(seed), std::to_string(ratio));
    EXPECT_GT(ratio, 3.0) << seed;
    EXPECT_LT(ratio, 5.0) << seed;
  }
}

TEST(EcogSourceTest, LineLengthIsBackAtTheBackgroundAfterTheEnd) {
  const Rendering r = At250Hz(EcogPlay(), 180);
  const double before = LineLength(r.values, 10, 59);
  EXPECT_NEAR(LineLength(r.values, 121, 179) / before, 1.0, 0.1);
}

TEST(EcogSourceTest, TruthIsExactToTheNanosecond) {
  const v1::Play play = EcogPlay(1'234'567'891, 3'000'000'007);
  const Rendering r = At250Hz(play, 8);
  const auto seizure = r.Of("seizure");
  ASSERT_EQ(seizure.size(), 3u);
  EXPECT_EQ(seizure[0].value, 0.0);
  EXPECT_EQ(Nanoseconds(seizure[0].t), 0);
  EXPECT_EQ(seizure[1].value, 1.0);
  EXPECT_EQ(Nanoseconds(seizure[1].t), 1'234'567'891);
  EXPECT_EQ(seizure[2].value, 0.0);
  EXPECT_EQ(Nanoseconds(seizure[2].t), 4'234'567'898);
  EXPECT_EQ(r.Of("recorded").at(0).value, 0.0);
}

// What onset and end mean: the discharges are where the truth says they are.
TEST(EcogSourceTest, DischargesBeginAndEndWithin150MsOfTheTruth) {
  for (const double duration_s : {4.0, 20.0, 60.0}) {
    v1::Play play = EcogPlay(10 * kSecond, static_cast<std::int64_t>(duration_s * 1e9));
    play.mutable_ecog()->set_background(0.0);
    const std::vector<double> v = At250Hz(play, 14 + duration_s).values;
    const auto moves = [&](std::size_t i) { return std::abs(v[i] - v[i - 1]) > 20e-6; };
    std::size_t first = 1, last = v.size() - 1;
    while (!moves(first)) ++first;
    while (!moves(last)) --last;
    EXPECT_GE(static_cast<double>(first) / 250.0, 10.0) << duration_s;
    EXPECT_LE(static_cast<double>(first) / 250.0, 10.15) << duration_s;
    EXPECT_LE(static_cast<double>(last) / 250.0, 10.15 + duration_s) << duration_s;
    EXPECT_GE(static_cast<double>(last) / 250.0, 9.5 + duration_s) << duration_s;
  }
}

TEST(EcogSourceTest, SeizuresComeAtTheirInterval) {
  v1::Play play = EcogPlay(5 * kSecond, 4 * kSecond);
  play.mutable_ecog()->mutable_seizure()->set_interval(10 * kSecond);
  const Rendering r = At250Hz(play, 40);
  const auto seizure = r.Of("seizure");
  ASSERT_EQ(seizure.size(), 9u);  // 0, then four times 1 and 0
  EXPECT_EQ(Nanoseconds(seizure[5].t), 25 * kSecond);
  const double background = LineLength(r.values, 0, 5);
  for (const double onset : {5.0, 15.0, 25.0, 35.0}) {
    EXPECT_GT(LineLength(r.values, onset + 0.5, onset + 4), 2.0 * background) << onset;
    EXPECT_LT(LineLength(r.values, onset - 4.5, onset), 1.5 * background) << onset;
  }
}

TEST(EcogSourceTest, ElectrodesOfABrainShareTheSeizureAndNotTheBackground) {
  v1::Play focus = EcogPlay(2 * kSecond, 6 * kSecond);
  focus.mutable_ecog()->set_background(0.0);
  v1::Play remote = focus;
  remote.mutable_ecog()->set_spread_gain(0.5);
  remote.mutable_ecog()->set_spread_delay(200'000'000);
  const Rendering a = At250Hz(focus, 10, 1, "ecog1");
  const Rendering b = At250Hz(remote, 10, 1, "ecog2");
  for (std::size_t i = 50; i < 2500; ++i) ASSERT_EQ(b.values[i], 0.5 * a.values[i - 50]) << i;
  EXPECT_EQ(Nanoseconds(b.Of("seizure").at(1).t), 2'200'000'000);
  const std::vector<double> c = At250Hz(EcogPlay(-1), 60, 1, "ecog1").values;
  const std::vector<double> d = At250Hz(EcogPlay(-1), 60, 1, "ecog2").values;
  const double shared = std::inner_product(c.begin(), c.end(), d.begin(), 0.0) / 15000.0;
  EXPECT_NEAR(shared / (50e-6 * 50e-6), 0.0, 0.1);
}

TEST(EcogSourceTest, AParameterOfTheSeizureLeavesTheBackgroundsNumbersAlone) {
  const std::vector<double> none = At250Hz(EcogPlay(-1), 20).values;
  const std::vector<double> later = At250Hz(EcogPlay(10 * kSecond, 5 * kSecond), 20).values;
  EXPECT_NE(none, later);
  EXPECT_NEAR(RootMeanSquare(none, 0, 2400), RootMeanSquare(later, 0, 2400), 1e-6);
}

TEST(EcogSourceTest, BackgroundHasItsRootMeanSquareWhateverTheRhythm) {
  for (const double rhythm : {0.0, 0.5, 1.0}) {
    v1::Play play = EcogPlay(-1);
    play.mutable_ecog()->set_rhythm(rhythm);
    const std::vector<double> v = At250Hz(play, 300).values;
    const double mean = std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
    EXPECT_NEAR(RootMeanSquare(v, 0, v.size()), 50e-6, 1.5e-6) << rhythm;
    EXPECT_NEAR(mean, 0.0, 5e-6) << rhythm;
  }
}

TEST(EcogSourceTest, BackgroundFallsAsOneOverFAndHasARhythmNearTenHertz) {
  v1::Play play = EcogPlay(-1);
  play.mutable_ecog()->set_rhythm(0.0);
  const std::vector<double> plain = At250Hz(play, 600).values;
  const double octaves3 = PowerAt(plain, 2.0) / PowerAt(plain, 16.0);
  EXPECT_NEAR(std::log2(octaves3) / 3.0, 1.0, 0.25);  // power per octave, as 2^-1
  play.mutable_ecog()->set_rhythm(1.0);
  const std::vector<double> rhythmic = At250Hz(play, 600).values;
  double best = 0.0, best_hz = 0.0;
  for (double hz = 2.0; hz < 40.0; hz += 0.25) {
    if (PowerAt(rhythmic, hz) > best) best = PowerAt(rhythmic, best_hz = hz);
  }
  EXPECT_GT(best_hz, 8.0);
  EXPECT_LT(best_hz, 13.0);
}

TEST(EcogSourceTest, SpikesAndWavesSlowFromThreeHertz) {
  v1::Play play = EcogPlay(0, 60 * kSecond);
  play.mutable_ecog()->set_background(0.0);
  const std::vector<double> v = At250Hz(play, 60).values;
  const auto rate = [&](double from_s,
                        double to_s) {  // where the power between 1.5 and 4.25 Hz lies
    const std::vector<double> part(v.begin() + static_cast<long>(from_s * 250),
                                   v.begin() + static_cast<long>(to_s * 250));
    double power = 0.0, moment = 0.0;
    for (double hz = 1.5; hz <= 4.25; hz += 0.25) {
      power += PowerAt(part, hz);
      moment += hz * PowerAt(part, hz);
    }
    return moment / power;
  };
  const double early = rate(2, 18), late = rate(44, 60);
  EXPECT_NEAR(early, 3.2, 0.3);
  EXPECT_NEAR(late, 2.5, 0.3);
}

TEST(EcogSourceTest, NothingJumpsAndNothingIsNotANumber) {
  const auto source = Make(EcogPlay(2 * kSecond, 3 * kSecond), {1, "ecog1", "V", {}});
  const Rendering r = Render(*source, 20 * 1000, 256, RunTime(), std::chrono::milliseconds(1));
  for (std::size_t i = 1; i < r.values.size(); ++i) {
    ASSERT_TRUE(std::isfinite(r.values[i]));
    ASSERT_LT(std::abs(r.values[i] - r.values[i - 1]), 300e-6) << i;  // per millisecond
  }
}

TEST(EcogSourceTest, GivesTheSameBitsInBlocksOfAnySizeAndAtAnyRate) {
  const v1::Play play = EcogPlay(1 * kSecond, 2 * kSecond);
  const SourceContext context = {7, "ecog1", "V", {}};
  for (const Duration period : {kAt250Hz, Duration(1'953'125)}) {
    const Rendering whole = Render(*Make(play, context), 1500, 500, RunTime(), period);
    EXPECT_EQ(Render(*Make(play, context), 1500, 1, RunTime(), period).values, whole.values);
    EXPECT_EQ(Render(*Make(play, context), 1500, 7, RunTime(), period).values, whole.values);
  }
  const Rendering slow = Render(*Make(play, context), 1000, 256, RunTime(), kAt250Hz);
  const Rendering fast = Render(*Make(play, context), 8000, 256, RunTime(), kAt250Hz / 8);
  for (std::size_t i = 0; i < 1000; ++i) ASSERT_EQ(slow.values[i], fast.values[8 * i]);
}

TEST(EcogSourceTest, RefusesSeizuresThatRunIntoEachOtherAndOddDelays) {
  v1::Play play = EcogPlay(0, 10 * kSecond);
  play.mutable_ecog()->mutable_seizure()->set_interval(14 * kSecond);
  EXPECT_FALSE(MakeSource(play, {1, "ecog1", "V", {}}, RunTime()));
  play.mutable_ecog()->mutable_seizure()->set_interval(15 * kSecond);
  EXPECT_TRUE(MakeSource(play, {1, "ecog1", "V", {}}, RunTime()));
  play.mutable_ecog()->set_spread_delay(1'500'000);
  EXPECT_FALSE(MakeSource(play, {1, "ecog1", "V", {}}, RunTime()));
  play.mutable_ecog()->set_spread_delay(0);
  play.mutable_ecog()->set_background(std::nan(""));
  EXPECT_FALSE(MakeSource(play, {1, "ecog1", "V", {}}, RunTime()));
}

}  // namespace
}  // namespace rig
