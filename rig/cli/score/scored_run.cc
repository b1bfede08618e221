#include "rig/cli/score/scored_run.h"

#include <fmt/format.h>

#include <filesystem>

#include "rig/base/digest.h"
#include "rig/cli/options.h"
#include "rig/record/record.h"

namespace rig {
namespace {

std::string WhyNot(const v1::RunRecord& record, const std::string& trace_sha256) {
  if (record.state() != v1::ENDED) return "is not finished; expected a run that ended";
  if (record.verdict() == v1::ERROR || record.verdict() == v1::VERDICT_UNSET) {
    return fmt::format("ended in a rig error ({}); expected a run that ended well",
                       record.error().empty() ? "no verdict" : record.error());
  }
  if (record.trace_file().sha256() != trace_sha256) {
    return "has an altered trace; expected the one that was recorded";
  }
  return "";
}

}  // namespace

Result<ScoredRun> OpenScoredRun(const std::string& run, const std::string& evidence) {
  RIG_TRY_ASSIGN(const std::string file, FindTrace(run, evidence));
  RIG_TRY_ASSIGN(v1::RunRecord record,
                 LoadRunRecord(std::filesystem::absolute(file).parent_path()));
  RIG_TRY_ASSIGN(const std::string sha256, Sha256OfFile(file));
  if (const std::string why = WhyNot(record, sha256); !why.empty()) {
    return MakeError(Code::kFailedPrecondition, fmt::format("{}: {}", run, why));
  }
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
