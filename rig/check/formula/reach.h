#pragma once

#include <optional>
#include <set>
#include <string>

#include "rig/check/formula/formula.h"

namespace rig {

// What a formula looks at, told before there is a trace.

// Whether a part of the formula looks at run time 0 only: `rise(a) -> b` without an `always` passes
// whatever comes later, and so does `historically a`. Looks down from the root through `and`, `or`,
// `not`, `->`, operators of the past and windows [0 s, 0 s].
bool AsksOnlyAtStart(const Formula& formula);

// Why no trace of that length, or none that shows all the formula asks for, is long enough, as
// "what; expected what": a window that begins behind the end, or an outermost one that ends there.
std::optional<std::string> NeedsLongerThan(const Formula& formula, Duration duration);

// The channels the formula's value depends on: without those beside a constant that decides alone,
// as in `device.alive or true`.
std::set<std::string> ChannelsThatMatter(const Formula& formula);

}  // namespace rig
