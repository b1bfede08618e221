#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

#include "rig/base/result.h"

namespace rig::statistics {

// What every entry of this library asks of its arguments; `name` is the argument's in the message.

// Errors: INVALID_ARGUMENT unless 0 < value < 1.
Status CheckOpenUnit(std::string_view name, double value);
// Errors: INVALID_ARGUMENT unless 1 <= trials <= kMaximumTrials and 0 <= events <= trials.
Status CheckCounts(std::int64_t trials, std::int64_t events, std::string_view events_name);
// A computed value, or INTERNAL where it is no finite number.
Result<double> Finite(double value, std::string_view what);

}  // namespace rig::statistics
