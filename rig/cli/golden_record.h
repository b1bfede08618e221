#pragma once

#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/cli/options.h"
#include "rig/v1/golden.pb.h"

namespace rig {

struct GoldenOptions : CommonOptions {
  std::string scenario;
  std::string file;
  std::string run;
  std::vector<std::string> runs;
  std::vector<std::string> channels;
  std::vector<std::string> phases;
  std::vector<std::string> phase_tolerances;
  std::string alignment;
  std::string from_inconclusive;
  std::string by;
  std::string reason;
  std::string method = "non-parametric";
  double coverage = 0.95;
  double confidence = 0.95;
  std::vector<std::string> by_time;
  std::string bench;
};

// Runs the scenario and proposes channels of it as golden; nobody has approved them yet.
Status RecordGoldenFile(const GoldenOptions& options);

// Writes a golden that reads back as one. Errors: INVALID_ARGUMENT for what no golden file may hold
// (as LoadGolden), with nothing written; as WriteFileAtomically.
Status WriteGolden(const std::string& file, const v1::Golden& golden);

// One line on which requirements the golden touches, as a person reads it.
std::string DescribeRequirements(const std::vector<std::string>& requirements);

}  // namespace rig
