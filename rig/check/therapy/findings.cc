#include "rig/check/therapy/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rig/base/units.h"
#include "rig/check/uncertainty/decision_rule.h"

namespace rig::therapy {
namespace {

v1::Verdict VerdictOf(const Finding& finding) {
  if (finding.margin - finding.uncertainty >= 0) return v1::PASS;
  if (finding.margin + finding.uncertainty < 0) return v1::FAIL;
  return v1::INCONCLUSIVE;
}

double RelativeMargin(const Finding& finding) {
  const double scale = std::fabs(finding.limit);
  return scale > 0 ? finding.margin / scale : finding.margin;
}

// Worse verdicts first, then less margin.
bool Worse(const Finding& a, const Finding& b) {
  if (VerdictOf(a) != VerdictOf(b)) return VerdictOf(a) > VerdictOf(b);
  return RelativeMargin(a) < RelativeMargin(b);
}

v1::CheckResult Judged(const std::vector<Finding>& findings, const std::string& expected,
                       const std::string& seen) {
  const Finding& worst = *std::min_element(findings.begin(), findings.end(), Worse);
  v1::CheckResult result;
  result.set_verdict(VerdictOf(worst));
  v1::Quantity* value = result.mutable_value();
  value->set_known(std::isfinite(worst.measured));
  value->set_limit(worst.limit);
  value->set_measured(worst.measured);
  value->set_margin(worst.margin);
  value->set_uncertainty(worst.uncertainty);
  value->set_unit(worst.unit);
  value->set_relative_margin(RelativeMargin(worst));
  const bool straddles = result.verdict() == v1::INCONCLUSIVE;
  result.set_reason(fmt::format("expected {}; seen {}; closest: {}, {} of {}{}", expected, seen,
                                worst.what, Display(worst.measured, worst.unit),
                                Display(worst.limit, worst.unit),
                                straddles ? ", nearer than its uncertainty" : ""));
  return result;
}

}  // namespace

v1::CheckResult Undecided(std::string reason) {
  v1::CheckResult result;
  result.set_verdict(v1::INCONCLUSIVE);
  result.set_reason(std::move(reason));
  return result;
}

v1::CheckResult Decide(v1::DecisionRule rule, const std::vector<Finding>& findings,
                       const std::string& expected, const std::string& seen) {
  if (findings.empty()) return Undecided("nothing was measured");
  v1::CheckResult result = Judged(findings, expected, seen);
  std::vector<Finding> exact = findings;
  for (Finding& finding : exact) finding.uncertainty = 0;
  uncertainty::ApplyDecisionRule(rule, Judged(exact, expected, seen), result);
  return result;
}

}  // namespace rig::therapy
