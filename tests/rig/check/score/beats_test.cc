#include "rig/check/score/beats.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace rig::score {
namespace {

constexpr double kHz = 360;
constexpr std::int64_t kWindow = 54;      // 150 ms
constexpr std::int64_t kStart = 108'000;  // 5 min

// Normal beats, one per second, from the beginning.
Annotations Normal(std::int64_t seconds) {
  Annotations beats;
  for (std::int64_t s = 1; s <= seconds; ++s) beats.push_back({s * 360, Label::kN});
  return beats;
}

BeatScore Score(const Annotations& reference, const Annotations& test, std::int64_t end = 0) {
  return ScoreBeats(reference, test, {0, end}, kWindow);
}

TEST(ScoreBeatsTest, PairsBeatsUpToTheWindowApartAndNoFarther) {
  const Annotations reference = {{1000, Label::kN}, {2000, Label::kN}};
  const BeatScore score = Score(reference, {{1054, Label::kN}, {2055, Label::kN}}, 3000);
  EXPECT_EQ(score.counts[kClassN][kClassN], 1);
  EXPECT_EQ(score.counts[kClassN][kClassO], 1);
  EXPECT_EQ(score.counts[kClassO][kClassN], 1);
}

TEST(ScoreBeatsTest, CountsMissedAndExtraBeatsInBothDirections) {
  Annotations test = Normal(10);
  test.erase(test.begin() + 4);                      // the 5th is missed
  test.insert(test.begin() + 7, {2990, Label::kV});  // one too many, between two beats
  const BeatScore score = Score(Normal(10), test, 4000);
  EXPECT_EQ(score.QrsSensitivity(), (Fraction{9, 10}));
  EXPECT_EQ(score.QrsPredictivity(), (Fraction{9, 10}));
  EXPECT_EQ(score.counts[kClassO][kClassV], 1);
}

TEST(ScoreBeatsTest, FillsTheLabelMatrixAndItsSums) {
  const Annotations reference = {{1000, Label::kN}, {2000, Label::kS}, {3000, Label::kV},
                                 {4000, Label::kF}, {5000, Label::kQ}, {6000, Label::kV}};
  const Annotations test = {{1000, Label::kV}, {2000, Label::kS}, {3000, Label::kV},
                            {4000, Label::kV}, {5000, Label::kV}, {6000, Label::kN}};
  const BeatScore score = Score(reference, test, 7000);
  EXPECT_EQ(score.counts[kClassN][kClassV], 1);
  EXPECT_EQ(score.VentricularSensitivity(), (Fraction{1, 2}));
  // The fusion and the unclassifiable beat called V are no false positives.
  EXPECT_EQ(score.VentricularPredictivity(), (Fraction{1, 2}));
  EXPECT_EQ(score.VentricularFalsePositives(), (Fraction{1, 2}));
  EXPECT_EQ(score.SupraventricularSensitivity(), (Fraction{1, 1}));
  EXPECT_EQ(score.SupraventricularPredictivity(), (Fraction{1, 1}));
}

TEST(ScoreBeatsTest, DoesNotScoreTheLearningPeriod) {
  const Annotations reference = Normal(400);
  const Annotations test(reference.begin() + 300, reference.end());
  const BeatScore score = ScoreBeats(reference, test, {kStart, 401 * 360}, kWindow);
  // The beat at exactly 5 min belongs to the test period; the test has none before it.
  EXPECT_EQ(score.QrsSensitivity(), (Fraction{100, 101}));
}

TEST(ScoreBeatsTest, LetsABeatOfTheLearningPeriodMatchTheFirstOneAfterIt) {
  const Annotations reference = {{kStart + 20, Label::kN}, {kStart + 400, Label::kN}};
  const Annotations test = {{kStart - 20, Label::kN}, {kStart + 400, Label::kN}};
  const BeatScore score = ScoreBeats(reference, test, {kStart, kStart + 1000}, kWindow);
  EXPECT_EQ(score.counts[kClassN][kClassN], 2);
  EXPECT_EQ(score.QrsPredictivity(), (Fraction{2, 2}));
}

TEST(ScoreBeatsTest, DoesNotCountATestBeatThatBelongsToTheLearningPeriodsLast) {
  const Annotations reference = {{kStart - 20, Label::kN}, {kStart + 400, Label::kN}};
  const Annotations test = {{kStart + 20, Label::kN}, {kStart + 400, Label::kN}};
  const BeatScore score = ScoreBeats(reference, test, {kStart, kStart + 1000}, kWindow);
  EXPECT_EQ(score.QrsPredictivity(), (Fraction{1, 1}));
}

TEST(ScoreBeatsTest, GivesABeatToTheNearerOfTwo) {
  // The test's second beat is nearer: the first is extra.
  const BeatScore score = Score({{1000, Label::kN}}, {{960, Label::kV}, {1010, Label::kN}}, 2000);
  EXPECT_EQ(score.counts[kClassN][kClassN], 1);
  EXPECT_EQ(score.counts[kClassO][kClassV], 1);
}

TEST(ScoreBeatsTest, PairsFastBeatsWhoseRivalHasABetterPartner) {
  // The case that bxb's change of 2002 is for, window 37: 96/128 and 160/185 are pairs.
  const BeatScore score = ScoreBeats({{96, Label::kN}, {160, Label::kN}},
                                     {{128, Label::kN}, {185, Label::kN}}, {0, 1000}, 37);
  EXPECT_EQ(score.QrsSensitivity(), (Fraction{2, 2}));
  EXPECT_EQ(score.QrsPredictivity(), (Fraction{2, 2}));
}

TEST(ScoreBeatsTest, DoesNotCountTestBeatsInReferenceFibrillation) {
  const Annotations reference = {
      {360, Label::kN}, {720, Label::kVfOn}, {1800, Label::kVfOff}, {2160, Label::kN}};
  const BeatScore score = Score(reference, Normal(6), 2200);
  EXPECT_EQ(score.QrsPredictivity(), (Fraction{2, 2}));
  EXPECT_EQ(score.QrsSensitivity(), (Fraction{2, 2}));
}

TEST(ScoreBeatsTest, CountsBeatsMissedInTheTestsShutdownApart) {
  Annotations test = {
      {360, Label::kN}, {700, Label::kUnreadable}, {1500, Label::kReadable}, {1800, Label::kN}};
  const BeatScore score = Score(Normal(5), test, 1900);
  EXPECT_EQ(score.counts[kClassN][kClassX], 3);
  EXPECT_EQ(score.counts[kClassN][kClassO], 0);
  EXPECT_EQ(score.test_shutdown, 800);
}

TEST(ScoreBeatsTest, TakesASingleShutdownMarkForTheTimeBetweenItsNeighbours) {
  Annotations test = {{360, Label::kN}, {1000, Label::kUnreadable}, {1800, Label::kN}};
  const BeatScore score = Score(Normal(5), test, 1900);
  EXPECT_EQ(score.counts[kClassN][kClassX], 3);
  EXPECT_EQ(score.test_shutdown, (1800 - kWindow) - (360 + kWindow));
}

TEST(ScoreBeatsTest, EndsWithTheReferenceWhereTheLengthIsNotKnown) {
  EXPECT_EQ(Score(Normal(2), Normal(5)).QrsPredictivity(), (Fraction{2, 2}));
  EXPECT_EQ(Score(Normal(2), Normal(5), 1800).QrsPredictivity(), (Fraction{2, 5}));
}

TEST(ScoreBeatsTest, ScoresNothingOfNothing) {
  EXPECT_EQ(Score({}, {}, 1000).QrsSensitivity(), (Fraction{0, 0}));
  EXPECT_EQ(ScoreBeats({}, Normal(3), {kStart, 0}, kWindow).QrsPredictivity(), (Fraction{0, 0}));
}

// With beats farther apart than twice the window there is one way to pair them; any shift up to
// the window leaves it.
TEST(ScoreBeatsTest, CountsAsPlainNearestMatchingDoesWhereThatIsUnambiguous) {
  std::srand(7);
  for (int round = 0; round < 200; ++round) {
    Annotations reference;
    Annotations test;
    std::int64_t matched = 0;
    for (std::int64_t i = 1; i <= 60; ++i) {
      const std::int64_t t = i * 200;
      const bool in_reference = std::rand() % 10 != 0;
      const bool in_test = std::rand() % 10 != 0;
      if (in_reference) reference.push_back({t, Label::kN});
      if (in_test) test.push_back({t + std::rand() % 91 - 45, Label::kN});
      matched += in_reference && in_test ? 1 : 0;
    }
    const BeatScore score = Score(reference, test, 20'000);
    ASSERT_EQ(score.QrsSensitivity(),
              (Fraction{matched, static_cast<std::int64_t>(reference.size())}));
    ASSERT_EQ(score.QrsPredictivity(), (Fraction{matched, static_cast<std::int64_t>(test.size())}));
  }
}

TEST(LabelOfMitCodeTest, MapsCodesToTheClassesOfTheStandard) {
  for (const int code : {1, 2, 3, 25}) EXPECT_EQ(LabelOfMitCode(code, 0, ""), Label::kN) << code;
  for (const int code : {4, 7, 8, 9, 11, 34, 35})
    EXPECT_EQ(LabelOfMitCode(code, 0, ""), Label::kS) << code;
  for (const int code : {5, 10, 41}) EXPECT_EQ(LabelOfMitCode(code, 0, ""), Label::kV) << code;
  EXPECT_EQ(LabelOfMitCode(6, 0, ""), Label::kF);
  for (const int code : {12, 13, 30, 38}) EXPECT_EQ(LabelOfMitCode(code, 0, ""), Label::kQ) << code;
  EXPECT_EQ(LabelOfMitCode(14, 0x30, ""), Label::kUnreadable);
  EXPECT_EQ(LabelOfMitCode(14, 0x10, ""), Label::kReadable);
  EXPECT_EQ(LabelOfMitCode(28, 0, "(AFIB"), Label::kRhythmAf);
  EXPECT_EQ(LabelOfMitCode(28, 0, "(AFL"), Label::kRhythmAfOther);
  EXPECT_EQ(LabelOfMitCode(28, 0, "(VFIB"), Label::kRhythmVf);
  EXPECT_EQ(LabelOfMitCode(28, 0, "(N"), Label::kRhythmOther);
  EXPECT_EQ(LabelOfMitCode(22, 0, "note"), Label::kOther);
}

TEST(TicksTest, RoundsAsWfdbDoes) {
  EXPECT_EQ(Ticks(kMatchWindowS, kHz), 54);
  EXPECT_EQ(Ticks(kMatchWindowS, 128), 19);
  EXPECT_EQ(Ticks(kLearningS, kHz), kStart);
}

}  // namespace
}  // namespace rig::score
