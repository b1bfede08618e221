#include "rig/check/tube/alignment.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

namespace rig::golden {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max() / 4;
constexpr std::int64_t kResolutionNs = 1000;
constexpr std::int64_t kCoarseSteps = 64;

// Walks a curve forwards; the value between two points is a straight line or flat.
class Walker {
 public:
  Walker(const Curve& curve, std::int64_t shift, std::int64_t from) : curve_(curve), shift_(shift) {
    while (Next() <= from) ++next_;
  }
  std::int64_t Next() const {
    return next_ < curve_.samples.size() ? curve_.samples[next_].ns - shift_ : kNever;
  }
  void PassUpTo(std::int64_t ns) {
    while (Next() <= ns) ++next_;
  }
  // On the piece that holds behind the last point passed.
  double At(std::int64_t ns) const {
    if (next_ == 0) return std::numeric_limits<double>::quiet_NaN();
    const Sample& a = curve_.samples[next_ - 1];
    const bool flat =
        curve_.interpolation == Interpolation::kHold || next_ == curve_.samples.size();
    if (flat) return a.value;
    const Sample& b = curve_.samples[next_];
    const double share = static_cast<double>(ns + shift_ - a.ns) / static_cast<double>(b.ns - a.ns);
    return a.value + share * (b.value - a.value);
  }

 private:
  const Curve& curve_;
  const std::int64_t shift_;
  std::size_t next_ = 0;
};

// The integral of |straight line| from a to b over a unit of time.
double Area(double a, double b) {
  const double sum = std::fabs(a) + std::fabs(b);
  if (a * b >= 0) return sum / 2;
  return (a * a + b * b) / (2 * sum);
}

// The area between golden and shifted curve, over the stretch that every shift leaves covered.
double AreaBetween(const CurvePair& pair, std::int64_t shift, std::int64_t limit) {
  std::int64_t t = pair.golden->samples.front().ns + limit;
  const std::int64_t end = std::min(pair.golden->end, pair.observed->end) - limit;
  if (!(t < end)) return 0;
  Walker golden(*pair.golden, 0, t);
  Walker observed(*pair.observed, shift, t);
  double area = 0;
  while (t < end) {
    const std::int64_t next = std::min({end, golden.Next(), observed.Next()});
    const double piece = Area(observed.At(t) - golden.At(t), observed.At(next) - golden.At(next));
    if (std::isfinite(piece)) area += piece * static_cast<double>(next - t);
    t = next;
    golden.PassUpTo(t);
    observed.PassUpTo(t);
  }
  return area;
}

}  // namespace

std::int64_t FindAlignment(const std::vector<CurvePair>& pairs, std::int64_t limit_ns) {
  std::vector<std::pair<CurvePair, double>> weighted;
  for (const CurvePair& pair : pairs) {
    const bool has_both = !pair.golden->samples.empty() && !pair.observed->samples.empty();
    const double range = has_both ? RangeOf(*pair.golden) : 0;
    if (range > 0) weighted.emplace_back(pair, 1 / range);
  }
  if (weighted.empty() || limit_ns <= 0) return 0;
  const auto area = [&](std::int64_t shift) {
    double sum = 0;
    for (const auto& [pair, weight] : weighted) sum += weight * AreaBetween(pair, shift, limit_ns);
    return sum;
  };
  std::int64_t best = 0;
  double least = area(0);
  const auto consider = [&](std::int64_t shift) {
    const double here = area(shift);
    const bool is_better = here < least || (here == least && std::abs(shift) < std::abs(best));
    if (is_better) {
      best = shift;
      least = here;
    }
    return here;
  };
  std::int64_t step = std::max<std::int64_t>(1, limit_ns / kCoarseSteps);
  for (std::int64_t k = 1; k <= kCoarseSteps; ++k) {
    consider(limit_ns * k / kCoarseSteps);
    consider(-limit_ns * k / kCoarseSteps);
  }
  for (; step > kResolutionNs; step /= 2) {
    const std::int64_t centre = best;
    for (const std::int64_t shift : {centre - step / 2, centre + step / 2}) {
      if (std::abs(shift) <= limit_ns) consider(shift);
    }
  }
  return best;
}

}  // namespace rig::golden
