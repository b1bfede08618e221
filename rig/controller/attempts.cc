#include "rig/controller/attempts.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "rig/record/record.h"

namespace rig {
namespace {

// The folder's name without the attempt's number: "<device>.<scenario>.".
std::string Stem(const v1::RunRecord& record) {
  const std::size_t dot = record.run().rfind('.');
  return dot == std::string::npos ? "" : record.run().substr(0, dot + 1);
}

}  // namespace

std::vector<v1::RunRecord> EarlierAttempts(const std::string& evidence,
                                           const v1::RunRecord& record) {
  std::vector<v1::RunRecord> earlier;
  const std::string stem = Stem(record);
  if (stem.empty()) return earlier;
  const std::string condition = ConditionOf(record);
  std::error_code ignored;  // no runs: none was earlier
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(evidence) / "runs", ignored)) {
    const std::string run = entry.path().filename().string();
    const bool is_attempt = run.starts_with(stem) && run != record.run() &&
                            run.find_first_not_of("0123456789", stem.size()) == std::string::npos;
    if (!is_attempt) continue;
    auto found = LoadRunRecord(entry.path());
    // What was never written or is interrupted came to no verdict.
    if (!found || found->state() != v1::ENDED || ConditionOf(*found) != condition) continue;
    earlier.push_back(std::move(*found));
  }
  std::sort(earlier.begin(), earlier.end(),
            [](const auto& a, const auto& b) { return a.run() > b.run(); });
  return earlier;
}

std::string Disagreement(const v1::RunRecord& record, const std::vector<v1::RunRecord>& earlier,
                         const std::vector<std::string>& retried) {
  std::string why;
  for (const v1::RunRecord& attempt : earlier) {
    if (attempt.verdict() == record.verdict()) continue;
    const bool same_night =
        std::find(retried.begin(), retried.end(), attempt.run()) != retried.end();
    const bool error = attempt.verdict() == v1::ERROR || record.verdict() == v1::ERROR;
    if (error && !same_night) continue;
    why += fmt::format("{}{} on {}", why.empty() ? "" : ", ", VerdictText(attempt.verdict()),
                       attempt.run());
  }
  if (why.empty()) return why;
  return fmt::format("FLAKY: attempts on the same inputs disagree: {} on {}, {}",
                     VerdictText(record.verdict()), record.run(), why);
}

void MarkFlaky(const std::string& why, v1::RunRecord& record) {
  if (record.verdict() == v1::PASS) record.set_verdict(v1::INCONCLUSIVE);
  for (v1::CheckResult& check : *record.mutable_checks()) {
    if (check.verdict() != v1::PASS) continue;
    check.set_verdict(v1::INCONCLUSIVE);
    check.set_reason(why + "; " + check.reason());
  }
}

}  // namespace rig
