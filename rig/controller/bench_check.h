#pragma once

#include <string>

#include "rig/base/result.h"
#include "rig/v1/record.pb.h"

namespace rig {

// Whether a bench is fit to run: its health (bench_health.h), and beyond what runs ask of it: sets
// and measures supplies, compares what injectors put out with what was asked, programs and reads
// back the bench file's firmware, asks the board who it is; leaves the safe state. Errors: as
// LoadBench and OpenEquipment.
Result<v1::BenchHealth> CheckBench(const std::string& bench_file);

}  // namespace rig
