#pragma once

#include <string>

#include "rig/base/result.h"
#include "rig/v1/record.pb.h"

namespace rig {

// Whether a bench is fit to run: its health (bench_health.h), and beyond what runs ask of it:
// programs and reads back the bench file's firmware, sets supplies to what the board takes and
// measures them, asks the board who it is; leaves the safe state. Outputs move in the health's
// self-tests alone, where the board has no power. Errors: as LoadBench and OpenEquipment.
Result<v1::BenchHealth> CheckBench(const std::string& bench_file);

}  // namespace rig
