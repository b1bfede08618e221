#pragma once

#include <chrono>
#include <functional>

#include "rig/base/result.h"
#include "rig/base/run_time.h"
#include "rig/v1/record.pb.h"

namespace rig {

// Wall time without any progress after which a run is taken to hang.
inline constexpr std::chrono::minutes kHangLimit{2};

// Carries out one order in this process: loads, runs, judges, and leaves order.json, trace.h5 and
// record.json in the run folder. Never returns without a record; what went wrong with the rig is
// its ERROR.
//
// The record is first written as RUNNING, so that a process that dies leaves one that is no pass. A
// real bench is held (HeldBench) while it is used; its guard ends this process when it makes no
// progress for `hang_limit`.
v1::RunRecord PerformOrder(const v1::RunOrder& order, const std::function<void(RunTime)>& progress,
                           std::chrono::milliseconds hang_limit = kHangLimit);

// Makes the run folder of the next attempt of a scenario, exclusively, and names it in the order.
// Errors: UNAVAILABLE, RESOURCE_EXHAUSTED naming the folder.
Status OpenRunFolder(const std::string& device, const std::string& scenario, v1::RunOrder& order);

std::string RunFolder(const v1::RunOrder& order);

// Ends a record as the rig's failure: verdict ERROR, every check that has not been judged an ERROR
// too.
void EndWithError(v1::RunRecord& record, const std::string& error);

// Wall time now, ISO 8601 in UTC, "2026-01-31T04:05:06Z".
std::string NowUtc();

}  // namespace rig
