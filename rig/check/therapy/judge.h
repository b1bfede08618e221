#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "rig/base/result.h"
#include "rig/check/formula/signal.h"
#include "rig/check/uncertainty/budget.h"
#include "rig/record/trace_reader.h"
#include "rig/v1/record.pb.h"
#include "rig/v1/scenario.pb.h"

// Checks of therapy in scenarios.
namespace rig::therapy {

// Whether a check is one of these kinds.
bool IsTherapy(const v1::Check& check);

// What a check is looked at against before a run.
struct CheckSurroundings {
  std::map<std::string, std::string> unit_of;  // SI unit by channel
  std::function<bool(std::string_view channel)> tells_of_the_device;
  std::int64_t duration_ns;  // the scenario's
};

// What is wrong with a check that the schema cannot tell by itself; none: nothing.
struct Refusal {
  std::string field;  // below the check: "flow.volume"
  std::string what;
  std::string expected;
};
std::optional<Refusal> Refuse(const v1::Check& check, const CheckSurroundings& around);

// Judges such a check over a trace; a value the verdict needs and the trace does not tell gives
// INCONCLUSIVE with the reason. `budgets`: of the channels it measures. Errors: DATA_LOSS for a
// trace that cannot be read; INVALID_ARGUMENT for another kind of check.
Result<v1::CheckResult> JudgeTherapy(const v1::Check& check, const TraceReader& trace,
                                     const uncertainty::Budgets& budgets);

// Each kind, over signals.
v1::CheckResult JudgeFlow(const v1::FlowCheck& check, const check::Signals& signals,
                          const uncertainty::Budgets& budgets, v1::DecisionRule rule);
v1::CheckResult JudgeBolus(const v1::BolusCheck& check, const check::Signals& signals,
                           const uncertainty::Budgets& budgets, v1::DecisionRule rule);
v1::CheckResult JudgePulses(const v1::PulseTrainCheck& check, const check::Signals& signals,
                            const uncertainty::Budgets& budgets, v1::DecisionRule rule);
v1::CheckResult JudgeOcclusion(const v1::OcclusionCheck& check, const check::Signals& signals,
                               const uncertainty::Budgets& budgets, v1::DecisionRule rule);

}  // namespace rig::therapy
