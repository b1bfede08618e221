#include "rig/check/score/intervals.h"

#include <fmt/format.h>

#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "rig/check/statistics/binomial.h"

namespace rig::score {
namespace {

namespace policies = boost::math::policies;
using NoThrow = policies::policy<policies::domain_error<policies::errno_on_error>,
                                 policies::pole_error<policies::errno_on_error>,
                                 policies::overflow_error<policies::errno_on_error>,
                                 policies::evaluation_error<policies::errno_on_error>,
                                 policies::promote_double<false>>;

}  // namespace

Result<Estimate> ShareOf(const Fraction& fraction, std::int64_t open) {
  if (fraction.trials <= 0) return MakeError(Code::kInvalidArgument, "nothing was counted");
  const std::int64_t all = fraction.trials + open;
  RIG_TRY_ASSIGN(const statistics::Interval least,
                 statistics::ClopperPearson(all, fraction.hits, kConfidence));
  RIG_TRY_ASSIGN(const statistics::Interval most,
                 statistics::ClopperPearson(all, fraction.hits + open, kConfidence));
  return Estimate{static_cast<double>(fraction.hits) / static_cast<double>(fraction.trials),
                  least.low, most.high};
}

Result<Estimate> RateOf(std::int64_t events, double exposure, std::int64_t open) {
  const bool meaningful = events >= 0 && open >= 0 && exposure > 0 && std::isfinite(exposure);
  if (!meaningful) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{} events in {}: expected a count and an observed time above 0",
                                 events, exposure));
  }
  constexpr double kTail = (1 - kConfidence) / 2;
  // Half a chi-squared quantile with 2 k degrees of freedom is a gamma quantile of shape k.
  const auto k = static_cast<double>(events);
  const double low = events == 0 ? 0 : boost::math::gamma_p_inv(k, kTail, NoThrow());
  const double high = boost::math::gamma_q_inv(k + static_cast<double>(open) + 1, kTail, NoThrow());
  if (!std::isfinite(low) || !std::isfinite(high)) {
    return MakeError(Code::kInternal, fmt::format("no interval for {} events", events));
  }
  return Estimate{k / exposure, low / exposure, high / exposure};
}

}  // namespace rig::score
