#include "rig/cli/show.h"

#include <fmt/format.h>

#include <map>

#include "reports/reports.h"
#include "rig/base/units.h"
#include "rig/cli/terminal.h"
#include "rig/controller/qualify.h"
#include "rig/record/record.h"

namespace rig {
namespace {

std::string MarginText(const v1::Quantity& quantity) {
  if (!quantity.known()) return "";
  return fmt::format("{} of {}", Display(quantity.margin(), quantity.unit()),
                     ShowOnScale(quantity, quantity.limit()));
}

std::string_view ChangeText(v1::Change::Kind kind) {
  switch (kind) {
    case v1::Change::NEW_FAILURE:
      return "new failure";
    case v1::Change::FIXED_FAILURE:
      return "fixed";
    case v1::Change::MARGIN_MOVED:
      return "margin moved";
    case v1::Change::ADDED:
      return "added";
    case v1::Change::REMOVED:
      return "removed";
    default:
      return "?";
  }
}

void ShowTable(const TextTable& table) { fmt::print("{}", RenderTable(table, UseColour(stdout))); }

}  // namespace

void ShowRun(const v1::RunRecord& record, const std::string& evidence) {
  fmt::print("\n{} · {} · {}\n", record.device(), record.scenario(), record.title());
  const v1::Identity& firmware = record.firmware().identity();
  fmt::print("firmware {} {} build {}, seed {}, {:.1f} s of device time in {:.1f} s\n",
             firmware.device(), firmware.version(), firmware.build(), record.seed(),
             record.device_s(), record.wall_s());
  TextTable table{{"check", "verdict", "margin", "in time", "requirements", "reason"}, {}};
  for (const v1::CheckResult& check : record.checks()) {
    std::string ids;
    for (const std::string& id : check.verifies()) ids += (ids.empty() ? "" : " ") + id;
    table.rows.push_back({check.id(), std::string(VerdictText(check.verdict())),
                          MarginText(check.value()), MarginText(check.time()), ids,
                          check.reason()});
  }
  ShowTable(table);
  if (!record.error().empty()) fmt::print("rig error: {}\n", record.error());
  fmt::print("verdict {}; trace SHA-256 {}; evidence {}/runs/{}\n", VerdictText(record.verdict()),
             record.trace().sha256(), evidence, record.run());
}

void ShowNight(const v1::NightRecord& night) {
  ShowTable(SummaryTable(night));
  std::map<v1::Verdict, int> counts;
  double device_s = 0;
  for (const v1::NightRun& run : night.runs()) {
    ++counts[run.verdict()];
    device_s += run.device_s();
    if (!run.error().empty())
      fmt::print("rig error: {}/{}: {}\n", run.device(), run.scenario(), run.error());
    if (!run.flaky().empty()) fmt::print("{}/{}: {}\n", run.device(), run.scenario(), run.flaky());
  }
  for (const v1::NightRun& run : night.runs()) {
    for (const std::string& attempt : run.earlier_attempts()) {
      fmt::print("ran again: {}/{}; before: {}\n", run.device(), run.scenario(), attempt);
    }
  }
  for (const v1::Coverage& coverage : night.coverage()) {
    if (coverage.verdict() != v1::VERDICT_UNSET) continue;
    fmt::print("not covered: {} {} ({})\n", coverage.device(), coverage.requirement(),
               coverage.not_covered().empty() ? "no scenario verifies it" : coverage.not_covered());
  }
  if (night.left_out_size() > 0) {
    fmt::print("left out, for want of --recordings FOLDER: {}\n",
               fmt::join(night.left_out(), ", "));
  }
  if (!night.previous().empty()) {
    fmt::print(
        "compared with {}: {}\n", night.previous(),
        night.changes().empty() ? "no change" : fmt::format("{} changes", night.changes_size()));
    for (const v1::Change& change : night.changes()) {
      fmt::print("  {:12} {}/{}: {}\n", ChangeText(change.kind()), change.device(),
                 change.scenario(), change.text());
    }
  }
  std::string totals;
  for (const auto& [verdict, count] : counts) {
    totals += fmt::format("{}{} {}", totals.empty() ? "" : ", ", count, VerdictText(verdict));
  }
  fmt::print("{} scenarios: {}; {:.0f} min of device time; verdict {}\n", night.runs_size(), totals,
             device_s / 60, VerdictText(night.verdict()));
}

void ShowQualification(const v1::Qualification& qualification) {
  TextTable table{{"mutant", "violates", "killed", "by", "reason"}, {}};
  int killed = 0;
  for (const v1::MutantResult& mutant : qualification.mutants()) {
    killed += mutant.killed() ? 1 : 0;
    table.rows.push_back({mutant.id(), mutant.violates(), mutant.killed() ? "killed" : "SURVIVED",
                          mutant.killed_by(), mutant.reason()});
  }
  ShowTable(table);
  fmt::print("{}: good firmware {} in {} scenarios; {} of {} mutants killed; verdict {}\n",
             qualification.device(), VerdictText(qualification.good()),
             qualification.good_runs_size(), killed, qualification.mutants_size(),
             VerdictText(QualificationVerdict(qualification)));
  for (const v1::NightRun& run : qualification.good_runs()) {
    if (run.verdict() == v1::PASS) continue;
    fmt::print("  good firmware: {} {}: {}\n", run.scenario(), VerdictText(run.verdict()),
               run.error().empty() ? run.worst_check() : run.error());
  }
}

}  // namespace rig
