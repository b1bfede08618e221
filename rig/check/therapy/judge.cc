#include "rig/check/therapy/judge.h"

namespace rig::therapy {

bool IsTherapy(const v1::Check& check) {
  return check.has_flow() || check.has_bolus() || check.has_pulses() || check.has_occlusion();
}

Result<v1::CheckResult> JudgeTherapy(const v1::Check& check, const TraceReader& trace,
                                     const uncertainty::Budgets& budgets) {
  if (check.has_flow()) {
    RIG_TRY_ASSIGN(const check::Signals signals,
                   check::LoadSignals(trace, {check.flow().volume()}));
    return JudgeFlow(check.flow(), signals, budgets, check.decision_rule());
  }
  if (check.has_bolus()) {
    RIG_TRY_ASSIGN(const check::Signals signals,
                   check::LoadSignals(trace, {check.bolus().volume()}));
    return JudgeBolus(check.bolus(), signals, budgets, check.decision_rule());
  }
  if (check.has_pulses()) {
    RIG_TRY_ASSIGN(const check::Signals signals,
                   check::LoadSignals(trace, {check.pulses().channel()}));
    return JudgePulses(check.pulses(), signals, budgets, check.decision_rule());
  }
  if (check.has_occlusion()) {
    RIG_TRY_ASSIGN(
        const check::Signals signals,
        check::LoadSignals(trace, {check.occlusion().pressure(), check.occlusion().alarm()}));
    return JudgeOcclusion(check.occlusion(), signals, budgets, check.decision_rule());
  }
  return MakeError(Code::kInvalidArgument, check.id() + ": is no check of therapy");
}

}  // namespace rig::therapy
