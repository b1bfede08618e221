#pragma once

#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/check/score/seizures.h"

namespace rig {

struct EventTable {
  std::vector<score::TimedEvent> events;
  double recorded_s = 0;  // 0: the table does not tell
};

// A table of seizures, comma or tab separated with a header line: onset and duration in seconds;
// where there is eventType, rows that begin with "sz" are seizures, "bckg" is background, anything
// else is refused; recordingDuration where there is one, the same in each row. Source: BIDS events
// as SzCORE uses them (HED-SCORE). Errors: NOT_FOUND; INVALID_ARGUMENT as "file:line: what;
// expected what".
Result<EventTable> ReadEventTable(const std::string& file);
Result<EventTable> ParseEventTable(std::string_view text, const std::string& name);

}  // namespace rig
