#include "rig/check/statistics/sequential.h"

#include <gmock/gmock.h>

#include <limits>

namespace rig::statistics {
namespace {

using testing::HasSubstr;

constexpr SequentialPlan kPlan{
    .acceptable = 0.001, .rejectable = 0.01, .alpha = 0.05, .beta = 0.05};

SequentialTest Started() { return SequentialTest::Start(kPlan, DigestOf(kPlan)).value(); }

TEST(SequentialTest, AcceptsWithoutFailureAt326) {
  EXPECT_EQ(SequentialAcceptance(kPlan, 0).value(), 326);
  EXPECT_EQ(DecideSequential(kPlan, 325, 0).value(), SequentialDecision::kContinue);
  EXPECT_EQ(DecideSequential(kPlan, 326, 0).value(), SequentialDecision::kAccept);
}

TEST(SequentialTest, EachFailureMovesTheAcceptanceBack) {
  const std::int64_t one = SequentialAcceptance(kPlan, 1).value();
  // ln 10 / -ln(0.99 / 0.999) = 254.4 passes, and the failure itself.
  EXPECT_NEAR(static_cast<double>(one), 326 + 255, 1);
  EXPECT_EQ(DecideSequential(kPlan, one - 1, 1).value(), SequentialDecision::kContinue);
  EXPECT_EQ(DecideSequential(kPlan, one, 1).value(), SequentialDecision::kAccept);
}

TEST(SequentialTest, RejectsAFailureUponTheOther) {
  EXPECT_EQ(DecideSequential(kPlan, 1, 1).value(), SequentialDecision::kContinue);
  EXPECT_EQ(DecideSequential(kPlan, 2, 2).value(), SequentialDecision::kReject);
}

TEST(SequentialTest, KeepsItsFirstDecision) {
  SequentialTest test = Started();
  ASSERT_TRUE(test.Add(true));
  EXPECT_EQ(test.Add(true).value(), SequentialDecision::kReject);
  const auto after = test.Add(false);
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().code, Code::kFailedPrecondition);
  EXPECT_EQ(test.decision(), SequentialDecision::kReject);
  EXPECT_EQ(test.trials(), 2);
}

TEST(SequentialTest, GoesOnUntilABoundary) {
  SequentialTest test = Started();
  for (int i = 0; i < 325; ++i) EXPECT_EQ(test.Add(false).value(), SequentialDecision::kContinue);
  EXPECT_EQ(test.Add(false).value(), SequentialDecision::kAccept);
}

TEST(SequentialTest, NoticesAPlanChangedAfterRegistration) {
  SequentialPlan changed = kPlan;
  changed.rejectable = 0.010000000000000002;  // the next double
  const auto test = SequentialTest::Start(changed, DigestOf(kPlan));
  ASSERT_FALSE(test);
  EXPECT_EQ(test.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(test.error().message, HasSubstr("registered was " + DigestOf(kPlan)));
  EXPECT_FALSE(SequentialTest::Start(kPlan, ""));
}

TEST(SequentialTest, RefusesPlansThatAreNone) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const SequentialPlan& plan :
       {SequentialPlan{0.01, 0.001, 0.05, 0.05}, SequentialPlan{0.01, 0.01, 0.05, 0.05},
        SequentialPlan{0, 0.01, 0.05, 0.05}, SequentialPlan{0.001, 1, 0.05, 0.05},
        SequentialPlan{0.001, 0.01, 0.5, 0.5}, SequentialPlan{0.001, 0.01, nan, 0.05}}) {
    const auto decision = DecideSequential(plan, 10, 0);
    ASSERT_FALSE(decision);
    EXPECT_EQ(decision.error().code, Code::kInvalidArgument);
  }
}

TEST(SequentialTest, RefusesZeroTrials) {
  const auto decision = DecideSequential(kPlan, 0, 0);
  ASSERT_FALSE(decision);
  EXPECT_EQ(decision.error().message, "0 trials; expected at least 1");
}

}  // namespace
}  // namespace rig::statistics
