#pragma once

#include <string>

#include "rig/record/trace_reader.h"
#include "rig/v1/record.pb.h"

namespace rig {

// Start-up graph and trumpet curve of each flow check of a run, with its limits, as figures;
// empty for a run without such checks. What could not be analysed is said instead of drawn.
// Errors: DATA_LOSS.
Result<std::string> FlowFigures(const TraceReader& trace, const v1::RunRecord& record);

}  // namespace rig
