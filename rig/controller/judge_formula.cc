#include "rig/controller/judge_formula.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "rig/bench/uncertainty_components.h"
#include "rig/check/uncertainty/budget.h"
#include "rig/check/uncertainty/decision_rule.h"

namespace rig {
namespace {

void AddTimeUncertainty(const Formula& formula, const Budgets& budgets, v1::CheckResult& result) {
  if (!result.time().known()) return;
  std::vector<v1::UncertaintyBudget> of_formula;
  for (const std::string& channel : formula.channels()) {
    if (const auto budget = budgets.find(channel); budget != budgets.end()) {
      of_formula.push_back(budget->second);
    }
  }
  v1::Quantity& time = *result.mutable_time();
  const double span = std::fmax(std::fabs(time.measured()), std::fabs(time.limit()));
  time.set_uncertainty(uncertainty::TimeUncertainty(of_formula, span));
}

std::set<std::string> MeasuredChannels(const PreparedCheck& check) {
  if (check.formula) return check.formula->channels();
  const v1::Check& message = check.message;
  if (message.has_flow()) return {message.flow().volume()};
  if (message.has_pulses()) return {message.pulses().channel()};
  if (message.has_occlusion()) return {message.occlusion().pressure()};
  return {};
}

}  // namespace

double Expanded(const Budgets& budgets, std::string_view channel) {
  const auto budget = budgets.find(channel);
  return budget == budgets.end() ? 0 : budget->second.expanded();
}

Budgets BudgetsOf(const PreparedRun& run) {
  Budgets budgets;
  for (const PreparedCheck& check : run.checks) {
    for (const std::string& channel : MeasuredChannels(check)) {
      if (budgets.contains(channel)) continue;
      v1::UncertaintyBudget budget = UncertaintyComponents(run.bench.message, channel);
      uncertainty::Complete(budget);
      budgets.emplace(channel, std::move(budget));
    }
  }
  return budgets;
}

Result<v1::CheckResult> JudgeFormula(const PreparedCheck& check, const TraceReader& trace,
                                     const Budgets& budgets) {
  RIG_TRY_ASSIGN(v1::CheckResult result,
                 Judge(*check.formula, trace,
                       [&](std::string_view channel) { return Expanded(budgets, channel); }));
  AddTimeUncertainty(*check.formula, budgets, result);
  v1::CheckResult nominal = result;
  const auto& channels = check.formula->channels();
  const bool uncertain = std::any_of(channels.begin(), channels.end(), [&](const auto& channel) {
    return Expanded(budgets, channel) != 0;
  });
  // Only then may it be the uncertainty that leaves the verdict open.
  if (result.verdict() == v1::INCONCLUSIVE && uncertain) {
    RIG_TRY_ASSIGN(nominal, Judge(*check.formula, trace, [](std::string_view) { return 0.0; }));
    *result.mutable_time() = nominal.time();
    AddTimeUncertainty(*check.formula, budgets, result);
  }
  uncertainty::ApplyDecisionRule(check.message.decision_rule(), nominal, result);
  return result;
}

}  // namespace rig
