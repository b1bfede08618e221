#pragma once

#include <string_view>
#include <vector>

#include "rig/base/result.h"
#include "rig/base/run_time.h"
#include "rig/record/trace_reader.h"

namespace rig {

// What a channel was during one column's stretch of time: every value it had lies between low and
// high, so that a spike shorter than a column is still seen.
struct Column {
  double low = 0;
  double high = 0;
  bool known = false;
};

// A SAMPLED or STEP channel reduced to columns, in memory independent of the trace's length.
struct ChannelPicture {
  std::vector<Column> columns;
  double low = 0;  // over all columns
  double high = 0;
  std::uint64_t points = 0;  // in the stretch
  bool known = false;        // any value at all
  bool two_valued = true;    // nothing but 0 and 1
  bool only_rises = true;    // every point is above the point before
  bool constant() const { return known && !(high > low); }
};

struct Stretch {
  RunTime from;
  RunTime to;
};

// Errors: as TraceReader::ForEachBlock.
Result<ChannelPicture> ReadPicture(const TraceReader& trace, std::string_view channel,
                                   const Stretch& stretch, std::size_t columns);

// Ticks of a time axis.
struct TimeTick {
  double at = 0;  // 0..1 of the stretch
  std::string label;
};
// Round times, at most `most` of them.
std::vector<TimeTick> TimeTicks(const Stretch& stretch, int most);

}  // namespace rig
