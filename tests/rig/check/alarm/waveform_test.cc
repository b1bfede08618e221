#include "rig/check/alarm/measure/waveform.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

#include "tests/rig/check/alarm/alarm_trains.h"

namespace rig::check {
namespace {

using ::testing::HasSubstr;
using Priority = v1::AlarmSignalCheck;

constexpr double kRateHz = 20'000;
constexpr std::int64_t kPeriodNs = 50'000;

// Sound made of tones with linear rises and falls.
struct ToneBurst {
  double fundamental_hz = 800;
  std::vector<double> levels_db = {0, -6, -6, -6, -6};  // of the fundamental and its multiples
  double rise_s = 0.025;                                // from 0 to 100 %
  double fall_s = 0.025;
};

class Sound {
 public:
  explicit Sound(double seconds) : samples_(static_cast<std::size_t>(seconds * kRateHz), 0.0) {}

  // A pulse whose envelope is at 100 % from `full_s` on for `hold_s`.
  Sound& Pulse(double full_s, double hold_s, const ToneBurst& tone) {
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      const double t = static_cast<double>(i) / kRateHz;
      const double up = tone.rise_s > 0 ? 1 + (t - full_s) / tone.rise_s : (t >= full_s ? 1 : 0);
      const double end = full_s + hold_s;
      const double down = tone.fall_s > 0 ? 1 - (t - end) / tone.fall_s : (t < end ? 1 : 0);
      const double level = std::clamp(std::min(up, down), 0.0, 1.0);
      if (level <= 0) continue;
      for (std::size_t k = 0; k < tone.levels_db.size(); ++k) {
        const double w = 2 * std::numbers::pi * tone.fundamental_hz * static_cast<double>(k + 1);
        samples_[i] += level * std::pow(10, tone.levels_db[k] / 20) * std::sin(w * (t - full_s));
      }
    }
    return *this;
  }

  Sound& Noise(double rms) {
    std::mt19937_64 engine(7);
    std::normal_distribution<double> normal(0, rms);
    for (double& sample : samples_) sample += normal(engine);
    return *this;
  }

  std::vector<double>& samples() { return samples_; }
  Span span() const { return {0, static_cast<std::int64_t>(samples_.size()) * kPeriodNs}; }
  SoundTrack Track() const { return TrackWaveform({samples_, 0, kPeriodNs}, span()); }
  v1::CheckResult Judge(const std::string& name) const {
    const auto until_ms = span().until_ns / 1'000'000;
    const ObservedAlarm observed{.span = span(), .sound = Track(), .lamps = {}};
    return ResultOf(JudgeAlarm(CheckOf(Priority::HIGH, {}, until_ms), observed, v1::GUARD_BAND),
                    name);
  }

 private:
  std::vector<double> samples_;
};

double Seconds(std::int64_t ns) { return 1e-9 * static_cast<double>(ns); }

class FundamentalTest : public ::testing::TestWithParam<double> {};

TEST_P(FundamentalTest, IsMeasuredWithinItsUncertainty) {
  ToneBurst tone;
  tone.fundamental_hz = GetParam();
  const SoundTrack track = Sound(1).Pulse(0.4, 0.1, tone).Track();
  ASSERT_EQ(track.pulses.size(), 1U);
  const Pulse& pulse = track.pulses[0];
  EXPECT_NEAR(pulse.fundamental_hz, GetParam(), pulse.fundamental_uncertainty_hz);
  EXPECT_LT(pulse.fundamental_uncertainty_hz, 2);
}

TEST_P(FundamentalTest, DoesNotChangeRiseFallWidthBeyondOnePeriod) {
  ToneBurst tone;
  tone.fundamental_hz = GetParam();
  tone.rise_s = 0.030;
  tone.fall_s = 0.050;
  const SoundTrack track = Sound(1).Pulse(0.4, 0.1, tone).Track();
  ASSERT_EQ(track.pulses.size(), 1U);
  const Pulse& pulse = track.pulses[0];
  const double known_s = track.uncertainty_s;
  EXPECT_NEAR(known_s, 1 / GetParam(), 1e-4);
  EXPECT_NEAR(pulse.rise_s, 0.8 * 0.030, known_s);
  EXPECT_NEAR(pulse.fall_s, 0.8 * 0.050, known_s);
  // Between the 90 % points: a tenth of rise and fall beside the 100 ms at full level.
  EXPECT_NEAR(Seconds(pulse.time.end_ns - pulse.time.begin_ns), 0.1 + 0.003 + 0.005, known_s);
  EXPECT_NEAR(Seconds(pulse.time.begin_ns), 0.4 - 0.003, known_s);
}
INSTANTIATE_TEST_SUITE_P(Across, FundamentalTest,
                         ::testing::Values(160.0, 261.63, 440.0, 800.0, 990.0));

TEST(WaveformTest, CountsHarmonicsWithin15DecibelOfTheFundamental) {
  ToneBurst tone;
  tone.fundamental_hz = 790;  // 1580, 2370, 3160, 3950 Hz
  tone.levels_db = {0, -14, -16, -14, -14};
  EXPECT_EQ(Sound(1).Pulse(0.4, 0.12, tone).Track().pulses.at(0).harmonics, 3);
}

TEST(WaveformTest, CountsNoHarmonicAbove4000HzNorBelow300) {
  ToneBurst tone;
  tone.fundamental_hz = 145;     // 290 Hz is below
  tone.levels_db = {0, -6, -6};  // 290, 435 Hz
  EXPECT_EQ(Sound(1).Pulse(0.4, 0.15, tone).Track().pulses.at(0).harmonics, 1);
  tone.fundamental_hz = 990;
  tone.levels_db = {0, -6, -6, -6, -6, -6};  // to 3960, then 4950 and 5940 Hz
  EXPECT_EQ(Sound(1).Pulse(0.4, 0.15, tone).Track().pulses.at(0).harmonics, 3);
}

TEST(WaveformTest, FailsAPureTone) {
  ToneBurst tone;
  tone.levels_db = {0};
  const auto result = Sound(1).Pulse(0.4, 0.1, tone).Judge("ALM-8.harmonics");
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_EQ(result.value().measured(), 0);
}

TEST(WaveformTest, FailsAFundamentalOutsideItsRange) {
  ToneBurst tone;
  tone.fundamental_hz = 1200;
  EXPECT_EQ(Sound(1).Pulse(0.4, 0.1, tone).Judge("ALM-8.fundamental").verdict(), v1::FAIL);
  tone.fundamental_hz = 120;
  EXPECT_EQ(Sound(1).Pulse(0.4, 0.1, tone).Judge("ALM-8.fundamental").verdict(), v1::FAIL);
}

TEST(WaveformTest, JudgesARiseByTheEdition) {
  ToneBurst tone;
  tone.rise_s = 0.038;  // 30 ms from 10 to 90 %, 29 % of the width
  Sound sound(1);
  sound.Pulse(0.4, 0.1, tone);
  EXPECT_EQ(sound.Judge("ALM-9.rise").verdict(), v1::PASS);
  v1::AlarmSignalCheck check = CheckOf(Priority::HIGH, {}, 1000);
  check.set_edition(v1::AlarmSignalCheck::IEC_60601_1_8_2006);
  const ObservedAlarm observed{.span = sound.span(), .sound = sound.Track(), .lamps = {}};
  const auto result = ResultOf(JudgeAlarm(check, observed, v1::GUARD_BAND), "ALM-9.rise");
  EXPECT_EQ(result.verdict(), v1::FAIL) << result.reason();
}

TEST(WaveformTest, FailsAToneThatStartsAtOnce) {
  ToneBurst tone;
  tone.rise_s = 0;
  const auto result = Sound(1).Pulse(0.4, 0.1, tone).Judge("ALM-9.rise");
  EXPECT_EQ(result.verdict(), v1::FAIL) << result.reason();
}

TEST(WaveformTest, FindsEachPulseOfABurstDespiteNoise) {
  const ToneBurst tone;
  Sound sound(8);
  double at = 3;
  const PulseTrain train = HighBurst();
  for (std::size_t i = 0; i < 20; i += 2) {
    sound.Pulse(at, 0.001 * static_cast<double>(train.pulse_ms[i]), tone);
    at += 0.001 * static_cast<double>(train.pulse_ms[i] + train.pulse_ms[i + 1]);
  }
  sound.Noise(0.01);
  const SoundTrack track = sound.Track();
  ASSERT_EQ(track.pulses.size(), 10U);
  const std::vector<Burst> bursts = GroupBursts(track, sound.span());
  ASSERT_EQ(bursts.size(), 1U);
  EXPECT_EQ(GroupsOf(bursts[0]), "3-2-3-2");
  EXPECT_NEAR(track.pulses[9].fundamental_hz, 800, 2);
  EXPECT_NEAR(track.pulses[9].rise_s, 0.020, track.uncertainty_s);
}

TEST(WaveformTest, DoesNotMeasureEdgesThatAnEndOfTheSpanCuts) {
  const ToneBurst tone;
  const SoundTrack track = Sound(1).Pulse(-0.05, 0.2, tone).Pulse(0.9, 0.2, tone).Track();
  ASSERT_EQ(track.pulses.size(), 2U);
  EXPECT_FALSE(track.pulses[0].time.begin_seen);
  EXPECT_FALSE(track.pulses[1].time.end_seen);
  EXPECT_TRUE(std::isnan(track.pulses[0].rise_s));
  EXPECT_EQ(Sound(1).Pulse(0.9, 0.2, tone).Judge("ALM-9.rise").verdict(), v1::INCONCLUSIVE);
}

TEST(WaveformTest, LeavesEverythingOpenOverAGap) {
  Sound sound(1);
  sound.Pulse(0.4, 0.1, {});
  sound.samples()[100] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(sound.Track().unknown, HasSubstr("unknown at 0.005 s"));
  EXPECT_EQ(sound.Judge("ALM-8.fundamental").verdict(), v1::INCONCLUSIVE);
}

TEST(WaveformTest, LeavesHarmonicsOpenBelow8KilohertzOfSampling) {
  std::vector<double> samples(4000, 0.0);
  for (std::size_t i = 1000; i < 1500; ++i) {
    samples[i] = std::sin(2 * std::numbers::pi * 0.1 * static_cast<double>(i));
  }
  const SoundTrack track = TrackWaveform({samples, 0, 250'000}, {0, 1'000'000'000});
  ASSERT_EQ(track.pulses.size(), 1U);
  EXPECT_EQ(track.pulses[0].harmonics, -1);
}

TEST(WaveformTest, TakesWhatIsBelowTheSilenceLevelForSilence) {
  Sound sound(1);
  sound.Noise(0.001);
  const Waveform waveform{sound.samples(), 0, kPeriodNs, 0.01};
  EXPECT_TRUE(TrackWaveform(waveform, sound.span()).pulses.empty());
}

}  // namespace
}  // namespace rig::check
