#include "rig/check/statistics/tolerance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rig/check/statistics/arguments.h"
#include "rig/check/statistics/special_functions.h"

namespace rig::statistics {
namespace {

constexpr std::int64_t kMaximumValues = 100'000;
// Standard deviations beyond which the normal density is below 1e-38 and does not count.
constexpr double kTail = 13;

Status CheckAsked(std::int64_t n, double confidence, double coverage) {
  if (n < 2 || n > kMaximumValues) {
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("a tolerance interval from {} values; expected 2 to {}", n, kMaximumValues));
  }
  RIG_TRY(CheckOpenUnit("confidence", confidence));
  return CheckOpenUnit("coverage", coverage);
}

double NormalDensity(double x) {
  constexpr double kOneOverRootTwoPi = 0.398942280401432677939946;
  return kOneOverRootTwoPi * std::exp(-0.5 * x * x);
}

// Half-width around `center`, in standard deviations, that holds `coverage` of a normal
// distribution: r with Phi(c + r) - Phi(c - r) = coverage, for c >= 0.
double HalfWidth(double center, double coverage) {
  const double at_center = NormalQuantile((1 + coverage) / 2);
  // One side alone holds less than both: the answer lies between the centred one and that one.
  const double high = center + std::fmax(at_center, NormalQuantile(coverage)) + 1e-9;
  return FindRoot(
      [&](double r) {
        // Tails, not their complements, so that a coverage close to 1 keeps its digits.
        return (1 - coverage) - (NormalCdf(center - r) + NormalCdf(-center - r));
      },
      at_center * (1 - 1e-12), high);
}

// The confidence that m ± k s holds `coverage`: the mean's error is normal with variance 1 / n, and
// given it, s must be at least HalfWidth / k.
double TwoSidedConfidence(double n, double k, double coverage) {
  const double root_n = std::sqrt(n);
  const auto at = [&](double z) {
    const double ratio = HalfWidth(z / root_n, coverage) / k;
    return 2 * NormalDensity(z) * ChiSquaredUpperTail(n - 1, (n - 1) * ratio * ratio);
  };
  // In pieces: the chi-squared tail falls steeply where n is large.
  double sum = 0;
  for (int piece = 0; piece < 6; ++piece) {
    sum += Integrate(at, piece * kTail / 6, (piece + 1) * kTail / 6);
  }
  return sum;
}

// The upper end of a bracket [low, high] of an increasing function's root, by doubling.
double BracketAbove(const std::function<double(double)>& f, double low) {
  double high = low;
  for (int i = 0; i < 200 && f(high) < 0; ++i) high *= 2;
  return high;
}

}  // namespace

Result<double> OneSidedToleranceFactor(std::int64_t n, double confidence, double coverage) {
  RIG_TRY(CheckAsked(n, confidence, coverage));
  const auto values = static_cast<double>(n);
  const double z = NormalQuantile(coverage);
  const double noncentrality = z * std::sqrt(values);
  const auto excess = [&](double k) {
    return NonCentralTCdf(values - 1, noncentrality, k * std::sqrt(values)) - confidence;
  };
  const double high = excess(std::fmax(z, 0) + 1) >= 0 ? std::fmax(z, 0) + 1
                                                       : BracketAbove(excess, std::fmax(z, 0) + 1);
  double low = std::fmin(z, 0) - 1;
  for (int i = 0; i < 200 && excess(low) > 0; ++i) low *= 2;
  return Finite(FindRoot(excess, low, high), "one-sided tolerance factor");
}

Result<double> TwoSidedToleranceFactor(std::int64_t n, double confidence, double coverage) {
  RIG_TRY(CheckAsked(n, confidence, coverage));
  const auto excess = [&](double k) {
    return TwoSidedConfidence(static_cast<double>(n), k, coverage) - confidence;
  };
  const double start = NormalQuantile((1 + coverage) / 2);
  double low = start / 2;
  for (int i = 0; i < 200 && excess(low) > 0; ++i) low /= 2;
  return Finite(FindRoot(excess, low, BracketAbove(excess, start)), "two-sided tolerance factor");
}

}  // namespace rig::statistics
