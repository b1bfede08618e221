#pragma once

#include <string>
#include <string_view>

#include "rig/base/result.h"
#include "rig/base/units.h"
#include "rig/check/score/alarms.h"
#include "rig/record/trace_reader.h"

namespace rig {

// A channel that is compared with a limit, or by itself: active above 0.
struct ScoreCondition {
  enum class Operator { kAbove, kAtLeast, kBelow, kAtMost };
  std::string channel;
  Operator comparison = Operator::kAbove;
  PhysicalQuantity limit;  // a plain 0 for a channel by itself
  bool negated = false;
  bool bare = true;  // no limit was written: whatever the channel's unit
};

// "truth.ecg.asystole", "not device.ok", "truth.ecg.rate < 40 bpm". Errors: INVALID_ARGUMENT.
Result<ScoreCondition> ParseScoreCondition(std::string_view text);

// The condition over a trace; unknown where the channel is. `name`: the trace's, for errors.
// Errors: NOT_FOUND without that channel, INVALID_ARGUMENT for a limit in another unit or a channel
// of text, DATA_LOSS.
Result<score::Condition> ObserveCondition(const TraceReader& trace, const ScoreCondition& condition,
                                          const std::string& name);

}  // namespace rig
