#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/check/tube/events.h"
#include "rig/check/tube/tube.h"
#include "rig/v1/golden.pb.h"

// The lines of a golden channel, and what of a trace becomes lines.
namespace rig::golden {

// Errors: INVALID_ARGUMENT, naming channel and line, for points that are malformed, not finite, not
// in order (two of one time are a jump where straight lines join them), or behind the end.
Result<Curve> ReadGoldenCurve(const v1::GoldenChannel& channel);
// Of the comparisons `events` and `messages`. Errors: the same.
Result<std::vector<Event>> ReadGoldenEvents(const v1::GoldenChannel& channel);

// "12.5 0.001": exact, and short enough to diff.
std::string WriteGoldenPoint(std::int64_t ns, double value);
// "12.5 s"
std::string ShowTime(std::int64_t ns);

// What the curve's changes by more than `tolerance` are, and its first value.
std::vector<Event> EventsOf(const Curve& curve, double tolerance);

// The samples that must be kept so that at every time the curve through them differs by no more
// than a quarter of the channel's smallest tolerance there.
std::vector<Sample> Thinned(const Curve& curve, const std::vector<Tolerance>& tolerances);

}  // namespace rig::golden
