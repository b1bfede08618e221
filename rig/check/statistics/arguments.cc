#include "rig/check/statistics/arguments.h"

#include <fmt/format.h>

#include "rig/check/statistics/binomial.h"

namespace rig::statistics {

Status CheckOpenUnit(std::string_view name, double value) {
  const bool inside = value > 0 && value < 1;
  if (inside) return {};
  return MakeError(Code::kInvalidArgument,
                   fmt::format("{} is {}; expected between 0 and 1, both excluded", name, value));
}

Status CheckCounts(std::int64_t trials, std::int64_t events, std::string_view events_name) {
  if (trials < 1) {
    return MakeError(Code::kInvalidArgument, fmt::format("{} trials; expected at least 1", trials));
  }
  if (trials > kMaximumTrials) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{} trials; expected at most {}", trials, kMaximumTrials));
  }
  if (events < 0 || events > trials) {
    return MakeError(Code::kInvalidArgument, fmt::format("{} {} in {} trials; expected 0 to {}",
                                                         events, events_name, trials, trials));
  }
  return {};
}

Result<double> Finite(double value, std::string_view what) {
  if (std::isfinite(value)) return value;
  return MakeError(Code::kInternal, fmt::format("{}: no finite value was found", what));
}

}  // namespace rig::statistics
