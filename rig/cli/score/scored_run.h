#pragma once

#include <string>

#include "rig/base/result.h"
#include "rig/record/trace_reader.h"
#include "rig/v1/record.pb.h"

namespace rig {

// A run that may be scored.
struct ScoredRun {
  std::string file;  // its trace
  v1::RunRecord record;
  TraceReader trace;
};

// A run by folder, name or trace file, its record beside the trace. Errors: NOT_FOUND;
// FAILED_PRECONDITION for a run that is not finished or ended in a rig error; DATA_LOSS for a trace
// that is not the one recorded.
Result<ScoredRun> OpenScoredRun(const std::string& run, const std::string& evidence);

// Runs that are scored together are of one bench and one firmware: what holds for a virtual bench
// or another build says nothing of this one. Errors: INVALID_ARGUMENT.
Status CheckOneKind(const ScoredRun& first, const ScoredRun& other);

}  // namespace rig
