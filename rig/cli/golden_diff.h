#pragma once

#include "rig/base/result.h"
#include "rig/cli/golden_record.h"
#include "rig/v1/record.pb.h"

namespace rig {

// Compares a run with a golden and prints every channel, excursion and event that is outside.
// Errors: FAILED_PRECONDITION for a run of another scenario or one that has not ended well,
// DATA_LOSS for a trace altered since. A trace without the record of a run does not pass.
Result<v1::Verdict> DiffGoldenFile(const GoldenOptions& options);

}  // namespace rig
