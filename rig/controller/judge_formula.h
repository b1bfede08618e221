#pragma once

#include <map>
#include <string>

#include "rig/controller/prepare.h"
#include "rig/record/trace_reader.h"
#include "rig/v1/record.pb.h"

namespace rig {

// Uncertainty budgets by channel.
using Budgets = std::map<std::string, v1::UncertaintyBudget, std::less<>>;

// Those of all channels that the run's formulas ask for.
Budgets BudgetsOf(const PreparedRun& run);

// Expanded uncertainty (k = 2) of a channel in its SI unit; 0 without a budget: known to the rig
// exactly.
double Expanded(const Budgets& budgets, std::string_view channel);

// Judges a formula over a trace with the uncertainty of its channels, in value and time, and
// applies the check's decision rule. `check.formula` is set. Errors: the trace's.
Result<v1::CheckResult> JudgeFormula(const PreparedCheck& check, const TraceReader& trace,
                                     const Budgets& budgets);

}  // namespace rig
