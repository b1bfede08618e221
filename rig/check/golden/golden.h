#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/base/strict_yaml.h"
#include "rig/check/uncertainty/budget.h"
#include "rig/record/trace_reader.h"
#include "rig/v1/golden.pb.h"
#include "rig/v1/record.pb.h"
#include "rig/v1/scenario.pb.h"

namespace rig {

// A golden, not yet approved, from channels of a trace. `wanted` names them with their tolerances
// and how they are compared; unit, end and points are filled in. Errors: INVALID_ARGUMENT for a
// channel that is no reference: absent, without a value somewhere, too dense for a file.
Result<v1::Golden> RecordGolden(const TraceReader& trace,
                                const std::vector<v1::GoldenChannel>& wanted,
                                const std::vector<v1::GoldenPhase>& phases = {});

struct LoadedGolden {
  v1::Golden message;
  SourceMap where;
};
// Errors: as LoadYamlFile, also for contents that cannot be compared with, at file:line:column.
Result<LoadedGolden> LoadGolden(const std::filesystem::path& file);
Result<LoadedGolden> LoadGoldenText(std::string_view text, const std::string& file_name);

// Whether the runs of a scenario can have what the golden holds. `channels`: name → SI unit of
// everything they record (messages are not among it); `duration_ns`: 0 when it is not known.
// Errors: INVALID_ARGUMENT at the place in the golden's file.
Status CheckGoldenAgainst(const LoadedGolden& golden,
                          const std::map<std::string, std::string>& channels,
                          std::int64_t duration_ns);

// Signs the present contents. Errors: INVALID_ARGUMENT for an empty name or reason.
Status ApproveGolden(v1::Golden& golden, const std::string& by, const std::string& reason,
                     const std::string& now_utc);

// SHA-256 over everything that is approved, as approval binds it: all of the golden as it is
// written to its file, but the digest itself.
std::string GoldenContentSha256(const v1::Golden& golden);

// What a run was made of. Empty fields are not compared.
struct RunOrigin {
  std::string scenario;  // name
  std::string scenario_sha256;
  std::string bench_sha256;
};

// Why a golden must not be compared with such a run, in one line, empty if it may be: not approved,
// changed since approval, of another scenario, stale.
std::string WhyNotValid(const v1::Golden& golden, const RunOrigin& run);

// Judges a trace against a golden. INCONCLUSIVE without comparing where WhyNotValid says why; where
// the uncertainty of a channel straddles its tolerance, in value or in time, `rule` decides. The
// golden itself counts as exact: it is what was approved. Errors: INVALID_ARGUMENT for a golden
// that is none; DATA_LOSS.
Result<v1::CheckResult> JudgeGolden(const v1::Golden& golden, const TraceReader& trace,
                                    const RunOrigin& run, const uncertainty::Budgets& budgets,
                                    v1::DecisionRule rule);

}  // namespace rig
