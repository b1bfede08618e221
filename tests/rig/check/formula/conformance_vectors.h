#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "rig/check/formula/signal.h"
#include "rig/check/formula/stream.h"
#include "tests/rig/check/formula/foreign_notation.h"

namespace rig::check {

// What another tool says over a range of places. Of Boolean vectors: -1 false, 1 true.
struct ExpectedBounds {
  Range range;
  Bounds bounds;
};

// One line of the vectors' file in our terms.
//
// - A sample holds from its instant until the next; the trace is known up to and including its last
//   one. Of a discrete trace the samples are 1 s apart, or what the vector says, and what is
//   expected is so at the samples' instants.
// - A null is no sample: the one before goes on.
// - Where the vector says that the last segment is open at `end`, nothing is known from `end` on.
// - reelay's dense segments, (t, t'] of what goes in and of what comes out, are read as [t, t').
struct ConformanceVector {
  int id = 0;
  std::string formula;  // as the tool has it
  ForeignContext context;
  bool boolean = false;  // truth is expected, not robustness
  // What is expected at t is what the formula says as long before as it looks ahead.
  bool at_arrival = false;
  Signals signals;
  std::vector<ExpectedBounds> expected;
};

// Throws nlohmann::json::exception where a line is not as the file's others.
std::vector<ConformanceVector> LoadConformanceVectors(const std::filesystem::path& path);

}  // namespace rig::check
