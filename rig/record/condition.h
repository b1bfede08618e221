#pragma once

#include <string>

#include "rig/v1/record.pb.h"

namespace rig {

// Digest of everything a run's verdict follows from: the rig's build, firmware, bench, scenario
// with seed and order, and the contents of every input file. Runs of equal digest are attempts of
// one condition.
std::string ConditionOf(const v1::RunRecord& record);

}  // namespace rig
