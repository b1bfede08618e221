#include "sim_signals/gaussian_sum.h"

#include <algorithm>
#include <cmath>

#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

constexpr double kNegligible = 1e-10;
constexpr std::uint32_t kSamplesAnew = 1024;

}  // namespace

void GaussianSum::Add(RunTime centre, const Shape& shape, double height) {
  const double ratio = shape.size / kNegligible;
  if (!(ratio > 1.0) || height == 0.0) return;
  const double reach_s = std::sqrt(2.0 * Log(ratio)) * shape.width_s;
  const Duration reach(static_cast<std::int64_t>(std::floor(reach_s * 1e9)));
  const double falloff = 0.5 / (shape.width_s * shape.width_s);
  waves_.push_back({centre - reach, centre + reach, centre, falloff, height, 0, 0.0, 0.0, 0.0});
}

void GaussianSum::Restart(Wave& wave, RunTime t, Duration period) {
  // exp(-a (x + h)^2) = exp(-a x^2) * exp(-a h (2 x + h)), whose last factor changes by
  // exp(-2 a h^2) from sample to sample.
  const double x = Seconds(t - wave.centre);
  const double h = Seconds(period);
  wave.value = wave.height * Exp(-wave.falloff * x * x);
  wave.factor = Exp(-wave.falloff * h * (2.0 * x + h));
  wave.factor_change = Exp(-2.0 * wave.falloff * h * h);
  wave.until_anew = kSamplesAnew;
}

void GaussianSum::Render(RunTime start, Duration period, std::span<double> values) {
  const RunTime end = start + period * static_cast<std::int64_t>(values.size());
  std::erase_if(waves_, [&](const Wave& w) { return w.end <= start; });
  const auto index_of = [&](RunTime t) {  // of the first sample at or after t
    const std::int64_t n = (t - start + period - Duration(1)) / period;
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>(n, 0, static_cast<std::int64_t>(values.size())));
  };
  for (Wave& w : waves_) {
    if (w.begin >= end) continue;
    std::size_t i = index_of(w.begin);
    const std::size_t last = index_of(w.end);
    while (i < last) {
      if (w.until_anew == 0) Restart(w, start + period * static_cast<std::int64_t>(i), period);
      const std::size_t stop = std::min(last, i + w.until_anew);
      w.until_anew -= static_cast<std::uint32_t>(stop - i);
      double value = w.value;
      double factor = w.factor;
      for (; i < stop; ++i) {
        values[i] += value;
        value *= factor;
        factor *= w.factor_change;
      }
      w.value = value;
      w.factor = factor;
    }
  }
}

}  // namespace rig
