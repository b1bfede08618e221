#include "rig/check/tube/alignment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>

namespace rig::golden {
namespace {

constexpr std::int64_t kMs = 1'000'000;

Curve Pulses(std::int64_t shift) {
  Curve curve{{{0, 0}}, 10'000 * kMs};
  for (const std::int64_t ms : {1000, 2500, 3100, 7000}) {
    curve.samples.push_back({ms * kMs + shift, 1});
    curve.samples.push_back({(ms + 200) * kMs + shift, 0});
  }
  return curve;
}

Curve Wave(std::int64_t shift) {
  Curve curve{{}, 10'000 * kMs, Interpolation::kLinear};
  for (std::int64_t ms = 0; ms <= 10'000; ms += 10) {
    const double t = 1e-9 * static_cast<double>(ms * kMs - shift);
    curve.samples.push_back({ms * kMs, std::sin(2 * t) + std::sin(5.3 * t)});
  }
  return curve;
}

TEST(FindAlignmentTest, MeasuresTheShiftOfPulses) {
  const Curve golden = Pulses(0);
  for (const std::int64_t shift : {0 * kMs, 30 * kMs, -47 * kMs, 90 * kMs}) {
    const Curve observed = Pulses(shift);
    EXPECT_LE(std::abs(FindAlignment({{&golden, &observed}}, 100 * kMs) - shift), 1000) << shift;
  }
}

TEST(FindAlignmentTest, MeasuresTheShiftOfAWave) {
  const Curve golden = Wave(0);
  const Curve observed = Wave(37 * kMs);
  EXPECT_NEAR(static_cast<double>(FindAlignment({{&golden, &observed}}, 100 * kMs)), 37e6, 3e5);
}

TEST(FindAlignmentTest, TakesTheMedianOfLatenciesThatDiffer) {
  const Curve golden = Pulses(0);
  Curve observed = Pulses(20 * kMs);
  observed.samples[1].ns += 60 * kMs;
  EXPECT_LE(std::abs(FindAlignment({{&golden, &observed}}, 100 * kMs) - 20 * kMs), 1000);
}

TEST(FindAlignmentTest, StaysWithinItsLimit) {
  const Curve golden = Pulses(0);
  const Curve observed = Pulses(70 * kMs);
  EXPECT_EQ(FindAlignment({{&golden, &observed}}, 50 * kMs), 50 * kMs);
}

TEST(FindAlignmentTest, FindsNothingInWhatSaysNothing) {
  const Curve flat{{{0, 1}}, 10'000 * kMs};
  const Curve pulses = Pulses(20 * kMs);
  EXPECT_EQ(FindAlignment({{&flat, &pulses}}, 100 * kMs), 0);
  EXPECT_EQ(FindAlignment({}, 100 * kMs), 0);
  Curve unknown = Pulses(20 * kMs);
  for (Sample& sample : unknown.samples) sample.value = std::numeric_limits<double>::quiet_NaN();
  const Curve golden = Pulses(0);
  EXPECT_EQ(FindAlignment({{&golden, &unknown}}, 100 * kMs), 0);
}

}  // namespace
}  // namespace rig::golden
