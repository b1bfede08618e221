#include "rig/check/alarm/measure/measured.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rig::check {

OnTimes ReadOnTimes(const Steps& steps, std::int64_t end_ns, Span span) {
  OnTimes times;
  if (end_ns < span.until_ns) {
    times.unknown = fmt::format("the trace ends at {:.3f} s", 1e-9 * static_cast<double>(end_ns));
    return times;
  }
  const Position first = 2 * span.from_ns;
  const Position last = 2 * span.until_ns;
  bool on = false;
  for (const Step& step : Slice(steps, {first, last}, kUnknown)) {
    const std::int64_t at_ns = ToNanoseconds(step.begin);
    if (!std::isfinite(step.value)) {
      times.on.clear();
      times.unknown = fmt::format("unknown at {:.3f} s", 1e-9 * static_cast<double>(at_ns));
      return times;
    }
    const bool now = step.value > 0.5;
    if (now == on) continue;
    // A change at the very beginning is not seen as one: the value before it is outside.
    if (now) times.on.push_back({at_ns, span.until_ns, step.begin > first, false});
    if (!now) {
      times.on.back().end_ns = at_ns;
      times.on.back().end_seen = true;
    }
    on = now;
  }
  return times;
}

}  // namespace rig::check
