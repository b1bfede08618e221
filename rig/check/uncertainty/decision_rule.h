#pragma once

#include <string>

#include "rig/v1/record.pb.h"
#include "rig/v1/scenario.pb.h"

namespace rig::uncertainty {

// What a margin and its expanded uncertainty (k = 2) amount to under a decision rule.
struct Decision {
  v1::Verdict verdict;
  // "Pass" (margin >= U), "Conditional Pass" (0 <= margin < U), "Conditional Fail" (-U <= margin <
  // 0), "Fail"; empty when margin or U is no number.
  std::string conformance;
  // Probability that the true margin has the other sign, for a normal error with U = 2 standard
  // deviations: 0 where U is 0, 0.5 at the limit, 0.0228 at a guard band's edge.
  double risk;
};

// `margin`: positive on the passing side of the limit, in the unit of `expanded` >= 0.
// SIMPLE: the sign of the margin decides. GUARD_BAND (or unset), w = U: PASS from the guard band's
// edge on, FAIL beyond the limit by more than U, INCONCLUSIVE between. A NaN margin, or a U that is
// no number or negative, is INCONCLUSIVE under every rule; so is an infinite U under GUARD_BAND.
// Source: ILAC-G8:09/2019, 4.2 and 4.3.
Decision Decide(double margin, double expanded, v1::DecisionRule rule);

// Applies a rule to a judged check. `result` was judged with the channels' uncertainties, `nominal`
// without them (where `result` is decided, `nominal` may be the same). result.time().uncertainty()
// is set beforehand. Where value or time leave the verdict open it becomes INCONCLUSIVE under
// GUARD_BAND and the nominal one under SIMPLE. Sets verdict, reason, decision_rule, conformance,
// decision_risk and the acceptance limits; at a margin of 0, which does not tell the passing side,
// a guard band's acceptance_limit already set stays. A check that is inconclusive for another
// reason than uncertainty, or an error, stays so.
void ApplyDecisionRule(v1::DecisionRule rule, const v1::CheckResult& nominal,
                       v1::CheckResult& result);

// The same where the judge itself knows whether uncertainty leaves the verdict open, and by what:
// `why` is empty where it does not.
void ApplyDecisionRule(v1::DecisionRule rule, const v1::CheckResult& nominal,
                       const std::string& why, v1::CheckResult& result);

}  // namespace rig::uncertainty
