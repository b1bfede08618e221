#include "rig/check/tube/tube.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace rig::golden {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Curve Held(std::vector<Sample> samples, std::int64_t end) {
  return {std::move(samples), end, Interpolation::kHold};
}
Curve Straight(std::vector<Sample> samples, std::int64_t end) {
  return {std::move(samples), end, Interpolation::kLinear};
}

TubeComparison Compare(const Curve& golden, const Curve& curve, const Tolerance& tolerance,
                       const Stretch& stretch = {}) {
  TubeComparison result;
  CompareWithTube(MakeTube(golden, tolerance), curve, stretch, result);
  return result;
}

// The value just behind (side 1) or before (side -1) an instant, by definition.
double Limit(const Curve& curve, std::int64_t ns, int side) {
  const auto& s = curve.samples;
  std::size_t i = 0;
  while (i < s.size() && (side > 0 ? s[i].ns <= ns : s[i].ns < ns)) ++i;
  if (i == 0) return kNan;
  if (curve.interpolation == Interpolation::kHold || i == s.size()) return s[i - 1].value;
  const double share = double(ns - s[i - 1].ns) / double(s[i].ns - s[i - 1].ns);
  return s[i - 1].value + share * (s[i].value - s[i - 1].value);
}

// Margin at an instant and just around it by looking at every whole nanosecond of the window. Right
// for curves whose changes are at whole nanoseconds and whose extrema are at their points.
double BruteMargin(const Curve& golden, const Curve& curve, double value, std::int64_t w,
                   std::int64_t end) {
  double closest = std::numeric_limits<double>::infinity();
  for (std::int64_t t = 0; t <= end; ++t) {
    for (const int side : {-1, 1}) {
      const bool outside = (t == 0 && side < 0) || (t == end && side > 0);
      const bool linear = golden.interpolation == Interpolation::kLinear;
      if (outside && (linear || side < 0)) continue;
      const double x = Limit(curve, t, side);
      double high = -std::numeric_limits<double>::infinity();
      double low = std::numeric_limits<double>::infinity();
      for (std::int64_t u = std::max<std::int64_t>(0, t - w); u <= std::min(end, t + w); ++u) {
        for (const int golden_side : {-1, 1}) {
          // What lies before the window's left end or behind its right end is not in it, seen from
          // an instant that lies just before or behind t.
          if (u == t - w && golden_side < 0 && side > 0) continue;
          if (u == t + w && golden_side > 0 && side < 0) continue;
          const double g = Limit(golden, u, golden_side);
          if (std::isnan(g)) continue;
          high = std::max(high, g);
          low = std::min(low, g);
        }
      }
      closest = std::min({closest, high + value - x, x - low + value});
    }
  }
  return closest;
}

Curve RandomCurve(std::mt19937& random, Interpolation interpolation, std::int64_t end) {
  Curve curve{{}, end, interpolation};
  std::uniform_int_distribution<int> level(0, 8);
  std::uniform_int_distribution<std::int64_t> gap(1, 6);
  for (std::int64_t t = 0; t <= end; t += gap(random)) {
    curve.samples.push_back({t, 0.25 * level(random)});
  }
  return curve;
}

TEST(CompareWithTubeTest, AgreesWithBruteForceOverRandomCurves) {
  std::mt19937 random(1);
  for (int round = 0; round < 4000; ++round) {
    const auto interpolation = round % 2 == 0 ? Interpolation::kHold : Interpolation::kLinear;
    const std::int64_t end = 30;
    const Curve golden = RandomCurve(random, interpolation, end);
    const Curve curve = RandomCurve(random, interpolation, end);
    const std::int64_t w = std::uniform_int_distribution<int>(0, 12)(random);
    const TubeComparison result = Compare(golden, curve, {.value = 0.25, .time_ns = w});
    const double brute = BruteMargin(golden, curve, 0.25, w, end);
    if (interpolation == Interpolation::kHold) {
      ASSERT_DOUBLE_EQ(result.closest, brute) << round;
    } else {
      // Straight lines may come closest between whole nanoseconds.
      ASSERT_LE(result.closest, brute + 1e-9) << round;
      ASSERT_GE(result.closest, brute - 2.01) << round;
    }
    ASSERT_EQ(result.excursions.empty(), result.closest >= -1e-12) << round;
  }
}

// The same curve in steps of 64 ns: extrema of straight lines between whole nanoseconds matter
// little.
TEST(CompareWithTubeTest, AgreesWithBruteForceOverFinelySampledStraightLines) {
  std::mt19937 random(2);
  for (int round = 0; round < 60; ++round) {
    Curve golden = RandomCurve(random, Interpolation::kLinear, 12);
    Curve curve = RandomCurve(random, Interpolation::kLinear, 12);
    for (Curve* scaled : {&golden, &curve}) {
      for (Sample& sample : scaled->samples) sample.ns *= 64;
      scaled->end = 12 * 64;
    }
    const std::int64_t w = std::uniform_int_distribution<int>(0, 200)(random);
    const double brute = BruteMargin(golden, curve, 0.25, w, 12 * 64);
    EXPECT_NEAR(Compare(golden, curve, {.value = 0.25, .time_ns = w}).closest, brute, 0.07);
  }
}

TEST(CompareWithTubeTest, LetsAnEdgeBeEarlyOrLateByTheTimeToleranceOnly) {
  const Curve golden = Held({{0, 0}, {100, 1}}, 200);
  for (const std::int64_t edge : {90, 110}) {
    EXPECT_TRUE(Compare(golden, Held({{0, 0}, {edge, 1}}, 200), {.value = 0.1, .time_ns = 10})
                    .excursions.empty());
  }
  for (const std::int64_t edge : {89, 111}) {
    const auto result =
        Compare(golden, Held({{0, 0}, {edge, 1}}, 200), {.value = 0.1, .time_ns = 10});
    ASSERT_EQ(result.excursions.size(), 1u);
    EXPECT_EQ(result.excursions[0].end - result.excursions[0].begin, 1);
    EXPECT_NEAR(result.excursions[0].depth, 0.9, 1e-12);
  }
}

TEST(CompareWithTubeTest, FindsAnExcursionBetweenTheSamplesOfAStraightLine) {
  // Golden is a tent that the line from 0 to 0 passes below.
  const Curve golden = Straight({{0, 0}, {500, 1}, {1000, 0}}, 1000);
  const auto result = Compare(golden, Straight({{0, 0}, {1000, 0}}, 1000), {.value = 0.2});
  ASSERT_EQ(result.excursions.size(), 1u);
  EXPECT_EQ(result.excursions[0].begin, 100);
  EXPECT_EQ(result.excursions[0].end, 900);
  EXPECT_NEAR(result.excursions[0].depth, 0.8, 1e-12);
  EXPECT_EQ(result.closest_at, 500);
}

TEST(CompareWithTubeTest, SeesBothSidesOfATubeThatIsCrossedAtOnce) {
  const Curve golden = Straight({{0, 0}}, 1000);
  const auto result = Compare(golden, Straight({{0, -1}, {1000, 1}}, 1000), {.value = 0.5});
  ASSERT_EQ(result.excursions.size(), 2u);
  EXPECT_EQ(result.excursions[0].end, 250);
  EXPECT_EQ(result.excursions[1].begin, 750);
}

TEST(CompareWithTubeTest, TakesTheLargestOfThreeTolerances) {
  const Curve golden = Held({{0, 10}, {100, 0}, {200, 30}}, 300);
  const auto depth = [&](const Tolerance& tolerance) {
    return Compare(golden, Held({{0, 12}, {100, 2}, {200, 32}}, 300), tolerance).closest;
  };
  EXPECT_DOUBLE_EQ(depth({.value = 2.5, .of_range = 0.01, .of_point = 0.01}), 0.5);
  EXPECT_DOUBLE_EQ(depth({.value = 0, .of_range = 0.1, .of_point = 0.01}), 1);
  // At 0 a share of the point allows nothing.
  EXPECT_DOUBLE_EQ(depth({.value = 0, .of_range = 0, .of_point = 0.5}), -2);
  EXPECT_DOUBLE_EQ(depth({.value = 2, .of_range = 0, .of_point = 0.5}), 0);
}

TEST(CompareWithTubeTest, KeepsTheShareOfThePointExactWhereTheGoldenCrossesZero) {
  const Curve golden = Straight({{0, -1}, {1000, 1}}, 1000);
  const auto result =
      Compare(golden, Straight({{0, -1}, {500, 0.05}, {1000, 1}}, 1000), {.of_point = 0.2});
  EXPECT_NEAR(result.closest, -0.05, 1e-12);
}

TEST(CompareWithTubeTest, ReportsWhereTheCurveOrTheGoldenHasNoValue) {
  const Curve golden = Held({{100, 1}}, 1000);
  const auto gap = Compare(golden, Held({{100, 1}, {400, kNan}, {500, 1}}, 1000), {.time_ns = 10});
  EXPECT_EQ(gap.no_value_at, 400);
  EXPECT_EQ(gap.closest, 0);
  EXPECT_EQ(Compare(golden, Held({{111, 1}}, 1000), {.time_ns = 10}).no_value_at, 110);
  EXPECT_FALSE(Compare(golden, Held({{110, 1}}, 1000), {.time_ns = 10}).no_value_at);
  EXPECT_EQ(Compare(golden, Held({{89, 1}}, 1000), {.time_ns = 10}).no_golden_at, 89);
  EXPECT_FALSE(Compare(golden, Held({{90, 1}}, 1000), {.time_ns = 10}).no_golden_at);
  EXPECT_EQ(Compare(golden, Held({{100, 1}}, 1011), {.time_ns = 10}).no_golden_at, 1010);
  EXPECT_FALSE(Compare(golden, Held({{100, 1}}, 1010), {.time_ns = 10}).no_golden_at);
}

TEST(CompareWithTubeTest, CallsAGapOneHoweverWideTheTimeTolerance) {
  const Curve golden = Held({{0, 1}}, 1000);
  for (const std::int64_t w : {10, 500, 1000}) {
    const Tolerance tolerance{.time_ns = w};
    EXPECT_EQ(Compare(golden, Held({{0, 1}, {995, kNan}}, 1000), tolerance).no_value_at, 995);
    EXPECT_EQ(Compare(golden, Held({{0, 1}, {4, kNan}, {6, 1}}, 1000), tolerance).no_value_at, 4);
    EXPECT_EQ(Compare(golden, Held({{0, kNan}, {6, 1}}, 1000), tolerance).no_value_at, 0);
  }
}

TEST(CompareWithTubeTest, HasNoValueNextToAGapOfAStraightLine) {
  const Curve golden = Straight({{0, 1}}, 1000);
  const auto result =
      Compare(golden, Straight({{0, 1}, {300, 1}, {400, kNan}, {500, 1}, {1000, 1}}, 1000), {});
  EXPECT_EQ(result.no_value_at, 300);
  EXPECT_EQ(result.closest, 0);
}

TEST(CompareWithTubeTest, JudgesAStretchOnly) {
  const Curve golden = Held({{0, 0}}, 1000);
  const Curve curve = Held({{0, 0}, {300, 5}, {400, 0}}, 1000);
  EXPECT_TRUE(Compare(golden, curve, {.value = 1}, {.from = 0, .to = 300}).excursions.empty());
  EXPECT_TRUE(Compare(golden, curve, {.value = 1}, {.from = 400}).excursions.empty());
  const auto part = Compare(golden, curve, {.value = 1}, {.from = 350, .to = 380});
  ASSERT_EQ(part.excursions.size(), 1u);
  EXPECT_EQ(part.excursions[0].begin, 350);
  EXPECT_EQ(part.excursions[0].end, 380);
}

TEST(CompareWithTubeTest, JudgesTheVeryLastInstant) {
  EXPECT_FALSE(Compare(Held({{0, 0}}, 1000), Held({{0, 0}, {1000, 5}}, 1000), {.value = 1})
                   .excursions.empty());
  EXPECT_FALSE(Compare(Straight({{0, 0}}, 1000), Straight({{0, 0}, {1000, 0}, {1000, 5}}, 1000),
                       {.value = 1})
                   .excursions.empty());
}

TEST(CompareWithTubeTest, TakesTheEdgeOfTheTubeAsInside) {
  const Curve golden = Held({{0, 0.1}}, 1000);
  EXPECT_TRUE(Compare(golden, Held({{0, 0.1 + 0.2}}, 1000), {.value = 0.2}).excursions.empty());
  EXPECT_FALSE(Compare(golden, Held({{0, 0.300001}}, 1000), {.value = 0.2}).excursions.empty());
}

}  // namespace
}  // namespace rig::golden
