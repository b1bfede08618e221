#include "rig/check/statistics/order_statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "rig/check/statistics/arguments.h"
#include "rig/check/statistics/binomial.h"
#include "rig/check/statistics/special_functions.h"

namespace rig::statistics {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

Result<std::vector<double>> Sorted(std::span<const double> values) {
  if (values.empty()) {
    return MakeError(Code::kInvalidArgument, "limits from 0 values; expected at least 1");
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    return MakeError(Code::kInvalidArgument,
                     fmt::format("value {} of {} is {}; expected a finite number", i + 1,
                                 values.size(), values[i]));
  }
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

double Interpolated(const std::vector<double>& sorted, double probability) {
  const double position = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double part = position - static_cast<double>(below);
  return sorted[below] + part * (sorted[above] - sorted[below]);
}

// The highest rank (from 0) whose value may be a lower limit of the quantile: the quantile is below
// it only when at most that many values are, P(B(n, q) <= rank) <= tail. -1: none.
std::int64_t LowerRank(double n, double probability, double tail) {
  std::int64_t low = -1;
  auto high = static_cast<std::int64_t>(n);  // P(B <= n) = 1 is above every tail
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    const bool within = BinomialCdf(n, static_cast<double>(middle), probability) <= tail;
    (within ? low : high) = middle;
  }
  return low;
}

}  // namespace

Result<QuantileEstimate> QuantileWithInterval(std::span<const double> values, double probability,
                                              double confidence) {
  RIG_TRY(CheckOpenUnit("probability of the quantile", probability));
  RIG_TRY(CheckOpenUnit("confidence", confidence));
  RIG_TRY_ASSIGN(const std::vector<double> sorted, Sorted(values));
  const auto n = static_cast<double>(sorted.size());
  const double tail = (1 - confidence) / 2;
  const std::int64_t l = LowerRank(n, probability, tail);
  // By reflection: the rank from the other end.
  const std::int64_t u = LowerRank(n, 1 - probability, tail);
  QuantileEstimate result{Interpolated(sorted, probability), -kInfinite, kInfinite, 1};
  if (l >= 0) {
    result.low = sorted[static_cast<std::size_t>(l)];
    result.confidence -= BinomialCdf(n, static_cast<double>(l), probability);
  }
  if (u >= 0) {
    result.high = sorted[sorted.size() - 1 - static_cast<std::size_t>(u)];
    result.confidence -= BinomialCdf(n, static_cast<double>(u), 1 - probability);
  }
  RIG_TRY(Finite(result.confidence, "confidence of the quantile's interval"));
  return result;
}

Result<std::int64_t> NonparametricSampleSize(ToleranceSide side, double confidence,
                                             double coverage) {
  return SampleSize(confidence, coverage, side == ToleranceSide::kBoth ? 1 : 0);
}

Result<ToleranceLimits> NonparametricTolerance(std::span<const double> values, ToleranceSide side,
                                               double confidence, double coverage) {
  RIG_TRY_ASSIGN(const std::vector<double> sorted, Sorted(values));
  const auto n = static_cast<std::int64_t>(sorted.size());
  // The share outside r spacings between neighbours is beta distributed, and at least `coverage` is
  // left with P(B(n, 1 - coverage) >= r): the claim of r - 1 failures allowed.
  RIG_TRY_ASSIGN(const std::int64_t allowed, AcceptanceNumber(n, confidence, coverage));
  const bool both = side == ToleranceSide::kBoth;
  if (allowed < (both ? 1 : 0)) {
    RIG_TRY_ASSIGN(const std::int64_t needed, NonparametricSampleSize(side, confidence, coverage));
    return MakeError(Code::kFailedPrecondition,
                     fmt::format("limits of coverage {} at confidence {} from {} values; expected "
                                 "at least {}",
                                 coverage, confidence, n, needed));
  }
  // `allowed` + 1 spacings lie outside; on one side that is one spacing beyond the values left out.
  const std::int64_t spacings = allowed + 1;
  const std::int64_t below = side == ToleranceSide::kUpper ? 0 : (both ? spacings / 2 : spacings);
  const std::int64_t above = spacings - below;
  ToleranceLimits limits{-kInfinite, kInfinite, 0, 0};
  if (below > 0) limits.low = sorted[static_cast<std::size_t>(below - 1)];
  if (above > 0) limits.high = sorted[static_cast<std::size_t>(n - above)];
  limits.left_out = std::max<std::int64_t>(below - 1, 0) + std::max<std::int64_t>(above - 1, 0);
  RIG_TRY_ASSIGN(limits.confidence, ConfidenceShown(n, allowed, coverage));
  return limits;
}

}  // namespace rig::statistics
