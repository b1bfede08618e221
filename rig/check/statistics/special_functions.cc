#include "rig/check/statistics/special_functions.h"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

namespace rig::statistics {
namespace {

namespace bm = boost::math;
namespace policies = boost::math::policies;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Errors come back as NaN or infinity, never as an exception.
using Quiet = policies::policy<policies::domain_error<policies::ignore_error>,
                               policies::pole_error<policies::ignore_error>,
                               policies::overflow_error<policies::ignore_error>,
                               policies::underflow_error<policies::ignore_error>,
                               policies::denorm_error<policies::ignore_error>,
                               policies::rounding_error<policies::ignore_error>,
                               policies::indeterminate_result_error<policies::ignore_error>,
                               policies::evaluation_error<policies::ignore_error>>;

// Boost's iterations may throw whatever the policy says.
template <typename F>
double Guarded(const F& f) {
  try {
    return f();
  } catch (const std::exception&) {
    return kNan;
  }
}

bool IsProbability(double p) { return p >= 0 && p <= 1; }

}  // namespace

double BinomialCdf(double trials, double successes, double probability) {
  const bool valid = successes >= 0 && successes <= trials && IsProbability(probability);
  if (!valid) return kNan;
  if (successes == trials) return 1;
  // P(X <= k) = I_{1-p}(n - k, k + 1): as the complement in p, so that 1 - p is never rounded.
  return Guarded(
      [&] { return bm::ibetac(successes + 1, trials - successes, probability, Quiet()); });
}

double BinomialUpperTail(double trials, double successes, double probability) {
  const bool valid = successes >= 0 && successes <= trials && IsProbability(probability);
  if (!valid) return kNan;
  if (successes == 0) return 1;
  return Guarded(
      [&] { return bm::ibeta(successes, trials - successes + 1, probability, Quiet()); });
}

double BetaQuantile(double a, double b, double probability) {
  const bool valid = a > 0 && b > 0 && IsProbability(probability);
  return valid ? Guarded([&] { return bm::ibeta_inv(a, b, probability, Quiet()); }) : kNan;
}

double BetaUpperQuantile(double a, double b, double probability) {
  const bool valid = a > 0 && b > 0 && IsProbability(probability);
  return valid ? Guarded([&] { return bm::ibetac_inv(a, b, probability, Quiet()); }) : kNan;
}

double NormalCdf(double x) {
  return Guarded([&] { return 0.5 * bm::erfc(-x / std::sqrt(2.0), Quiet()); });
}

double NormalQuantile(double probability) {
  const bool valid = probability > 0 && probability < 1;
  if (!valid) return kNan;
  return Guarded([&] { return -std::sqrt(2.0) * bm::erfc_inv(2 * probability, Quiet()); });
}

double ChiSquaredUpperTail(double degrees, double x) {
  const bool valid = degrees > 0 && x >= 0;
  if (!valid) return kNan;
  if (std::isinf(x)) return 0;
  return Guarded([&] { return bm::gamma_q(degrees / 2, x / 2, Quiet()); });
}

double NonCentralTCdf(double degrees, double noncentrality, double x) {
  const bool valid = degrees > 0 && std::isfinite(noncentrality) && std::isfinite(x);
  if (!valid) return kNan;
  return Guarded([&] {
    return cdf(bm::non_central_t_distribution<double, Quiet>(degrees, noncentrality), x);
  });
}

double Integrate(const std::function<double(double)>& f, double low, double high) {
  return Guarded([&] {
    return bm::quadrature::gauss_kronrod<double, 31>::integrate(f, low, high, 12, 1e-14);
  });
}

double FindRoot(const std::function<double(double)>& f, double low, double high) {
  return Guarded([&] {
    const double at_low = f(low);
    const double at_high = f(high);
    const bool crosses = at_low <= 0 && at_high >= 0;
    if (!crosses) return kNan;
    if (at_low == 0) return low;
    if (at_high == 0) return high;
    std::uintmax_t iterations = 200;
    const auto bracket = bm::tools::toms748_solve(
        f, low, high, at_low, at_high, bm::tools::eps_tolerance<double>(51), iterations, Quiet());
    return bracket.first + (bracket.second - bracket.first) / 2;
  });
}

}  // namespace rig::statistics
