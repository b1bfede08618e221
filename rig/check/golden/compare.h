#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/check/tube/events.h"
#include "rig/check/tube/tube.h"
#include "rig/record/trace_reader.h"
#include "rig/v1/golden.pb.h"
#include "rig/v1/record.pb.h"

namespace rig::golden {

// One channel of a golden, compared. All times are run time of the trace.
struct ChannelComparison {
  const v1::GoldenChannel* channel = nullptr;
  TubeComparison tube;     // of a channel compared by tube
  EventComparison events;  // of one compared by events or messages
  // Tube: limit is the value tolerance at the closest place, measured the difference there.
  v1::Quantity value;
  // Tube: the time tolerance that would have been enough. Events: the latency nearest to its limit.
  v1::Quantity time;
  // The least room of all phases, in the channel's unit and in seconds; negative: outside. In time
  // -infinity where no shift explains it: events missing, extra or out of order. NaN: not known.
  double nearest_value = std::numeric_limits<double>::quiet_NaN();
  double nearest_time_s = std::numeric_limits<double>::quiet_NaN();
  std::string gap;        // what could not be compared and why; empty: nothing
  bool compared = false;  // something was
};

struct GoldenComparison {
  // How much later than the golden the run as a whole is, and that amount against the golden's
  // limit. Unknown where the golden has none.
  std::int64_t offset_ns = 0;
  v1::Quantity alignment;
  bool at_least = false;  // the shift is the end of where it was looked for, not a measurement
  std::vector<ChannelComparison> channels;
};

// FAIL where anything compared is outside; PASS where all was compared; else INCONCLUSIVE.
v1::Verdict VerdictOf(const ChannelComparison& comparison);

// A channel of a trace. Errors: NOT_FOUND for one the trace has not as values, DATA_LOSS.
Result<Curve> LoadCurve(const TraceReader& trace, const std::string& channel);

// Whether to look for the time tolerance that would have been enough: 30 more comparisons. It is
// found to kTimeResolutionNs.
constexpr std::int64_t kTimeResolutionNs = 1'000'000;
enum class TimeMargin { kMeasure, kSkip };

// Whatever the approval says. The golden must outlive the result. Errors: INVALID_ARGUMENT for a
// golden that is none (FindFormProblem), DATA_LOSS.
Result<GoldenComparison> CompareGolden(const v1::Golden& golden, const TraceReader& trace,
                                       TimeMargin time_margin);

// A place in a golden, "channels[2].points", and what is wrong with it.
struct GoldenProblem {
  std::string path;
  std::string what;
};
// What no schema says: tolerances, phases, points, and a pulse no longer than twice the time
// tolerance of a channel held and compared by tube: the tube would let a run without it pass.
std::optional<GoldenProblem> FindGoldenProblem(const v1::Golden& golden);
// The same but for the pulses: whether a comparison can be made.
std::optional<GoldenProblem> FindFormProblem(const v1::Golden& golden);

bool IsTube(const v1::GoldenChannel& channel);

// A span of golden time with one tolerance.
struct ToleranceSpan {
  std::int64_t from;
  std::int64_t to;
  Tolerance tolerance;
};
// Of a channel, in order, over all time.
std::vector<ToleranceSpan> Spans(const v1::Golden& golden, const v1::GoldenChannel& channel);

Tolerance ToleranceOf(const v1::GoldenChannel& channel);
// The channel's own and those of its phases.
std::vector<Tolerance> AllTolerances(const v1::GoldenChannel& channel);

}  // namespace rig::golden
