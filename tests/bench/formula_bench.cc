// Formulas per sample, a sample being all signals of the formula at one instant of 1 kHz: the
// robustness at every instant, over recorded traces, over traces that grow sample by sample, and
// next to them monotone queues written out by hand for each formula, which have no tree, no unknown
// and no irregular time: the ceiling.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "rig/check/formula/channels.h"
#include "rig/check/formula/evaluate.h"

namespace rig::check {
namespace {

constexpr std::int64_t kPeriodNs = 1'000'000;
constexpr std::int64_t kInner = 10'000;  // samples in 10 s

enum Data { kNoise, kRising, kFalling };

struct Samples {
  std::vector<double> x;
  std::vector<double> alarm;
};

// Enough for the window to slide twice over.
std::size_t Length(std::int64_t window) {
  return static_cast<std::size_t>(std::max<std::int64_t>(1'000'000, 2 * window + 2 * kInner));
}

const Samples& Drawn(Data data, std::size_t n) {
  static Samples kept;
  static Data kept_data = kNoise;
  if (kept.x.size() == n && kept_data == data) return kept;
  std::mt19937 generator(1);
  kept = {std::vector<double>(n), std::vector<double>(n)};
  kept_data = data;
  for (std::size_t i = 0; i < n; ++i) {
    const double noise = static_cast<double>(generator()) / 4294967296.0;
    const double along = static_cast<double>(i) / static_cast<double>(n);
    kept.x[i] = data == kNoise ? noise : data == kRising ? along : 1 - along;
    kept.alarm[i] = data == kNoise ? static_cast<double>(generator()) / 4294967296.0 : kept.x[i];
  }
  return kept;
}

std::string Text(int formula, std::int64_t window) {
  const std::string w = "[0 s, " + std::to_string(window) + " ms]";
  if (formula == 1) return "eventually" + w + " (x > 0.5)";
  if (formula == 2) return "always" + w + " (alarm > 0.5 -> eventually[0 s, 10 s] (x > 0.5))";
  return "(x > 0.5) until" + w + " (alarm > 0.5)";
}

Formula Parsed(benchmark::State& state) {
  return *Formula::Parse(Text(static_cast<int>(state.range(0)), state.range(1)),
                         {[](std::string_view) { return "1"; }});
}

// The instants whose windows lie within the trace.
Range Asked(const benchmark::State& state, std::size_t n) {
  const std::int64_t inner = state.range(0) == 2 ? kInner : 0;
  return {0, 2 * kPeriodNs * (static_cast<std::int64_t>(n) - 1 - state.range(1) - inner)};
}

void Count(benchmark::State& state, std::size_t n) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(n));
}

void Offline(benchmark::State& state) {
  const std::size_t n = Length(state.range(1));
  const Samples& samples = Drawn(static_cast<Data>(state.range(2)), n);
  Signals signals;
  signals.end = AtNanoseconds(kPeriodNs * static_cast<std::int64_t>(n - 1));
  std::vector<StepPoint> x, alarm;
  for (std::size_t i = 0; i < n; ++i) {
    const RunTime t = AtNanoseconds(kPeriodNs * static_cast<std::int64_t>(i));
    x.push_back({t, samples.x[i]});
    alarm.push_back({t, samples.alarm[i]});
  }
  signals.channels["x"].Add(x);
  signals.channels["alarm"].Add(alarm);
  const Formula formula = Parsed(state);
  const Evaluator evaluator(signals);
  for (auto _ : state) {
    benchmark::DoNotOptimize(evaluator.Robustness(formula.root(), Side::kCertain, Asked(state, n)));
  }
  Count(state, n);
}

// `block`: samples told at once.
void Online(benchmark::State& state, std::size_t block) {
  const std::size_t n = Length(state.range(1));
  const Samples& samples = Drawn(static_cast<Data>(state.range(2)), n);
  const Formula formula = Parsed(state);
  double last = 0;
  for (auto _ : state) {
    Timeline timeline;
    std::vector<LiveChannel*> x, alarm;
    const Network network(
        [&](const std::string& name, Range range) {
          auto live = std::make_unique<LiveChannel>(range, timeline);
          (name == "x" ? x : alarm).push_back(live.get());
          return live;
        },
        timeline);
    const Conditions root = network.RobustnessOf(formula.root(), {0, kOpen});
    for (std::size_t i = 0; i < n; ++i) {
      const Position p = 2 * kPeriodNs * static_cast<Position>(i);
      for (LiveChannel* live : x) live->Add(p, samples.x[i]);
      for (LiveChannel* live : alarm) live->Add(p, samples.alarm[i]);
      if ((i + 1) % block != 0) continue;
      timeline.reached = p;
      while (root->Advance()) {
      }
      if (!root->ready().empty()) last = root->ready().back().value.low;
      root->ready().clear();
    }
  }
  benchmark::DoNotOptimize(last);
  Count(state, n);
}

// A monotone queue of the `window + 1` youngest samples, in a ring of fixed size.
template <typename Better>
class HandQueue {
 public:
  explicit HandQueue(std::int64_t window) : window_(window) {
    std::size_t size = 16;
    while (size < static_cast<std::size_t>(window) + 2) size *= 2;
    at_.resize(size);
    value_.resize(size);
    mask_ = size - 1;
  }
  double Push(std::int64_t i, double value) {
    while (tail_ != head_ && !Better()(value_[(tail_ - 1) & mask_], value)) --tail_;
    at_[tail_ & mask_] = i;
    value_[tail_ & mask_] = value;
    ++tail_;
    while (at_[head_ & mask_] < i - window_) ++head_;
    return value_[head_ & mask_];
  }

 private:
  std::int64_t window_;
  std::vector<std::int64_t> at_;
  std::vector<double> value_;
  std::size_t mask_ = 0, head_ = 0, tail_ = 0;
};
using Highest = HandQueue<std::greater<>>;
using Lowest = HandQueue<std::less<>>;

void ByHand(benchmark::State& state) {
  const std::int64_t window = state.range(1);
  const std::size_t n = Length(window);
  const Samples& s = Drawn(static_cast<Data>(state.range(2)), n);
  std::vector<double> result(n);
  std::vector<double> until(n);
  for (auto _ : state) {
    Highest outer(window), inner(kInner);
    Lowest lowest(window);
    double unbounded = -1e300;
    for (std::size_t i = n; state.range(0) == 3 && i-- > 0;) {
      unbounded = std::max(s.alarm[i] - 0.5, std::min(s.x[i] - 0.5, unbounded));
      until[i] = unbounded;
    }
    for (std::size_t k = 0; k < n; ++k) {
      const auto i = static_cast<std::int64_t>(k);
      if (state.range(0) == 1) result[k] = outer.Push(i, s.x[k] - 0.5);
      if (state.range(0) == 2) {
        const double then = inner.Push(i, s.x[k] - 0.5);
        const std::size_t asked = static_cast<std::size_t>(std::max<std::int64_t>(0, i - kInner));
        result[k] = lowest.Push(i, std::max(0.5 - s.alarm[asked], then));
      }
      if (state.range(0) == 3) {
        const std::size_t asked = static_cast<std::size_t>(std::max<std::int64_t>(0, i - window));
        result[k] = std::min(outer.Push(i, s.alarm[k] - 0.5), until[asked]);
      }
    }
    benchmark::DoNotOptimize(result.data());
    benchmark::ClobberMemory();
  }
  Count(state, n);
}

void Cases(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"F", "window", "data"})->Unit(benchmark::kMillisecond);
  for (const int formula : {1, 2, 3}) {
    for (const int window : {100, 10'000, 1'000'000}) {
      for (const int data : {kNoise, kRising, kFalling}) bench->Args({formula, window, data});
    }
  }
}

BENCHMARK(ByHand)->Apply(Cases);
BENCHMARK(Offline)->Apply(Cases);
BENCHMARK_CAPTURE(Online, each_sample, 1)->Apply(Cases);
BENCHMARK_CAPTURE(Online, blocks_of_16, 16)->Apply(Cases);

}  // namespace
}  // namespace rig::check
