#include "rig/cli/score/scored_run.h"

#include <fmt/format.h>

#include <filesystem>

#include "rig/cli/options.h"
#include "rig/record/record.h"

namespace rig {
Result<ScoredRun> OpenScoredRun(const std::string& run, const std::string& evidence) {
  RIG_TRY_ASSIGN(const std::string file, FindTrace(run, evidence));
  RIG_TRY_ASSIGN(v1::RunRecord record,
                 LoadRunRecord(std::filesystem::absolute(file).parent_path()));
  RIG_TRY(CheckWholeRun(record, file));
  RIG_TRY_ASSIGN(TraceReader trace, TraceReader::Open(file));
  return ScoredRun{file, std::move(record), std::move(trace)};
}

Status CheckOneKind(const ScoredRun& first, const ScoredRun& other) {
  const auto refuse = [&](const char* what) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: ran {} than {}; expected runs of one bench and one firmware, "
                                 "score others apart",
                                 other.file, what, first.file));
  };
  if (first.record.bench_file().sha256() != other.record.bench_file().sha256()) {
    return refuse("on another bench");
  }
  if (first.record.firmware().sha256() != other.record.firmware().sha256()) {
    return refuse("other firmware");
  }
  return {};
}

}  // namespace rig
