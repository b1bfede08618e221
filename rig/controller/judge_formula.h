#pragma once

#include <optional>
#include <string>

#include "rig/check/uncertainty/budget.h"
#include "rig/controller/prepare.h"
#include "rig/record/trace_reader.h"
#include "rig/v1/record.pb.h"

namespace rig {

// Budgets of all channels that the run's checks measure.
uncertainty::Budgets BudgetsOf(const PreparedRun& run);

// The same as a formula takes it. Of a span the time stamps of every channel count twice, once for
// each end.
UncertaintyOf ChannelUncertainty(const uncertainty::Budgets& budgets);

// Judges a formula over a trace with the uncertainty of its channels, in value and time, and
// applies the check's decision rule. `check.formula` is set; `extent` as for Judge. Errors: the
// trace's.
Result<v1::CheckResult> JudgeFormula(const PreparedCheck& check, const TraceReader& trace,
                                     const uncertainty::Budgets& budgets, TraceExtent extent);

// What counts of a check that was judged over the whole trace, and perhaps decided on the way. Of a
// run that was stopped (`stopped`: when and why; else empty) only what had been decided by then:
// the trace's end is not the scenario's. What was decided on the way must be what the trace says;
// an ERROR where it is not.
v1::CheckResult Reconciled(std::optional<v1::Verdict> decided, const std::string& stopped,
                           v1::CheckResult judged);

}  // namespace rig
