#pragma once

#include <string>
#include <vector>

#include "reports/channel_picture.h"
#include "reports/lanes.h"
#include "rig/record/trace_reader.h"
#include "rig/v1/record.pb.h"

namespace rig {

// An instant marked in a picture: where a failing check was decided.
struct TimeMark {
  RunTime t;
  std::string label;
};

// Lanes one below the other on one time axis, as an inline SVG without script. `shaded`: a stretch
// marked as shown enlarged elsewhere; empty: none. `id` makes the SVG's ids unique in its page.
// Errors: DATA_LOSS.
Result<std::string> WaveformSvg(const TraceReader& trace, const std::vector<Lane>& lanes,
                                const Stretch& stretch, const Stretch& shaded,
                                const std::vector<TimeMark>& marks, const std::string& id,
                                const std::string& title);

// The figures of a run: the whole run; for a long one also the 10 s around the instant that
// decided.
Result<std::string> WaveformFigures(const TraceReader& trace, const v1::RunRecord& record);

}  // namespace rig
