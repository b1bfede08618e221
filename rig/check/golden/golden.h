#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/record/trace_reader.h"
#include "rig/v1/golden.pb.h"
#include "rig/v1/record.pb.h"

namespace rig {

struct GoldenTolerance {
  std::string channel;
  double value;  // SI unit of the channel
  Duration time;
};

// A golden, not yet approved, from the named channels of a trace.
Result<v1::Golden> RecordGolden(const TraceReader& trace,
                                const std::vector<GoldenTolerance>& channels);

// Signs the present contents. Errors: INVALID_ARGUMENT for an empty name or reason.
Status ApproveGolden(v1::Golden& golden, const std::string& by, const std::string& reason,
                     const std::string& now_utc);

// SHA-256 over everything that is approved, as approval binds it: where the golden comes from, the
// channels, and who approved it when and why.
std::string GoldenContentSha256(const v1::Golden& golden);

// Judges a trace against a golden: every value within the tube of the golden's values over ± time
// tolerance widened by ± value tolerance. INCONCLUSIVE when not approved, approved for other
// contents, or recorded from another scenario (stale). `scenario_sha256`: of the scenario file now;
// empty to skip that comparison.
Result<v1::CheckResult> JudgeGolden(const v1::Golden& golden, const TraceReader& trace,
                                    const std::string& scenario_sha256);

// One line per channel: closest approach and every excursion (start, length, depth).
Result<std::vector<std::string>> DiffGolden(const v1::Golden& golden, const TraceReader& trace);

}  // namespace rig
