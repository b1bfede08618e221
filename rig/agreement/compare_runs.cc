#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "rig/agreement/agreement.h"
#include "rig/record/record.h"

namespace rig {
namespace {

using Report = v1::AgreementReport;

// Numbers that are equal but for the rounding of doubles, on the way to a difference.
constexpr double kRounding = 1e-9;

std::string FileName(const v1::File& file) {
  return std::filesystem::path(file.path()).filename().string();
}

// Files that both runs used under one name: requirements, recordings, goldens. Benches differ; so
// do the files that only one of them has.
std::string OtherInput(const v1::RunRecord& left, const v1::RunRecord& right) {
  std::multimap<std::string, std::string> digests;
  for (const v1::File& file : left.inputs()) {
    if (file.sha256() != left.bench_file().sha256()) digests.emplace(FileName(file), file.sha256());
  }
  for (const v1::File& file : right.inputs()) {
    if (file.sha256() == right.bench_file().sha256()) continue;
    const auto [first, last] = digests.equal_range(FileName(file));
    const bool known =
        std::any_of(first, last, [&](const auto& d) { return d.second == file.sha256(); });
    if (first != last && !known) return FileName(file);
  }
  return "";
}

// Why two runs are no two runs of the same; empty: they are.
std::string WhyNotComparable(const v1::RunRecord& left, const v1::RunRecord& right) {
  for (const auto& [record, side] : {std::pair(&left, "left"), std::pair(&right, "right")}) {
    if (record->state() != v1::ENDED) return fmt::format("the run on the {} has not ended", side);
    if (record->verdict() == v1::ERROR) {
      return fmt::format("rig error on the {}: {}", side,
                         record->error().empty() ? "of one of its checks" : record->error());
    }
    if (!record->stopped().empty()) {
      return fmt::format("the run on the {} was stopped early: {}", side, record->stopped());
    }
    if (record->scenario_file().sha256().empty() || record->firmware().sha256().empty() ||
        record->bench_file().sha256().empty()) {
      return fmt::format("the record on the {} does not say which scenario, firmware or bench",
                         side);
    }
  }
  // One run with itself, too: that a bench agrees with itself tells nothing of another.
  if (left.bench_file().sha256() == right.bench_file().sha256()) {
    return "both on one bench: " + right.bench_file().path();
  }
  if (left.scenario_file().sha256() != right.scenario_file().sha256())
    return "another scenario file";
  if (left.firmware().sha256() != right.firmware().sha256()) {
    return fmt::format("another firmware: {:.12} and {:.12}", left.firmware().sha256(),
                       right.firmware().sha256());
  }
  if (left.seed() != right.seed()) {
    return fmt::format("another seed: {} and {}", left.seed(), right.seed());
  }
  if (ToJson(left.resolved_scenario()) != ToJson(right.resolved_scenario())) {
    return "another scenario: parameters, recording or duration";
  }
  const std::string other = OtherInput(left, right);
  return other.empty() ? "" : "another " + other;
}

class Comparison {
 public:
  Comparison(const v1::RunRecord& left, const v1::RunRecord& right, Allowances& allowances)
      : left_(left), right_(right), allowances_(allowances) {}

  void CompareChecks(v1::ComparedRun& run) {
    // Ids in the order of the left; one that is there twice is compared in its order.
    std::map<std::string, std::vector<const v1::CheckResult*>> others;
    for (const v1::CheckResult& check : right_.checks()) others[check.id()].push_back(&check);
    for (const v1::CheckResult& check : left_.checks()) {
      auto& same = others[check.id()];
      if (same.empty()) {
        Miss(check, "right", *run.add_checks());
        continue;
      }
      CompareCheck(check, *same.front(), *run.add_checks());
      same.erase(same.begin());
    }
    for (const auto& [id, rest] : others) {
      for (const v1::CheckResult* check : rest) Miss(*check, "left", *run.add_checks());
    }
  }

 private:
  static void Miss(const v1::CheckResult& check, const char* side, v1::ComparedCheck& compared) {
    compared.set_id(check.id());
    const bool on_left = std::string_view(side) == "right";
    on_left ? compared.set_left(check.verdict()) : compared.set_right(check.verdict());
    compared.set_outcome(Report::MISSING);
    compared.set_note(fmt::format("missing on the {}", side));
  }

  void CompareCheck(const v1::CheckResult& left, const v1::CheckResult& right,
                    v1::ComparedCheck& compared) {
    compared.set_id(left.id());
    compared.set_left(left.verdict());
    compared.set_right(right.verdict());
    const std::string problem = Incomparable(left, right);
    if (!problem.empty()) {
      compared.set_outcome(Report::NOT_COMPARABLE);
      compared.set_note(problem);
      return;
    }
    compared.set_outcome(Report::AGREES);
    if (left.verdict() != right.verdict()) {
      compared.set_outcome(Report::VERDICT_DIFFERS);
      compared.set_note(fmt::format("left: {}; right: {}", left.reason(), right.reason()));
    }
    CompareMargin(left, left.value(), right.value(), v1::MARGIN, compared);
    CompareMargin(left, left.time(), right.time(), v1::TIME_MARGIN, compared);
    for (const v1::ComparedMargin& margin : compared.margins()) {
      compared.set_outcome(std::max(compared.outcome(), margin.outcome()));
    }
  }

  static std::string Incomparable(const v1::CheckResult& left, const v1::CheckResult& right) {
    for (const v1::CheckResult* check : {&left, &right}) {
      if (check->verdict() == v1::ERROR) return "rig error: " + check->reason();
      if (check->verdict() == v1::VERDICT_UNSET) return "was never judged";
    }
    if (left.text() != right.text() || left.formula() != right.formula()) {
      return fmt::format("another check: {} and {}", left.formula(), right.formula());
    }
    // What could not be judged has no rule, and a verdict that tells so.
    const bool both_judged = !left.decision_rule().empty() && !right.decision_rule().empty();
    if (both_judged && left.decision_rule() != right.decision_rule()) {
      return "another decision rule";
    }
    return "";
  }

  void CompareMargin(const v1::CheckResult& check, const v1::Quantity& left,
                     const v1::Quantity& right, v1::Compared of, v1::ComparedCheck& compared) {
    if (!left.known() && !right.known()) return;
    v1::ComparedMargin& margin = *compared.add_margins();
    margin.set_of(of);
    margin.set_unit(left.known() ? left.unit() : right.unit());
    margin.set_left(left.margin());
    margin.set_right(right.margin());
    if (left.known() != right.known()) {
      margin.set_outcome(Report::UNEXPLAINED);
      margin.set_note(fmt::format("no margin on the {}", left.known() ? "right" : "left"));
      return;
    }
    Judge(check, left, right, margin);
  }

  void Judge(const v1::CheckResult& check, const v1::Quantity& left, const v1::Quantity& right,
             v1::ComparedMargin& margin) {
    margin.set_outcome(Report::NOT_COMPARABLE);
    if (left.unit() != right.unit()) {
      margin.set_note(fmt::format("margins in {} and {}", left.unit(), right.unit()));
      return;
    }
    const double uncertainty = std::hypot(left.uncertainty(), right.uncertainty());
    const double difference = right.margin() - left.margin();
    const bool are_numbers = std::isfinite(difference) && std::isfinite(uncertainty) &&
                             left.uncertainty() >= 0 && right.uncertainty() >= 0 &&
                             std::isfinite(left.limit()) && std::isfinite(right.limit());
    if (!are_numbers) {
      margin.set_note("a margin or uncertainty that is no number");
      return;
    }
    margin.set_difference(difference);
    margin.set_uncertainty(uncertainty);
    margin.set_bound(uncertainty);
    margin.set_outcome(Report::UNEXPLAINED);
    const double scale = std::max({std::fabs(left.margin()), std::fabs(right.margin()),
                                   std::fabs(left.limit()), std::fabs(right.limit())});
    const bool same_limit = std::fabs(right.limit() - left.limit()) <= kRounding * scale;
    // Another part of the check decided: nothing but a declared cause makes these two agree.
    if (!same_limit) {
      margin.set_note(fmt::format("margins to other limits: {} and {}",
                                  ShowOnScale(left, left.limit()),
                                  ShowOnScale(right, right.limit())));
    }
    const double excess = std::fabs(difference) - uncertainty - kRounding * scale;
    if (same_limit && excess <= 0) {
      margin.set_outcome(Report::AGREES);
      return;
    }
    const auto allowed = allowances_.Cover(
        {left_.device(), left_.scenario(), check.id(), TextOf(check), margin.of(), left.unit()},
        excess);
    if (!allowed) return;
    margin.set_outcome(Report::ALLOWED);
    margin.set_bound(uncertainty + allowed->bound);
    margin.set_because(allowed->because);
  }

  // Results of alarm checks are called "<check>.<result>".
  std::string TextOf(const v1::CheckResult& result) const {
    std::string text = result.formula();
    for (const v1::Check& check : left_.resolved_scenario().checks()) {
      const bool is_its = result.id() == check.id() || result.id().starts_with(check.id() + ".");
      if (is_its) text += " " + ToJson(check);
    }
    return text;
  }

  const v1::RunRecord& left_;
  const v1::RunRecord& right_;
  Allowances& allowances_;
};

}  // namespace

v1::ComparedRun CompareRuns(const v1::RunRecord& left, const v1::RunRecord& right,
                            Allowances& allowances) {
  v1::ComparedRun run;
  run.set_device(left.device());
  run.set_scenario(left.scenario());
  run.set_left(left.run());
  run.set_right(right.run());
  run.set_left_verdict(left.verdict());
  run.set_right_verdict(right.verdict());
  run.set_note(WhyNotComparable(left, right));
  if (!run.note().empty()) {
    run.set_outcome(Report::NOT_COMPARABLE);
    return run;
  }
  allowances.NoteCompared(left.device(), left.scenario());
  Comparison(left, right, allowances).CompareChecks(run);
  run.set_outcome(run.checks().empty() ? Report::NOT_COMPARABLE : Report::AGREES);
  if (run.checks().empty()) run.set_note("nothing was checked");
  if (left.verdict() != right.verdict()) run.set_outcome(Report::VERDICT_DIFFERS);
  for (const v1::ComparedCheck& check : run.checks()) {
    run.set_outcome(std::max(run.outcome(), check.outcome()));
  }
  return run;
}

}  // namespace rig
