#pragma once

#include <string>

#include "rig/v1/record.pb.h"

namespace rig {

// What this rig is and runs on: own version and digest, host, system, who, tool versions.
v1::Environment DescribeEnvironment();

// The command line that repeats a run.
std::string ReplayCommand(const v1::RunOrder& order);

}  // namespace rig
