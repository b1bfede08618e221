#pragma once

#include <string>
#include <vector>

#include "rig/v1/record.pb.h"
#include "rig/v1/scenario.pb.h"

namespace rig::therapy {

// One measured value against one limit.
struct Finding {
  std::string what;  // "flow over 2 min"
  double limit;
  double measured;
  double margin;  // positive on the passing side
  std::string unit;
  double uncertainty = 0;  // expanded, k = 2, of measured
};

// INCONCLUSIVE with a reason.
v1::CheckResult Undecided(std::string reason);

// The finding with the least margin for its limit decides: FAIL where one fails beyond its
// uncertainty, INCONCLUSIVE where one straddles its limit or is not a number, PASS otherwise; where
// one straddles, `rule` decides (rig/check/uncertainty/decision_rule.h). `expected`, `seen`: the
// halves of the reason. No finding at all is INCONCLUSIVE.
v1::CheckResult Decide(v1::DecisionRule rule, const std::vector<Finding>& findings,
                       const std::string& expected, const std::string& seen);

}  // namespace rig::therapy
