#include "rig/check/statistics/binomial.h"

#include <fmt/format.h>

#include "rig/check/statistics/arguments.h"
#include "rig/check/statistics/special_functions.h"

namespace rig::statistics {
namespace {

// 1 - C and 1 - R are rounded; where a plan meets its risk exactly (C = 0.75, R = 0.5, n = 2) the
// last bits must not cost a trial.
constexpr double kRounding = 1 + 1e-12;

// The risk that a device of just the reliability claimed passes the plan is small enough.
bool Supports(std::int64_t trials, std::int64_t failures, double confidence, double reliability) {
  if (failures > trials) return false;
  const auto n = static_cast<double>(trials);
  const auto passes = static_cast<double>(trials - failures);
  // P(failures <= f) as P(passes >= n - f): the reliability enters unrounded.
  return BinomialUpperTail(n, passes, reliability) <= (1 - confidence) * kRounding;
}

}  // namespace

Result<std::int64_t> SampleSize(double confidence, double reliability,
                                std::int64_t failures_allowed) {
  RIG_TRY(CheckOpenUnit("confidence", confidence));
  RIG_TRY(CheckOpenUnit("reliability", reliability));
  if (failures_allowed < 0 || failures_allowed > kMaximumTrials) {
    return MakeError(Code::kInvalidArgument, fmt::format("{} failures allowed; expected 0 to {}",
                                                         failures_allowed, kMaximumTrials));
  }
  std::int64_t high = failures_allowed + 1;
  while (!Supports(high, failures_allowed, confidence, reliability)) {
    high *= 2;
    if (high > kMaximumTrials) {
      return MakeError(Code::kOutOfRange,
                       fmt::format("confidence {} in reliability {} with {} failures needs more "
                                   "than {} trials",
                                   confidence, reliability, failures_allowed, kMaximumTrials));
    }
  }
  std::int64_t low = failures_allowed;  // never supports: nothing passed
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (Supports(middle, failures_allowed, confidence, reliability) ? high : low) = middle;
  }
  return high;
}

Result<std::int64_t> AcceptanceNumber(std::int64_t trials, double confidence, double reliability) {
  RIG_TRY(CheckOpenUnit("confidence", confidence));
  RIG_TRY(CheckOpenUnit("reliability", reliability));
  RIG_TRY(CheckCounts(trials, 0, "failures"));
  std::int64_t low = -1;
  std::int64_t high = trials;  // never supports: nothing passed
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (Supports(trials, middle, confidence, reliability) ? low : high) = middle;
  }
  return low;
}

Result<double> ReliabilityShown(std::int64_t trials, std::int64_t failures, double confidence) {
  RIG_TRY(CheckCounts(trials, failures, "failures"));
  return ClopperPearsonLower(trials, trials - failures, confidence);
}

Result<double> ConfidenceShown(std::int64_t trials, std::int64_t failures, double reliability) {
  RIG_TRY(CheckOpenUnit("reliability", reliability));
  RIG_TRY(CheckCounts(trials, failures, "failures"));
  if (failures == trials) return 0;
  // 1 - P(passes >= n - f) = P(passes <= n - f - 1).
  return Finite(BinomialCdf(static_cast<double>(trials), static_cast<double>(trials - failures - 1),
                            reliability),
                "confidence shown");
}

Result<double> ClopperPearsonUpper(std::int64_t trials, std::int64_t events, double confidence) {
  RIG_TRY(CheckOpenUnit("confidence", confidence));
  RIG_TRY(CheckCounts(trials, events, "events"));
  if (events == trials) return 1;
  return Finite(BetaUpperQuantile(static_cast<double>(events + 1),
                                  static_cast<double>(trials - events), 1 - confidence),
                "Clopper-Pearson upper limit");
}

Result<double> ClopperPearsonLower(std::int64_t trials, std::int64_t events, double confidence) {
  RIG_TRY(CheckOpenUnit("confidence", confidence));
  RIG_TRY(CheckCounts(trials, events, "events"));
  if (events == 0) return 0;
  return Finite(BetaQuantile(static_cast<double>(events), static_cast<double>(trials - events + 1),
                             1 - confidence),
                "Clopper-Pearson lower limit");
}

Result<Interval> ClopperPearson(std::int64_t trials, std::int64_t events, double confidence) {
  RIG_TRY(CheckOpenUnit("confidence", confidence));
  const double one_sided = 1 - (1 - confidence) / 2;
  RIG_TRY_ASSIGN(const double low, ClopperPearsonLower(trials, events, one_sided));
  RIG_TRY_ASSIGN(const double high, ClopperPearsonUpper(trials, events, one_sided));
  return Interval{low, high};
}

}  // namespace rig::statistics
