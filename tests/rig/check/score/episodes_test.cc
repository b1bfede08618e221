#include "rig/check/score/episodes.h"

#include <gtest/gtest.h>

namespace rig::score {
namespace {

Annotations Vf(std::initializer_list<Interval> episodes) {
  Annotations annotations;
  for (const Interval& episode : episodes) {
    annotations.push_back({episode.begin, Label::kVfOn});
    annotations.push_back({episode.end, Label::kVfOff});
  }
  return annotations;
}

EpisodeScore Score(const Annotations& reference, const Annotations& test, Period period = {}) {
  return ScoreEpisodes(reference, test, EpisodeKind::kVf, period);
}

TEST(ScoreEpisodesTest, CountsAnyOverlapInBothDirections) {
  const EpisodeScore score =
      Score(Vf({{100, 200}, {1000, 1100}, {3000, 3100}}), Vf({{199, 500}, {2000, 2100}}));
  EXPECT_EQ(score.sensitivity, (Fraction{1, 3}));
  EXPECT_EQ(score.predictivity, (Fraction{1, 2}));
  EXPECT_EQ(score.duration_sensitivity, (Fraction{1, 300}));
  EXPECT_EQ(score.duration_predictivity, (Fraction{1, 401}));
}

TEST(ScoreEpisodesTest, DoesNotTakeATouchForAnOverlap) {
  EXPECT_EQ(Score(Vf({{100, 200}}), Vf({{200, 300}})).sensitivity, (Fraction{0, 1}));
}

TEST(ScoreEpisodesTest, LeavesOutWhatEndsInTheLearningPeriodAndCutsWhatReachesOut) {
  const EpisodeScore score =
      Score(Vf({{100, 200}, {900, 1200}, {2900, 3500}}), Vf({{900, 1200}}), {1000, 3000});
  EXPECT_EQ(score.sensitivity, (Fraction{1, 2}));
  EXPECT_EQ(score.duration_sensitivity, (Fraction{200, 300}));
}

TEST(ScoreEpisodesTest, LetsAnEpisodeWithoutAnEndLastToTheRecords) {
  const EpisodeScore score = Score({{100, Label::kVfOn}}, Vf({{2000, 2500}}), {0, 3000});
  EXPECT_EQ(score.duration_sensitivity, (Fraction{500, 2900}));
}

TEST(ScoreEpisodesTest, ExcludesAtrialFlutterFromThePredictivityOfFibrillation) {
  const Annotations reference = {{100, Label::kRhythmAfOther},
                                 {500, Label::kRhythmOther},
                                 {600, Label::kRhythmAf},
                                 {700, Label::kRhythmOther}};
  const Annotations test = {{200, Label::kRhythmAf}, {300, Label::kRhythmOther},
                            {620, Label::kRhythmAf}, {640, Label::kRhythmOther},
                            {900, Label::kRhythmAf}, {950, Label::kRhythmOther}};
  const EpisodeScore score = ScoreEpisodes(reference, test, EpisodeKind::kAf, {0, 1000});
  EXPECT_EQ(score.sensitivity, (Fraction{1, 1}));
  EXPECT_EQ(score.predictivity, (Fraction{1, 2}));
}

TEST(EpisodesOfTest, ReadsVfFromRhythmChangesWhereAsked) {
  const Annotations annotations = {
      {10, Label::kRhythmVf}, {20, Label::kRhythmVf}, {30, Label::kRhythmOther}};
  EXPECT_TRUE(EpisodesOf(annotations, EpisodeKind::kVf, 100).empty());
  const auto episodes = EpisodesOf(annotations, EpisodeKind::kVfRhythm, 100);
  ASSERT_EQ(episodes.size(), 1u);
  EXPECT_EQ(episodes[0].begin, 10);
  EXPECT_EQ(episodes[0].end, 30);
}

}  // namespace
}  // namespace rig::score
