#include "rig/check/statistics/binomial.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace rig::statistics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <typename T>
void ExpectRefused(const Result<T>& result, const std::string& message) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kInvalidArgument);
  EXPECT_EQ(result.error().message, message);
}

TEST(SampleSizeTest, GivesThePublishedSuccessRuns) {
  struct Row {
    double confidence, reliability;
    std::int64_t n;
  };
  for (const Row& row : {Row{0.90, 0.90, 22}, Row{0.95, 0.90, 29}, Row{0.95, 0.95, 59},
                         Row{0.99, 0.95, 90}, Row{0.95, 0.99, 299}, Row{0.99, 0.99, 459},
                         Row{0.95, 0.999, 2995}, Row{0.80, 0.80, 8}, Row{0.70, 0.70, 4}}) {
    EXPECT_EQ(SampleSize(row.confidence, row.reliability, 0).value(), row.n)
        << row.confidence << "/" << row.reliability;
  }
}

TEST(SampleSizeTest, GivesThePublishedPlansWithFailuresAllowed) {
  const std::int64_t published[3][3] = {{93, 124, 153}, {473, 628, 773}, {4742, 6294, 7752}};
  const double reliability[3] = {0.95, 0.99, 0.999};
  for (int i = 0; i < 3; ++i) {
    for (int c = 1; c <= 3; ++c) {
      EXPECT_EQ(SampleSize(0.95, reliability[i], c).value(), published[i][c - 1]);
    }
  }
}

TEST(SampleSizeTest, CostsNoTrialWhereThePlanMeetsItsRiskExactly) {
  EXPECT_EQ(SampleSize(0.75, 0.5, 0).value(), 2);
  EXPECT_EQ(SampleSize(0.9, 0.1, 0).value(), 1);
  EXPECT_EQ(SampleSize(0.99, 0.1, 0).value(), 2);
}

TEST(SampleSizeTest, RefusesWhatNoNumberOfTrialsShows) {
  ExpectRefused(SampleSize(1, 0.95, 0), "confidence is 1; expected between 0 and 1, both excluded");
  ExpectRefused(SampleSize(0.95, 0, 0),
                "reliability is 0; expected between 0 and 1, both excluded");
  ExpectRefused(SampleSize(kNan, 0.95, 0),
                "confidence is nan; expected between 0 and 1, both excluded");
  EXPECT_FALSE(SampleSize(0.95, 0.95, -1));
  const auto endless = SampleSize(0.95, 1 - 1e-13, 0);
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, Code::kOutOfRange);
}

TEST(AcceptanceNumberTest, IsTheInverseOfTheSampleSize) {
  for (std::int64_t c = 0; c < 6; ++c) {
    const std::int64_t n = SampleSize(0.95, 0.99, c).value();
    EXPECT_EQ(AcceptanceNumber(n, 0.95, 0.99).value(), c);
    EXPECT_EQ(AcceptanceNumber(n - 1, 0.95, 0.99).value(), c - 1);
  }
}

TEST(ReliabilityShownTest, IsTheLowerLimitOfTheSharePassing) {
  EXPECT_NEAR(ReliabilityShown(59, 0, 0.95).value(), 1 - 0.0495076098882269474, 1e-12);
  EXPECT_EQ(ReliabilityShown(5, 5, 0.95).value(), 0);
}

TEST(ConfidenceShownTest, OfASuccessRunIsOneMinusThePower) {
  EXPECT_NEAR(ConfidenceShown(59, 0, 0.95).value(), 1 - std::pow(0.95, 59), 1e-14);
  EXPECT_EQ(ConfidenceShown(4, 4, 0.95).value(), 0);
}

TEST(ConfidenceShownTest, AgreesWithTheReliabilityShown) {
  for (std::int64_t f = 0; f < 10; ++f) {
    const double reliability = ReliabilityShown(40, f, 0.9).value();
    EXPECT_NEAR(ConfidenceShown(40, f, reliability).value(), 0.9, 1e-12) << f;
  }
}

// Reference: mpmath at 25 digits.
TEST(ClopperPearsonTest, GivesTheReferenceValues) {
  const auto interval = ClopperPearson(1000, 3, 0.95);
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->low, 0.000619099931649571264, 1e-12);
  EXPECT_NEAR(interval->high, 0.00874202323847830358, 1e-12);
  EXPECT_NEAR(ClopperPearsonUpper(59, 0, 0.95).value(), 0.0495076098882269474, 1e-12);
  EXPECT_NEAR(ClopperPearsonUpper(299, 0, 0.95).value(), 0.00996914679289927099, 1e-12);
  EXPECT_NEAR(ClopperPearsonUpper(20, 0, 0.95).value(), 0.139108340668265205, 1e-12);
}

TEST(ClopperPearsonTest, AgreesWithThePublishedDigits) {
  const Interval interval = ClopperPearson(1000, 3, 0.95).value();
  EXPECT_NEAR(interval.low, 0.00061910, 5e-9);
  EXPECT_NEAR(interval.high, 0.00874202, 5e-9);
  EXPECT_NEAR(ClopperPearsonUpper(59, 0, 0.95).value(), 0.0495076, 5e-8);
  EXPECT_NEAR(ClopperPearsonUpper(299, 0, 0.95).value(), 0.00996915, 5e-9);
}

TEST(ClopperPearsonTest, ReachesToTheEndWhereAllOrNothingHappened) {
  EXPECT_EQ(ClopperPearson(10, 0, 0.95)->low, 0);
  EXPECT_EQ(ClopperPearson(10, 10, 0.95)->high, 1);
  EXPECT_NEAR(ClopperPearson(10, 10, 0.95)->low, std::pow(0.025, 0.1), 1e-12);
}

TEST(ClopperPearsonTest, RefusesCountsThatCannotBe) {
  ExpectRefused(ClopperPearson(0, 0, 0.95), "0 trials; expected at least 1");
  ExpectRefused(ClopperPearson(-3, 0, 0.95), "-3 trials; expected at least 1");
  ExpectRefused(ReliabilityShown(10, 11, 0.95), "11 failures in 10 trials; expected 0 to 10");
  ExpectRefused(ClopperPearsonUpper(10, -1, 0.95), "-1 events in 10 trials; expected 0 to 10");
  ExpectRefused(ConfidenceShown(10, 1, 1.5),
                "reliability is 1.5; expected between 0 and 1, both excluded");
}

}  // namespace
}  // namespace rig::statistics
