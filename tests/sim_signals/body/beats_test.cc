#include "sim_signals/body/beats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/sim_signals/body/bodies.h"

namespace rig {
namespace {

using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;

bool IsVentricular(const HeartCycle& cycle) {
  return cycle.origin == HeartCycle::Origin::kVentricular;
}

// Power of the intervals around a frequency, by a direct Fourier sum over the beats.
double BandPower(const std::vector<HeartCycle>& cycles, double centre_hz, double half_hz) {
  const auto intervals = Intervals(cycles);
  const double mean =
      std::accumulate(intervals.begin(), intervals.end(), 0.0) / double(intervals.size());
  double power = 0.0;
  for (double hz = centre_hz - half_hz; hz <= centre_hz + half_hz; hz += 0.0002) {
    double re = 0.0, im = 0.0;
    for (std::size_t i = 0; i < intervals.size(); ++i) {
      const double phase = 2.0 * M_PI * hz * Seconds(*cycles[i].r);
      re += (intervals[i] - mean) * std::cos(phase);
      im += (intervals[i] - mean) * std::sin(phase);
    }
    power += re * re + im * im;
  }
  return power;
}

TEST(HeartRateVariabilityTest, HasTwoBandsInTheRatioAskedTheUpperOneWhereTheBodyBreathes) {
  const BodyCourse course = CourseOf(
      "rhythm: {sinus: {rate: 90 bpm, rate_sd: 3 bpm, lf_hf: 2}}\n"
      "breathing: {rate: 18 bpm, variation: 0.03}");
  const auto cycles = Cycles(course, 1800);
  const double low = BandPower(cycles, 0.10, 0.04);
  const double respiratory = BandPower(cycles, 0.30, 0.04);
  EXPECT_NEAR(low / respiratory, 2.0, 0.4);
  EXPECT_LT(BandPower(cycles, 0.20, 0.04), 0.1 * respiratory);
}

TEST(HeartRateVariabilityTest, LosesItsRespiratoryBandInApnoea) {
  const std::string rhythm = "rhythm: {sinus: {rate: 90 bpm, rate_sd: 3 bpm, lf_hf: 0}}\n";
  EXPECT_THAT(Intervals(Cycles(CourseOf(rhythm + "breathing: {rate: 0 bpm}"), 60)),
              Each(DoubleNear(60.0 / 90.0, 1e-8)));
}

TEST(AtrialFibrillationTest, IsIrregularByTheVariationAskedAndHasNoPWaves) {
  const auto cycles =
      Cycles(CourseOf("rhythm: {atrial_fibrillation: {rate: 90 bpm, variation: 0.2}}"), 1200);
  const auto intervals = Intervals(cycles);
  double sum = 0.0, squares = 0.0;
  for (const double interval : intervals) {
    sum += interval;
    squares += interval * interval;
  }
  const auto n = static_cast<double>(intervals.size());
  EXPECT_NEAR(sum / n, 60.0 / 90.0, 0.02);
  EXPECT_NEAR(std::sqrt(squares / n - sum * sum / (n * n)) / (sum / n), 0.2, 0.02);
  for (const HeartCycle& cycle : cycles) EXPECT_FALSE(cycle.p);
}

std::vector<double> Conduction(const std::vector<HeartCycle>& cycles) {
  std::vector<double> ms;
  for (const HeartCycle& cycle : cycles) {
    ms.push_back(cycle.r ? std::round(Seconds(*cycle.r - *cycle.p) * 1e3) : 0.0);
  }
  return ms;
}

TEST(AvBlockTest, OfFirstDegreeConductsEveryBeatLate) {
  const auto cycles = Cycles(CourseOf("rhythm: {av_block: {degree: first}}"), 10);
  EXPECT_THAT(Conduction(cycles), Each(280.0));
}

TEST(AvBlockTest, OfWenckebachsKindConductsLaterAndLaterAndThenNot) {
  const auto cycles = Cycles(CourseOf("rhythm: {av_block: {degree: wenckebach, group: 4}}"), 5);
  EXPECT_THAT(Conduction(cycles), ElementsAre(280, 340, 370, 0, 280, 340));
  const auto intervals = Intervals(cycles);
  EXPECT_GT(intervals[0], intervals[1]);  // the intervals shorten up to the pause
  EXPECT_GT(intervals[2], 1.5 * intervals[1]);
}

TEST(AvBlockTest, OfMobitzsKindDropsOneOfAGroup) {
  const auto cycles = Cycles(CourseOf("rhythm: {av_block: {degree: mobitz, group: 3}}"), 5);
  EXPECT_THAT(Conduction(cycles), ElementsAre(280, 280, 0, 280, 280, 0));
}

TEST(AvBlockTest, OfThirdDegreeLetsAtriaAndVentriclesGoTheirOwnWays) {
  const auto cycles = Cycles(
      CourseOf("rhythm: {av_block: {degree: third, rate: 75 bpm, escape_rate: 30 bpm}}"), 60);
  EXPECT_THAT(Intervals(cycles), Each(DoubleNear(2.0, 1e-8)));
  const auto atrial =
      std::count_if(cycles.begin(), cycles.end(), [](const auto& c) { return c.p.has_value(); });
  EXPECT_NEAR(static_cast<double>(atrial), 75.0, 1.0);
  for (std::size_t i = 1; i < cycles.size(); ++i) EXPECT_LE(cycles[i - 1].at(), cycles[i].at());
}

TEST(PacedRhythmTest, BeatsAfterEachPulseThatCaptures) {
  const auto cycles = Cycles(CourseOf("rhythm: {paced: {mode: dual, rate: 60 bpm}}"), 5);
  for (const HeartCycle& cycle : cycles) {
    EXPECT_EQ(*cycle.ventricular_pulse - *cycle.atrial_pulse, Duration(160'000'000));
    EXPECT_GT(*cycle.p, *cycle.atrial_pulse);
    EXPECT_GT(*cycle.r, *cycle.ventricular_pulse);
    EXPECT_TRUE(IsVentricular(cycle));
  }
  const auto lost = Cycles(CourseOf("rhythm: {paced: {capture: false}}"), 5);
  EXPECT_GT(lost.size(), 4u);
  EXPECT_TRUE(Intervals(lost).empty());
}

TEST(AlternatingRhythmTest, HasTwoIntervalsAndTwoOriginsInTurn) {
  const auto cycles =
      Cycles(CourseOf("rhythm: {alternating: {short_interval: 500 ms, long_interval: 1 s}}"), 4);
  EXPECT_THAT(Intervals(cycles), ElementsAre(0.5, 1.0, 0.5, 1.0, 0.5));
  for (std::size_t i = 0; i < cycles.size(); ++i) EXPECT_EQ(IsVentricular(cycles[i]), i % 2 == 1);
}

constexpr char kSteady[] = "rhythm: {sinus: {rate: 60 bpm, rate_sd: 0 bpm}}\n";

TEST(EctopyTest, OfBigeminyFollowsEverySinusBeatWithACompensatoryPause) {
  const auto cycles = Cycles(CourseOf(std::string(kSteady) + "ectopy: {pattern: bigeminy}"), 9);
  EXPECT_THAT(Intervals(cycles), testing::Pointwise(testing::DoubleNear(1e-8),
                                                    {0.6, 1.4, 0.6, 1.4, 0.6, 1.4, 0.6, 1.4}));
}

TEST(EctopyTest, OfCoupletsAndRunsHasAsManyBeatsAsAsked) {
  for (const auto& [pattern, length] : {std::pair{"couplets", 2u}, std::pair{"runs", 5u}}) {
    const auto cycles = Cycles(
        CourseOf(std::string(kSteady) + "ectopy: {per_minute: 6 bpm, pattern: " + pattern + "}"),
        600);
    unsigned in_a_row = 0, runs = 0;
    for (const HeartCycle& cycle : cycles) {
      if (IsVentricular(cycle)) {
        ++in_a_row;
      } else if (in_a_row > 0) {
        EXPECT_EQ(in_a_row % length, 0u);
        runs += in_a_row / length;
        in_a_row = 0;
      }
    }
    EXPECT_NEAR(runs, 55, 25) << pattern;
  }
}

TEST(BeatScheduleTest, TwoOfOneBodyAgree) {
  const BodyCourse course =
      CourseOf({{0.0, "rhythm: {sinus: {rate: 72 bpm, rate_sd: 4 bpm}}\nectopy: {pattern: runs}"},
                {20.0, "rhythm: {atrial_fibrillation: {}}"},
                {40.0, "rhythm: {sinus: {rate: 50 bpm}}"}});
  const auto a = Cycles(course, 60), b = Cycles(course, 60), other = Cycles(course, 60, 2);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].at(), b[i].at());
  EXPECT_NE(Intervals(a), Intervals(other));
}

TEST(BeatScheduleTest, AParameterOfOneRhythmLeavesTheNumbersOfAnotherAlone) {
  const auto second = [](const std::string& first) {
    const auto cycles = Cycles(CourseOf({{0.0, "rhythm: " + first},
                                         {10.0, "rhythm: {asystole: {}}"},
                                         {20.0, "rhythm: {atrial_fibrillation: {}}"}}),
                               40);
    std::vector<std::int64_t> times;
    for (const HeartCycle& cycle : cycles) {
      if (Seconds(*cycle.r) >= 20.0) times.push_back(Nanoseconds(*cycle.r));
    }
    return times;
  };
  EXPECT_EQ(second("{atrial_fibrillation: {rate: 70 bpm}}"),
            second("{atrial_fibrillation: {rate: 150 bpm, variation: 0.4}}"));
}

TEST(BeatScheduleTest, AnIntervalAcrossAnArrestIsTheRhythmsOwn) {
  const auto cycles =
      Cycles(CourseOf({{0.0, kSteady}, {5.0, "rhythm: {asystole: {}}"}, {30.0, kSteady}}), 31);
  EXPECT_EQ(cycles.back().interval_s, 1.0);
  EXPECT_FALSE(cycles.back().rr_s);
}

}  // namespace
}  // namespace rig
