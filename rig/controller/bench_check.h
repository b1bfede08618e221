#pragma once

#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/v1/record.pb.h"

namespace rig {

struct BenchFinding {
  std::string fixture;
  std::string what;
  std::string measured;
  std::string expected;
  v1::Verdict verdict;  // PASS or ERROR: a bench has no device failures
};

// Whether a bench is fit to run: opens every fixture, sets and measures supplies, compares what
// injectors put out with what was asked, programs and reads back the bench file's firmware, asks
// the board who it is; leaves the safe state. Errors: as LoadBench and OpenEquipment.
Result<std::vector<BenchFinding>> CheckBench(const std::string& bench_file);

}  // namespace rig
