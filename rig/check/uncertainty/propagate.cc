#include "rig/check/uncertainty/propagate.h"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <limits>

namespace rig::uncertainty {
namespace {

bool IsFinite(const Input& input) {
  return std::isfinite(input.derivative) && std::isfinite(input.uncertainty) &&
         input.uncertainty >= 0;
}

Status CheckCorrelations(std::size_t n, std::span<const double> r) {
  if (r.size() != n * n) {
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("{} correlation coefficients for {} inputs; expected {}", r.size(), n, n * n));
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const double coefficient = r[i * n + j];
      const bool possible = coefficient >= -1 && coefficient <= 1;
      const bool consistent = coefficient == r[j * n + i] && (i != j || coefficient == 1);
      if (possible && consistent) continue;
      return MakeError(Code::kInvalidArgument,
                       fmt::format("correlation of inputs {} and {} is {} and {}; expected equal, "
                                   "-1 to 1, and 1 of an input with itself",
                                   i + 1, j + 1, coefficient, r[j * n + i]));
    }
  }
  return {};
}

}  // namespace

double Propagate(std::span<const Input> inputs) {
  double squares = 0;
  for (const Input& input : inputs) {
    if (!IsFinite(input)) return std::numeric_limits<double>::infinity();
    // hypot: neither the square of 1e-200 nor that of 1e200 is lost.
    squares = std::hypot(squares, input.derivative * input.uncertainty);
  }
  return squares;
}

Result<double> PropagateCorrelated(std::span<const Input> inputs,
                                   std::span<const double> correlations) {
  const std::size_t n = inputs.size();
  RIG_TRY(CheckCorrelations(n, correlations));
  double variance = 0;
  double scale = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (!IsFinite(inputs[i])) return std::numeric_limits<double>::infinity();
    const double of_i = inputs[i].derivative * inputs[i].uncertainty;
    for (std::size_t j = 0; j < n; ++j) {
      const double term =
          of_i * inputs[j].derivative * inputs[j].uncertainty * correlations[i * n + j];
      variance += term;
      scale += std::fabs(term);
    }
  }
  // Inputs that cancel leave rounding errors of either sign.
  if (variance < -1e-12 * scale) {
    return MakeError(Code::kInvalidArgument,
                     "the correlation coefficients contradict each other: negative variance");
  }
  return std::sqrt(std::fmax(variance, 0));
}

}  // namespace rig::uncertainty
