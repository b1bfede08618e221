#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "rig/check/score/beats.h"
#include "rig/check/score/runs.h"
#include "rig/cli/score/annotation_files.h"
#include "tests/shared_data.h"

namespace rig {
namespace {

using score::Fraction;

// MIT-BIH record 100 and the beats of WFDB's gqrs.
class Record100Test : public testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path folder = SharedFolder() / "data/ecg-mitdb";
    options_.reference = (folder / "100.atr").string();
    options_.test = (folder / "100.qrs").string();
    RIG_NEEDS_SHARED(options_.test);
  }
  score::BeatScore Score() {
    const auto pair = ReadPair(options_);
    EXPECT_TRUE(pair);
    if (!pair) return {};
    return score::ScoreBeats(pair->reference, pair->test, pair->period, pair->window);
  }
  PairOptions options_;
};

TEST_F(Record100Test, HasTheCountsOfAnIndependentScorer) {
  const score::BeatScore beats = Score();
  // WFDB 10.7's bxb: 1902 of 1902, 1902 of 1902.
  EXPECT_EQ(beats.QrsSensitivity(), (Fraction{1902, 1902}));
  EXPECT_EQ(beats.QrsPredictivity(), (Fraction{1902, 1902}));
  EXPECT_EQ(beats.counts[score::kClassN][score::kClassN], 1872);
  EXPECT_EQ(beats.counts[score::kClassS][score::kClassN], 29);
  EXPECT_EQ(beats.counts[score::kClassV][score::kClassN], 1);
  EXPECT_EQ(beats.VentricularSensitivity(), (Fraction{0, 1}));
  EXPECT_EQ(beats.SupraventricularSensitivity(), (Fraction{0, 29}));
}

TEST_F(Record100Test, HasAllBeatsWithoutALearningPeriod) {
  options_.from = "0 s";
  EXPECT_EQ(Score().QrsSensitivity(), (Fraction{2273, 2273}));
}

// The detector marks every beat 12 or 13 samples early: a window shorter than that finds none.
TEST_F(Record100Test, FindsNothingInATooNarrowWindow) {
  options_.window = "30 ms";  // 11 samples
  EXPECT_EQ(Score().QrsSensitivity(), (Fraction{0, 1902}));
  EXPECT_EQ(Score().QrsPredictivity(), (Fraction{0, 1902}));
}

TEST_F(Record100Test, TellsWhatWasScored) {
  options_.window = "2 s";
  const auto pair = ReadPair(options_);
  ASSERT_TRUE(pair);
  EXPECT_EQ(pair->Extent(true),
            "scored from 300 s to 1805.56 s, pairs at most 2000 ms apart (EC57: 150 ms)\n");
  EXPECT_EQ(pair->ExtentJson(true)["window_s"], 2.0);
}

TEST_F(Record100Test, SaysWhatAnEmptyPeriodIs) {
  options_.to = "4 min";
  const auto pair = ReadPair(options_);
  ASSERT_FALSE(pair);
  EXPECT_NE(pair.error().message.find("nothing to score"), std::string::npos);
}

}  // namespace
}  // namespace rig
