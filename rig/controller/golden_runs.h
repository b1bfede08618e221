#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/check/golden/derive.h"
#include "rig/v1/golden.pb.h"
#include "rig/v1/record.pb.h"

namespace rig {

// The requirements that checks against this golden verify, over all scenarios of its device
// folder, sorted. Empty for a golden outside of one, or that no check uses.
Result<std::vector<std::string>> RequirementsOf(const std::filesystem::path& golden);

// What of a golden's file makes it unfit for the runs of today, one line each at its place: not
// approved, changed since, scenario or bench changed. `bench`: empty for the device's own.
std::vector<std::string> StaleReasons(const std::filesystem::path& golden,
                                      const std::string& bench);

// The record beside a trace file. Errors: NOT_FOUND, DATA_LOSS.
Result<v1::RunRecord> RecordOfTrace(const std::filesystem::path& trace);

// Whether tolerances of a golden may be derived from a run: ended, all its checks but the one
// against this golden passed, of the golden's scenario, bench and firmware, its trace unaltered.
// Conditions are told apart by the scenario as it ran (seed, record, parameters) and by what was
// recorded; every run on a bench with a fixture that is not virtual is one of its own. Errors:
// FAILED_PRECONDITION naming the run.
Result<DerivationRun> AsDerivationRun(const v1::Golden& golden, const std::string& trace_file);

}  // namespace rig
