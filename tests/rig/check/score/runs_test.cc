#include "rig/check/score/runs.h"

#include <gtest/gtest.h>

#include <string_view>

namespace rig::score {
namespace {

constexpr std::int64_t kWindow = 54;

// One beat per second: "NNVVNN".
Annotations Beats(std::string_view labels) {
  Annotations beats;
  std::int64_t t = 0;
  for (const char c : labels) {
    t += 360;
    const Label label = c == 'N'   ? Label::kN
                        : c == 'S' ? Label::kS
                        : c == 'V' ? Label::kV
                        : c == '[' ? Label::kVfOn
                        : c == ']' ? Label::kVfOff
                        : c == '{' ? Label::kRhythmAf
                        : c == '}' ? Label::kRhythmOther
                                   : Label::kF;
    if (c != '-') beats.push_back({t, label});
  }
  return beats;
}

RunScore Score(std::string_view reference, std::string_view test,
               RunKind kind = RunKind::kVentricular) {
  return ScoreRuns(Beats(reference), Beats(test), kind, {0, 360'000}, kWindow);
}

TEST(ScoreRunsTest, SortsRunsIntoCoupletsShortAndLongOnes) {
  const RunScore score = Score("NVVNVVVNVVVVVNVVVVVVVN", "NVVNVVVNVVVVVNVVVVVVVN");
  EXPECT_EQ(score.CoupletSensitivity(), (Fraction{1, 1}));
  EXPECT_EQ(score.ShortSensitivity(), (Fraction{2, 2}));
  EXPECT_EQ(score.LongSensitivity(), (Fraction{1, 1}));
  EXPECT_EQ(score.sensitivity[5][5], 1);
  EXPECT_EQ(score.sensitivity[6][6], 1);  // seven beats: six and more
}

TEST(ScoreRunsTest, AcceptsALongerRunAndNotAShorterOne) {
  const RunScore longer = Score("NVVNNNN", "NVVVNNN");
  // The window ends 150 ms after the couplet: the test's third beat lies outside.
  EXPECT_EQ(longer.sensitivity[2][2], 1);
  EXPECT_EQ(longer.predictivity[2][3], 1);
  EXPECT_EQ(longer.ShortPredictivity(), (Fraction{0, 1}));
  const RunScore shorter = Score("NVVVNNN", "NVVNNNN");
  EXPECT_EQ(shorter.ShortSensitivity(), (Fraction{0, 1}));
  EXPECT_EQ(shorter.CoupletPredictivity(), (Fraction{1, 1}));
}

TEST(ScoreRunsTest, CountsAMissedRunAndAFalseOne) {
  const RunScore score = Score("NVVNNNNNN", "NNNNNVVVN");
  EXPECT_EQ(score.sensitivity[2][0], 1);
  EXPECT_EQ(score.predictivity[0][3], 1);
  EXPECT_EQ(score.CoupletSensitivity(), (Fraction{0, 1}));
  EXPECT_EQ(score.ShortPredictivity(), (Fraction{0, 1}));
}

TEST(ScoreRunsTest, BreaksARunAtAnyOtherBeat) {
  const RunScore score = Score("NVVSVVN", "NVVSVVN");
  EXPECT_EQ(score.CoupletSensitivity(), (Fraction{2, 2}));
  EXPECT_EQ(score.ShortSensitivity(), (Fraction{0, 0}));
}

TEST(ScoreRunsTest, TakesFusionsForVentricularBeats) {
  EXPECT_EQ(Score("NVFVN", "NVVVN").ShortSensitivity(), (Fraction{1, 1}));
}

TEST(ScoreRunsTest, TakesFibrillationForALongRun) {
  const RunScore score = Score("N[----]NN", "NVVVVVVNN");
  EXPECT_EQ(score.LongSensitivity(), (Fraction{1, 1}));
  EXPECT_EQ(score.LongPredictivity(), (Fraction{1, 1}));
}

TEST(ScoreRunsTest, CountsBeatsWithinAtrialFibrillationAsSupraventricular) {
  const RunScore score = Score("N{NNNNNNN}V", "NSSSSSSSSSV", RunKind::kSupraventricular);
  EXPECT_EQ(score.LongSensitivity(), (Fraction{1, 1}));
  EXPECT_EQ(score.LongPredictivity(), (Fraction{1, 1}));
}

TEST(ScoreRunsTest, DoesNotCountRunsOfTheLearningPeriod) {
  const Annotations beats = Beats("NVVNNNVVVN");
  const RunScore score = ScoreRuns(beats, beats, RunKind::kVentricular, {5 * 360, 36'000}, kWindow);
  EXPECT_EQ(score.CoupletSensitivity(), (Fraction{0, 0}));
  EXPECT_EQ(score.ShortSensitivity(), (Fraction{1, 1}));
}

}  // namespace
}  // namespace rig::score
