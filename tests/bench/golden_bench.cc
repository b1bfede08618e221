// Tube comparison per sample, next to a hard-wired sliding minimum and maximum as the ceiling: 1 M
// samples of 1 kHz, windows of ± 100, 10 k and 100 k samples, noisy, monotone and flat. One thread.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "rig/check/tube/tube.h"

namespace rig::golden {
namespace {

constexpr std::int64_t kPeriodNs = 1'000'000;
constexpr std::size_t kSamples = 1'000'000;

enum class Shape { kNoisy, kMonotone, kSteps };

std::vector<double> Values(Shape shape, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, 0.1);
  std::vector<double> values(kSamples);
  for (std::size_t i = 0; i < kSamples; ++i) {
    const auto t = 1e-3 * static_cast<double>(i);
    if (shape == Shape::kNoisy) values[i] = std::sin(8 * t) + noise(random);
    if (shape == Shape::kMonotone) values[i] = t;
    if (shape == Shape::kSteps) values[i] = i / 500 % 2 == 0 ? 0.0 : 1.0;
  }
  return values;
}

Curve AsCurve(const std::vector<double>& values, Interpolation interpolation) {
  Curve curve{{}, static_cast<std::int64_t>(kSamples) * kPeriodNs, interpolation};
  std::int64_t t = 0;
  for (const double value : values) {
    curve.samples.push_back({t, value});
    t += kPeriodNs;
  }
  return curve;
}

// From the two curves to the comparison, the making of the tube included. `range(0)`: half window
// in samples.
void Compare(benchmark::State& state, Shape shape, Interpolation interpolation) {
  const Curve golden = AsCurve(Values(shape, 1), interpolation);
  const Curve run = AsCurve(Values(shape, 2), interpolation);
  for (auto _ : state) {
    TubeComparison result;
    const Tolerance tolerance{.value = 1, .time_ns = state.range(0) * kPeriodNs};
    CompareWithTube(MakeTube(golden, tolerance), run, {}, result);
    if (!result.excursions.empty()) return state.SkipWithError("outside");
    benchmark::DoNotOptimize(result);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kSamples));
}

// The ceiling: equidistant samples, no times, no gaps, no report but the closest approach.
void HardWired(benchmark::State& state, Shape shape) {
  const std::vector<double> golden = Values(shape, 1);
  const std::vector<double> run = Values(shape, 2);
  const auto half = static_cast<std::size_t>(state.range(0));
  std::vector<std::uint32_t> high(kSamples);
  std::vector<std::uint32_t> low(kSamples);
  for (auto _ : state) {
    double closest = 1e300;
    std::size_t high_head = 0;
    std::size_t high_tail = 0;
    std::size_t low_head = 0;
    std::size_t low_tail = 0;
    std::size_t next = 0;
    for (std::size_t i = 0; i < kSamples; ++i) {
      for (; next < kSamples && next <= i + half; ++next) {
        while (high_tail > high_head && golden[high[high_tail - 1]] <= golden[next]) --high_tail;
        high[high_tail++] = static_cast<std::uint32_t>(next);
        while (low_tail > low_head && golden[low[low_tail - 1]] >= golden[next]) --low_tail;
        low[low_tail++] = static_cast<std::uint32_t>(next);
      }
      while (high[high_head] + half < i) ++high_head;
      while (low[low_head] + half < i) ++low_head;
      const double top = golden[high[high_head]] + 1 - run[i];
      const double bottom = run[i] - golden[low[low_head]] + 1;
      closest = std::min(closest, std::min(top, bottom));
    }
    benchmark::DoNotOptimize(closest);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kSamples));
}

void Windows(benchmark::internal::Benchmark* bench) {
  bench->Arg(100)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(HardWired, noisy, Shape::kNoisy)->Apply(Windows);
BENCHMARK_CAPTURE(Compare, hold_noisy, Shape::kNoisy, Interpolation::kHold)->Arg(1)->Apply(Windows);
BENCHMARK_CAPTURE(Compare, linear_noisy, Shape::kNoisy, Interpolation::kLinear)
    ->Arg(1)
    ->Apply(Windows);
BENCHMARK_CAPTURE(HardWired, monotone, Shape::kMonotone)->Apply(Windows);
BENCHMARK_CAPTURE(Compare, hold_monotone, Shape::kMonotone, Interpolation::kHold)
    ->Arg(0)
    ->Apply(Windows);
BENCHMARK_CAPTURE(Compare, linear_monotone, Shape::kMonotone, Interpolation::kLinear)
    ->Arg(0)
    ->Apply(Windows);
BENCHMARK_CAPTURE(HardWired, steps, Shape::kSteps)->Apply(Windows);
BENCHMARK_CAPTURE(Compare, hold_steps, Shape::kSteps, Interpolation::kHold)->Arg(0)->Apply(Windows);
BENCHMARK_CAPTURE(Compare, linear_steps, Shape::kSteps, Interpolation::kLinear)
    ->Arg(0)
    ->Apply(Windows);

}  // namespace
}  // namespace rig::golden
