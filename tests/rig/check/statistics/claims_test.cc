#include "rig/check/statistics/claims.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <string>

namespace rig {
namespace {

using testing::HasSubstr;

std::vector<Trial> Distinct(int count, v1::Verdict verdict, BenchKind bench = BenchKind::kVirtual,
                            const std::string& prefix = "condition") {
  std::vector<Trial> trials;
  trials.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) trials.push_back({prefix + std::to_string(i), bench, verdict});
  return trials;
}

// The only claim of the trials.
Claim OneClaim(const std::vector<Trial>& trials) {
  const auto claims = ClaimsOf(trials, 0.95);
  EXPECT_TRUE(claims) << claims.error().message;
  if (!claims || claims->size() != 1) {
    ADD_FAILURE() << "expected one claim";
    return {};
  }
  return claims->front();
}

TEST(ClaimsTest, FiftyNineDistinctPassesShowNinetyFivePercent) {
  const Claim claim = OneClaim(Distinct(59, v1::PASS));
  EXPECT_EQ(claim.conditions, 59);
  EXPECT_EQ(claim.passed, 59);
  EXPECT_NEAR(claim.reliability, std::pow(0.05, 1.0 / 59), 1e-12);
  EXPECT_EQ(claim.text,
            "95 % confident that at least 95.04 % of such conditions pass (59 of 59 distinct "
            "conditions passed, virtual bench)");
}

TEST(ClaimsTest, CountsReplaysOfOneConditionOnce) {
  std::vector<Trial> trials(299, {"the same", BenchKind::kVirtual, v1::PASS});
  const Claim claim = OneClaim(trials);
  EXPECT_EQ(claim.conditions, 1);
  EXPECT_NEAR(claim.reliability, 0.05, 1e-12);
  EXPECT_THAT(claim.text, HasSubstr("at least 5.00 %"));
  EXPECT_THAT(claim.text, HasSubstr("299 attempts: replays and runs of one trace count once"));
}

TEST(ClaimsTest, NeverPoolsVirtualAndRealBenches) {
  std::vector<Trial> trials = Distinct(59, v1::PASS);
  for (const Trial& trial : Distinct(8, v1::PASS, BenchKind::kReal)) trials.push_back(trial);
  const auto claims = ClaimsOf(trials, 0.95);
  ASSERT_TRUE(claims);
  ASSERT_EQ(claims->size(), 2U);
  EXPECT_EQ((*claims)[0].bench, BenchKind::kVirtual);
  EXPECT_EQ((*claims)[0].conditions, 59);
  EXPECT_EQ((*claims)[1].bench, BenchKind::kReal);
  EXPECT_EQ((*claims)[1].conditions, 8);
  EXPECT_THAT((*claims)[1].text, HasSubstr("real bench"));
}

TEST(ClaimsTest, AConditionWhoseAttemptsDisagreeIsFlakyAndAFailure) {
  std::vector<Trial> trials = Distinct(59, v1::PASS);
  trials.push_back({"condition7", BenchKind::kVirtual, v1::FAIL});
  trials.push_back({"condition7", BenchKind::kVirtual, v1::PASS});
  const Claim claim = OneClaim(trials);
  EXPECT_EQ(claim.flaky, 1);
  EXPECT_EQ(claim.passed, 58);
  EXPECT_EQ(claim.failed, 0);
  // One failure in 59: the upper limit of its share is betaincinv(2, 58, 0.95).
  EXPECT_NEAR(claim.reliability, 1 - 0.0778979215188182, 1e-9);
  EXPECT_THAT(claim.text, HasSubstr("1 FLAKY counted as failed"));
}

TEST(ClaimsTest, ARigErrorBesideAPassIsFlakyToo) {
  std::vector<Trial> trials = Distinct(3, v1::PASS);
  trials.push_back({"condition0", BenchKind::kVirtual, v1::ERROR});
  EXPECT_EQ(OneClaim(trials).flaky, 1);
}

TEST(ClaimsTest, CountsWhatHasNoVerdictAsFailed) {
  for (const v1::Verdict verdict : {v1::INCONCLUSIVE, v1::ERROR, v1::VERDICT_UNSET}) {
    std::vector<Trial> trials = Distinct(58, v1::PASS);
    trials.push_back({"undecided", BenchKind::kVirtual, verdict});
    const Claim claim = OneClaim(trials);
    EXPECT_EQ(claim.undecided, 1);
    EXPECT_NEAR(claim.reliability, 1 - 0.0778979215188182, 1e-9);
    EXPECT_THAT(claim.text, HasSubstr("1 without a verdict counted as failed"));
  }
}

TEST(ClaimsTest, ClaimsNothingWhenNothingPassed) {
  const Claim claim = OneClaim(Distinct(5, v1::FAIL));
  EXPECT_EQ(claim.failed, 5);
  EXPECT_EQ(claim.reliability, 0);
  EXPECT_THAT(claim.text, HasSubstr("at least 0.00 %"));
}

TEST(ClaimsTest, NeverShowsALowerBoundHigherThanItIs) {
  // 0.05^(1/58) = 0.949661…, 94.97 to the nearest.
  EXPECT_THAT(OneClaim(Distinct(58, v1::PASS)).text, HasSubstr("at least 94.96 %"));
}

TEST(ClaimsTest, RefusesZeroTrials) {
  const auto claims = ClaimsOf({}, 0.95);
  ASSERT_FALSE(claims);
  EXPECT_EQ(claims.error().code, Code::kInvalidArgument);
  EXPECT_EQ(claims.error().message, "a claim from 0 trials; expected at least 1");
}

TEST(ClaimsTest, RefusesATrialWithoutCondition) {
  const auto claims = ClaimsOf({{"", BenchKind::kReal, v1::PASS}}, 0.95);
  ASSERT_FALSE(claims);
  EXPECT_EQ(claims.error().code, Code::kInvalidArgument);
}

TEST(ClaimsTest, RefusesAConfidenceThatIsNone) {
  for (const double confidence : {0.0, 1.0, -0.5, 95.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_FALSE(ClaimsOf(Distinct(59, v1::PASS), confidence)) << confidence;
  }
}

}  // namespace
}  // namespace rig
