#include "rig/check/tube/tube.h"

#include <algorithm>
#include <cmath>

namespace rig::golden {
namespace {

// Values of a golden segment at which the largest of the three tolerances changes from one to
// another, so that the tube's edges are straight in between.
std::vector<double> Kinks(const Tolerance& tolerance, double range) {
  if (!(tolerance.of_point > 0)) return {};
  const double flat = std::max(tolerance.value, tolerance.of_range * range);
  const double kink = flat / tolerance.of_point;
  if (kink == 0) return {0};
  return {-kink, kink};
}

void AddPoint(const Tolerance& tolerance, double range, std::int64_t ns, double value, Tube& tube) {
  const double width = ValueTolerance(tolerance, range, value);
  tube.t.push_back(ns);
  tube.top.push_back(value + width);
  tube.bottom.push_back(value - width);
}

void AddKinks(const std::vector<double>& kinks, const Tolerance& tolerance, double range,
              const Sample& a, const Sample& b, Tube& tube) {
  std::vector<Sample> between;
  for (const double kink : kinks) {
    const double share = (kink - a.value) / (b.value - a.value);
    const auto ns =
        a.ns + static_cast<std::int64_t>(std::llround(share * static_cast<double>(b.ns - a.ns)));
    if (share > 0 && share < 1 && ns > a.ns && ns < b.ns) between.push_back({ns, kink});
  }
  std::sort(between.begin(), between.end(),
            [](const Sample& x, const Sample& y) { return x.ns < y.ns; });
  for (const Sample& kink : between) AddPoint(tolerance, range, kink.ns, kink.value, tube);
}

}  // namespace

double RangeOf(const Curve& golden) {
  const auto less = [](const Sample& a, const Sample& b) { return a.value < b.value; };
  const auto [low, high] = std::minmax_element(golden.samples.begin(), golden.samples.end(), less);
  return high->value - low->value;
}

double ValueTolerance(const Tolerance& tolerance, double range, double golden_value) {
  return std::max(
      {tolerance.value, tolerance.of_range * range, tolerance.of_point * std::fabs(golden_value)});
}

double ValueAt(const Curve& curve, std::int64_t ns) {
  const auto after =
      std::upper_bound(curve.samples.begin(), curve.samples.end(), ns,
                       [](std::int64_t at, const Sample& sample) { return at < sample.ns; });
  if (after == curve.samples.begin()) return after->value;
  const Sample& a = *std::prev(after);
  const bool flat = curve.interpolation == Interpolation::kHold || after == curve.samples.end();
  if (flat) return a.value;
  const double share = static_cast<double>(ns - a.ns) / static_cast<double>(after->ns - a.ns);
  return a.value + share * (after->value - a.value);
}

Tube MakeTube(const Curve& golden, const Tolerance& tolerance) {
  Tube tube;
  tube.interpolation = golden.interpolation;
  tube.begin = golden.samples.front().ns;
  tube.end = golden.end;
  tube.time_ns = tolerance.time_ns;
  tube.t.reserve(golden.samples.size() + 1);
  tube.top.reserve(golden.samples.size() + 1);
  tube.bottom.reserve(golden.samples.size() + 1);
  const double range = RangeOf(golden);
  const bool linear = golden.interpolation == Interpolation::kLinear;
  const std::vector<double> kinks = linear ? Kinks(tolerance, range) : std::vector<double>();
  for (std::size_t i = 0; i < golden.samples.size(); ++i) {
    const Sample& sample = golden.samples[i];
    if (i > 0 && !kinks.empty() && golden.samples[i - 1].value != sample.value) {
      AddKinks(kinks, tolerance, range, golden.samples[i - 1], sample, tube);
    }
    AddPoint(tolerance, range, sample.ns, sample.value, tube);
  }
  if (linear && tube.t.back() < golden.end) {
    AddPoint(tolerance, range, golden.end, golden.samples.back().value, tube);
  }
  return tube;
}

}  // namespace rig::golden
