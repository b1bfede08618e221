#include "sim_signals/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rig {
namespace {

struct Moments {
  double mean = 0.0, sd = 0.0, fourth = 0.0;
};

template <typename Draw>
Moments MomentsOf(Draw draw) {
  constexpr int kCount = 200000;
  double sum = 0.0, squares = 0.0, fourths = 0.0;
  for (int i = 0; i < kCount; ++i) {
    const double x = draw(i);
    sum += x;
    squares += x * x;
    fourths += x * x * x * x;
  }
  return {sum / kCount, std::sqrt(squares / kCount), fourths / kCount};
}

TEST(RandomStreamTest, GaussianHasTheMomentsOfTheNormalDistribution) {
  RandomStream stream(7, "test");
  const Moments m = MomentsOf([&](int) { return stream.Gaussian(); });
  EXPECT_NEAR(m.mean, 0.0, 0.01);
  EXPECT_NEAR(m.sd, 1.0, 0.01);
  EXPECT_NEAR(m.fourth, 3.0, 0.1);
}

TEST(RandomStreamTest, GaussianByPositionHasTheMomentsOfTheNormalDistribution) {
  const std::uint64_t key = StreamKey(7, "test");
  // Positions as white noise asks them: nanoseconds, 2 ms apart.
  const Moments m =
      MomentsOf([&](int i) { return GaussianAt(key, static_cast<std::uint64_t>(i) * 2'000'000); });
  EXPECT_NEAR(m.mean, 0.0, 0.01);
  EXPECT_NEAR(m.sd, 1.0, 0.01);
  EXPECT_NEAR(m.fourth, 3.0, 0.1);
}

TEST(RandomStreamTest, UniformFillsTheUnitInterval) {
  RandomStream stream(7, "test");
  double low = 1.0, high = 0.0, sum = 0.0;
  for (int i = 0; i < 100000; ++i) {
    const double u = stream.Uniform();
    low = std::min(low, u);
    high = std::max(high, u);
    sum += u;
  }
  EXPECT_GE(low, 0.0);
  EXPECT_LT(low, 1e-3);
  EXPECT_LT(high, 1.0);
  EXPECT_GT(high, 1.0 - 1e-3);
  EXPECT_NEAR(sum / 100000, 0.5, 0.005);
}

TEST(RandomStreamTest, SeedAndNameBothMakeAnotherStream) {
  EXPECT_EQ(RandomStream(1, "ecg/sinus").Next(), RandomStream(1, "ecg/sinus").Next());
  EXPECT_NE(RandomStream(1, "ecg/sinus").Next(), RandomStream(2, "ecg/sinus").Next());
  EXPECT_NE(RandomStream(1, "ecg/sinus").Next(), RandomStream(1, "ecg/mains[0]").Next());
}

TEST(RandomStreamTest, GivesTheSameNumbersOnEveryMachine) {
  RandomStream stream(42, "ecg");
  EXPECT_EQ(stream.Next(), 5203253322559794768ULL);
  EXPECT_EQ(stream.Gaussian(), 0x1.f5967a95fbe42p-1);
  EXPECT_EQ(GaussianAt(StreamKey(42, "ecg"), 1000), 0x1.1091f06b6c736p+1);
}

}  // namespace
}  // namespace rig
