#pragma once

#include <set>
#include <string>
#include <string_view>

#include "rig/base/result.h"

namespace rig::check {

// What a formula of another tool leaves to its surroundings.
struct ForeignContext {
  std::set<std::string> flags;  // names of Boolean signals
  std::string time_unit = "s";  // of bounds that name none; also the time from sample to sample
};

// A formula of rtamt, reelay, R2U2 (C2PO), STLRom, MoonLight or py-metric-temporal-logic in our
// language. One grammar covers them, as no two of them give the same sign different meanings:
//
// - a value where a condition is expected, `always(x)`, is the robustness of that place: `x >= 0`;
// - `[2]` is [0, 2], `[:2]` is [0, 2], `[2:]` is [2, end]; `{ }` are parentheses; `out = ` is
//   dropped; `x[t]` is x;
// - `next`, `prev`, `pre` are the same condition one sample later or earlier.
//
// Errors: INVALID_ARGUMENT at what has no place in this grammar.
Result<std::string> FromForeign(std::string_view text, const ForeignContext& context);

}  // namespace rig::check
