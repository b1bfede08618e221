#pragma once

#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/scenario/scenario.h"
#include "rig/v1/record.pb.h"

namespace rig {

// New failures, fixed ones, margins that moved by more than a twentieth of their limit, scenarios
// that came and went.
std::vector<v1::Change> CompareNights(const v1::NightRecord& before, const v1::NightRecord& now);

// Per requirement of a device: the scenarios with a check that verifies it, and the worst of those
// checks' verdicts. `records`: of the night's runs of that device.
std::vector<v1::Coverage> CoverRequirements(const DeviceFolder& device,
                                            const std::vector<v1::RunRecord>& records);

}  // namespace rig
