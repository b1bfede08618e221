#include "sim_signals/deterministic_math.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace rig {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

std::vector<double> Grid(double from, double to, double step) {
  std::vector<double> points;
  for (int i = 0; from + i * step < to; ++i) points.push_back(from + i * step);
  return points;
}

TEST(DeterministicMathTest, ExpIsWithinTwoUlpOfTheLibrary) {
  for (const double x : Grid(-700.0, 700.0, 0.0137)) {
    EXPECT_NEAR(Exp(x) / std::exp(x), 1.0, 2.0 * kEpsilon) << x;
  }
}

TEST(DeterministicMathTest, ExpKeepsItsEnds) {
  EXPECT_EQ(Exp(0.0), 1.0);
  EXPECT_EQ(Exp(-800.0), 0.0);
  EXPECT_GT(Exp(-744.0), 0.0);
  EXPECT_TRUE(std::isinf(Exp(710.0)));
  EXPECT_TRUE(std::isfinite(Exp(709.7)));
  EXPECT_TRUE(std::isnan(Exp(std::nan(""))));
}

TEST(DeterministicMathTest, LogIsWithinTwoUlpOfTheLibrary) {
  for (const double power : Grid(-690.0, 690.0, 0.16)) {
    const double x = std::exp(power);
    EXPECT_NEAR(Log(x), std::log(x), 2.0 * kEpsilon * std::abs(std::log(x))) << x;
  }
  for (const double x : Grid(0.5, 2.0, 0.000317)) EXPECT_NEAR(Log(x), std::log(x), 2e-16) << x;
}

TEST(DeterministicMathTest, LogKeepsItsEnds) {
  EXPECT_EQ(Log(1.0), 0.0);
  EXPECT_EQ(Log(0.0), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(Log(-1.0)));
  EXPECT_TRUE(std::isinf(Log(std::numeric_limits<double>::infinity())));
  EXPECT_NEAR(Log(5e-324), std::log(5e-324), 1e-12);
}

TEST(DeterministicMathTest, SineAndCosineAgreeWithTheLibrary) {
  for (const double x : Grid(-5000.0, 5000.0, 0.0713)) {
    EXPECT_NEAR(Sin(x), std::sin(x), kEpsilon) << x;
    EXPECT_NEAR(Cos(x), std::cos(x), kEpsilon) << x;
  }
  EXPECT_TRUE(std::isnan(Sin(1e10)));
  EXPECT_TRUE(std::isnan(Cos(std::nan(""))));
}

TEST(DeterministicMathTest, SineOfTurnsIsExactAtWholeQuarters) {
  for (const double turns : {-3.0, 0.0, 1e6, 1125899906842625.0}) {
    EXPECT_EQ(SinTurns(turns), 0.0) << turns;
    EXPECT_EQ(CosTurns(turns), 1.0) << turns;
  }
  EXPECT_EQ(SinTurns(1e9 + 0.25), 1.0);
  EXPECT_EQ(CosTurns(0.5), -1.0);
  for (const double x : Grid(-3.0, 3.0, 0.00173)) {
    EXPECT_NEAR(SinTurns(x), std::sin(2.0 * M_PI * x), 3e-15) << x;
    EXPECT_NEAR(CosTurns(x), std::cos(2.0 * M_PI * x), 3e-15) << x;
  }
  EXPECT_TRUE(std::isnan(SinTurns(std::numeric_limits<double>::infinity())));
  EXPECT_TRUE(std::isnan(CosTurns(1e17)));
}

TEST(DeterministicMathTest, HyperbolicTangentAgreesWithTheLibrary) {
  for (const double x : Grid(-25.0, 25.0, 0.0137))
    EXPECT_NEAR(Tanh(x), std::tanh(x), kEpsilon) << x;
  EXPECT_EQ(Tanh(0.0), 0.0);
  EXPECT_EQ(Tanh(1e300), 1.0);
  EXPECT_EQ(Tanh(-std::numeric_limits<double>::infinity()), -1.0);
  EXPECT_TRUE(std::isnan(Tanh(std::nan(""))));
}

// The bits that every machine must give; a compiler that contracts or reorders changes them.
TEST(DeterministicMathTest, BitsAreThoseOfEveryMachine) {
  std::uint64_t digest = 0xCBF29CE484222325ULL;
  const auto add = [&](double v) {
    digest = (digest ^ std::bit_cast<std::uint64_t>(v)) * 0x100000001B3ULL;
  };
  for (int i = 0; i < 20000; ++i) {
    const double x = 0.0371 * i;
    add(Exp(0.9 * (x - 371.0)));
    add(Log(x + 1e-3));
    add(Sin(x));
    add(Cos(x));
    add(SinTurns(x));
    add(CosTurns(x));
  }
  EXPECT_EQ(digest, 11858373213713539502ULL);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(Exp(1.0)), 0x4005BF0A8B14576AULL);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(Log(2.0)), 0x3FE62E42FEFA39EFULL);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(Tanh(1.0)), 0x3FE85EFAB514F394ULL);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(Sin(1.0)), 0x3FEAED548F090CEEULL);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(Cos(1.0)), 0x3FE14A280FB5068CULL);
}

}  // namespace
}  // namespace rig
