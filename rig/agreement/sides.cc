#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "rig/agreement/agreement.h"
#include "rig/base/digest.h"
#include "rig/base/folder.h"
#include "rig/record/condition.h"
#include "rig/record/record.h"

namespace rig {
namespace {

namespace fs = std::filesystem;
using Report = v1::AgreementReport;

// The folder's name without the attempt's number: mutants' runs have a name of their own.
std::string Stem(const std::string& run) { return run.substr(0, run.rfind('.')); }

// Names of runs count up within one folder only; the time tells between folders.
bool IsNewer(const v1::RunRecord& a, const v1::RunRecord& b) {
  return std::pair(a.started(), a.run()) > std::pair(b.started(), b.run());
}

template <typename Field>
void AddOnce(const std::string& text, Field& field) {
  if (!text.empty() && std::find(field.begin(), field.end(), text) == field.end()) {
    *field.Add() = text;
  }
}

// What the checks of a side's benches found, each fixture's rows together.
class HealthTable {
 public:
  // Errors: a line for the report when the findings are not in the evidence.
  void Add(const v1::RunRecord& record, const fs::path& evidence, EvidenceSide& side) {
    for (const v1::FixtureSeen& seen : record.health().fixtures()) {
      if (!seen_.insert(seen.SerializeAsString()).second) continue;
      *side.told.add_fixtures() = seen;
    }
    if (!record.health().findings().empty()) {
      for (const v1::HealthFinding& finding : record.health().findings()) AddFinding(finding);
      return;
    }
    const std::string& digest = record.health().sha256();
    if (digest.empty() || !shared_.insert(digest).second) return;
    const auto text = ReadFile(ObjectPath(evidence, digest));
    v1::BenchHealth health;
    if (!text || !FromJson(*text, health, digest)) {
      side.unreadable.push_back(record.run() + ": the health of its bench is not in the evidence");
      return;
    }
    for (const v1::HealthFinding& finding : health.findings()) AddFinding(finding);
  }

  void Tell(v1::AgreementSide& told) const {
    for (const auto& [key, row] : rows_) *told.add_health() = row;
  }

 private:
  void AddFinding(const v1::HealthFinding& finding) {
    v1::HealthRow& row = rows_[{finding.fixture(), finding.what()}];
    row.set_fixture(finding.fixture());
    row.set_what(finding.what());
    row.set_checks(row.checks() + 1);
    // Of several checks the worst is shown: the largest number, or else the first text that
    // differs.
    double& largest = largest_[{finding.fixture(), finding.what()}];
    const bool is_first = row.checks() == 1;
    const bool is_worse = is_first || Worst(row.worst(), finding.verdict()) != row.worst() ||
                          (finding.known() && finding.value() > largest);
    if (!is_worse) return;
    largest = finding.known() ? finding.value() : 0;
    row.set_measured(finding.measured());
    row.set_expected(finding.expected());
    row.set_worst(is_first ? finding.verdict() : Worst(row.worst(), finding.verdict()));
  }

  std::map<std::pair<std::string, std::string>, v1::HealthRow> rows_;
  std::map<std::pair<std::string, std::string>, double> largest_;
  std::set<std::string> seen_;
  std::set<std::string> shared_;
};

// What an attempt came to; rig errors and interrupted runs came to nothing.
struct Judged {
  std::string run;  // folder
  std::string condition;
  v1::Verdict verdict;
};

struct Attempts {
  v1::RunRecord newest;
  fs::path evidence;  // of the newest
  std::vector<Judged> judged;
};

// Empty: all that were judged on the newest's inputs came to its verdict.
std::string Disagreement(const Attempts& attempts) {
  const bool is_judged =
      attempts.newest.state() == v1::ENDED && attempts.newest.verdict() != v1::ERROR;
  if (!is_judged) return "";
  const std::string condition = ConditionOf(attempts.newest);
  std::string others;
  for (const Judged& one : attempts.judged) {
    if (one.condition != condition || one.verdict == attempts.newest.verdict()) continue;
    others +=
        fmt::format("{}{} on {}", others.empty() ? "" : ", ", VerdictText(one.verdict), one.run);
  }
  if (others.empty()) return "";
  return fmt::format("FLAKY: attempts on the same inputs disagree: {} on {}, {}",
                     VerdictText(attempts.newest.verdict()), attempts.newest.run(), others);
}

Status ReadFolder(const std::string& folder, std::map<std::string, Attempts>& scenarios,
                  EvidenceSide& side) {
  const auto found = ListFolder(fs::path(folder) / "runs");
  if (found ? found->empty() : found.error().code == Code::kNotFound) {
    return MakeError(Code::kNotFound,
                     fmt::format("{}: no runs; expected an evidence folder of `rig run` or "
                                 "`rig nightly`",
                                 folder));
  }
  RIG_TRY(found);
  for (const fs::path& run : *found) {
    auto record = LoadRunRecord(run);
    if (!record) {
      side.unreadable.push_back(run.string() + ": " + record.error().message);
      continue;
    }
    const auto [at, first] = scenarios.try_emplace(Stem(record->run()));
    Attempts& attempts = at->second;
    if (record->state() == v1::ENDED && record->verdict() != v1::ERROR) {
      attempts.judged.push_back({run.string(), ConditionOf(*record), record->verdict()});
    }
    if (!first && !IsNewer(*record, attempts.newest)) continue;
    attempts.newest = std::move(*record);
    attempts.evidence = folder;
  }
  return {};
}

bool Offers(const v1::Bench& bench, const std::string& needed) {
  const auto& wiring = bench.wiring();
  const auto& provided = bench.provides();
  return std::find(provided.begin(), provided.end(), needed) != provided.end() ||
         std::any_of(wiring.begin(), wiring.end(),
                     [&](const v1::Wire& wire) { return wire.signal() == needed; });
}

// What the scenario requires and no bench of the side has, which refuses to run it; empty: nothing.
std::string NotOffered(const v1::RunRecord& record, const EvidenceSide& side) {
  for (const std::string& needed : record.resolved_scenario().bench_requires()) {
    const bool offered = std::any_of(
        side.records.begin(), side.records.end(),
        [&](const v1::RunRecord& other) { return Offers(other.resolved_bench(), needed); });
    if (!offered) return needed;
  }
  return "";
}

void AddMissing(const v1::RunRecord& record, bool on_left, const EvidenceSide& other,
                v1::AgreementReport& report) {
  v1::ComparedRun& run = *report.add_runs();
  run.set_device(record.device());
  run.set_scenario(record.scenario());
  on_left ? run.set_left(record.run()) : run.set_right(record.run());
  on_left ? run.set_left_verdict(record.verdict()) : run.set_right_verdict(record.verdict());
  const char* where = on_left ? "right" : "left";
  const std::string needed = NotOffered(record, other);
  run.set_outcome(needed.empty() ? Report::MISSING : Report::ALLOWED);
  run.set_note(needed.empty()
                   ? fmt::format("{} is missing on the {}", Stem(record.run()), where)
                   : fmt::format("requires {}, which no bench on the {} provides", needed, where));
}

void AddFlaky(const char* name, const EvidenceSide& side, const std::string& record,
              v1::ComparedRun& run) {
  const auto flaky = side.flaky.find(record);
  if (flaky == side.flaky.end()) return;
  run.set_outcome(std::max(run.outcome(), Report::VERDICT_DIFFERS));
  run.set_note(
      fmt::format("{}{}{}: {}", run.note(), run.note().empty() ? "" : "; ", name, flaky->second));
}

void CountCheck(const v1::ComparedCheck& check, v1::AgreementReport& report) {
  const auto outcome = check.outcome();
  if (outcome == Report::AGREES) report.set_agree(report.agree() + 1);
  if (outcome == Report::ALLOWED) report.set_allowed(report.allowed() + 1);
  if (outcome == Report::UNEXPLAINED) report.set_unexplained(report.unexplained() + 1);
  if (outcome == Report::VERDICT_DIFFERS) report.set_verdict_differs(report.verdict_differs() + 1);
  if (outcome == Report::MISSING) report.set_missing(report.missing() + 1);
  if (outcome == Report::NOT_COMPARABLE) report.set_not_comparable(report.not_comparable() + 1);
  if (outcome == Report::AGREES && check.margins().empty()) {
    report.set_by_verdict_alone(report.by_verdict_alone() + 1);
  }
}

}  // namespace

Result<EvidenceSide> LoadSide(const std::vector<std::string>& evidence) {
  EvidenceSide side;
  side.evidence = evidence;
  std::map<std::string, Attempts> scenarios;
  for (const std::string& folder : evidence) RIG_TRY(ReadFolder(folder, scenarios, side));
  HealthTable health;
  for (auto& [stem, attempts] : scenarios) {
    v1::RunRecord& newest = attempts.newest;
    AddOnce(newest.resolved_bench().bench(), *side.told.mutable_benches());
    AddOnce(newest.environment().rig_build(), *side.told.mutable_rig_builds());
    health.Add(newest, attempts.evidence, side);
    const std::string disagreement = Disagreement(attempts);
    if (!disagreement.empty()) side.flaky[newest.run()] = disagreement;
    side.records.push_back(std::move(newest));
  }
  health.Tell(side.told);
  side.told.set_runs(static_cast<std::uint32_t>(side.records.size()));
  for (const std::string& folder : evidence) side.told.add_evidence(folder);
  for (const std::string& line : side.unreadable) side.told.add_unreadable(line);
  return side;
}

v1::AgreementReport CompareSides(const EvidenceSide& left, const EvidenceSide& right,
                                 Allowances& allowances) {
  v1::AgreementReport report;
  *report.mutable_left() = left.told;
  *report.mutable_right() = right.told;
  std::map<std::string, const v1::RunRecord*> others;
  for (const v1::RunRecord& record : right.records) others[Stem(record.run())] = &record;
  for (const v1::RunRecord& record : left.records) {
    const auto other = others.find(Stem(record.run()));
    if (other == others.end()) {
      AddMissing(record, true, right, report);
      continue;
    }
    v1::ComparedRun& run = *report.add_runs();
    run = CompareRuns(record, *other->second, allowances);
    AddFlaky("left", left, record.run(), run);
    AddFlaky("right", right, other->second->run(), run);
    others.erase(other);
  }
  for (const auto& [stem, record] : others) AddMissing(*record, false, left, report);
  for (const v1::ComparedRun& run : report.runs()) {
    report.set_outcome(std::max(report.outcome(), run.outcome()));
    for (const v1::ComparedCheck& check : run.checks()) CountCheck(check, report);
  }
  // What cannot be read may be the run that disagrees.
  if (!left.unreadable.empty() || !right.unreadable.empty()) {
    report.set_outcome(Report::NOT_COMPARABLE);
  }
  for (const std::string& file : allowances.files()) report.add_allowances(file);
  for (const std::string& idle : allowances.Idle()) report.add_idle(idle);
  return report;
}

}  // namespace rig
