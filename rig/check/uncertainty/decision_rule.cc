#include "rig/check/uncertainty/decision_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rig/base/units.h"

namespace rig::uncertainty {
namespace {

bool IsDecided(v1::Verdict verdict) { return verdict == v1::PASS || verdict == v1::FAIL; }

bool IsSimple(v1::DecisionRule rule) { return rule == v1::SIMPLE; }

double RiskOf(double margin, double expanded) {
  if (expanded == 0) return 0;
  return 0.5 * std::erfc(std::fabs(margin) / (expanded / 2) / std::sqrt(2.0));
}

// The limit moved by U towards the passing side under a guard band. On which side that is the
// margin's sign tells: measured + margin is the limit below it, measured - margin the one above.
double AcceptanceLimit(const v1::Quantity& quantity, v1::DecisionRule rule) {
  if (IsSimple(rule)) return quantity.limit();
  const bool upper = (quantity.limit() - quantity.measured()) * quantity.margin() >= 0;
  return upper ? quantity.limit() - quantity.uncertainty()
               : quantity.limit() + quantity.uncertainty();
}

// Whether its uncertainty leaves a decided quantity open.
bool IsOpen(const v1::Quantity& quantity) {
  if (!quantity.known() || quantity.uncertainty() == 0) return false;
  const bool clear = std::fabs(quantity.margin()) >= quantity.uncertainty();
  return !clear;
}

// The largest risk of those known; negative: neither value nor time is.
double Risk(const v1::CheckResult& result) {
  double risk = -1;
  for (const v1::Quantity* quantity : {&result.value(), &result.time()}) {
    if (!quantity->known()) continue;
    risk = std::max(risk, RiskOf(quantity->margin(), quantity->uncertainty()));
  }
  return risk;
}

std::string RiskText(double risk, bool open, v1::DecisionRule rule) {
  if (open) {
    const std::string here = risk < 0 ? "" : fmt::format(", {:.2g} % at this value", 100 * risk);
    return IsSimple(rule)
               ? "risk of a wrong decision: up to 50 % under simple acceptance" + here
               : "not decided: either verdict would be wrong with up to 50 % probability" + here;
  }
  if (risk <= 0) return "no measurement uncertainty enters";
  return fmt::format("risk of a wrong decision: below 2.5 %, {:.2g} % at this value", 100 * risk);
}

std::string RuleText(v1::DecisionRule rule) {
  if (IsSimple(rule)) return "simple acceptance: by the measured value alone (ILAC-G8:09/2019)";
  return "guard band w = U (k = 2); Inconclusive where U straddles the limit (ILAC-G8:09/2019)";
}

std::string Conformance(v1::Verdict nominal, bool open) {
  return std::string(open ? "Conditional " : "") + (nominal == v1::PASS ? "Pass" : "Fail");
}

}  // namespace

Decision Decide(double margin, double expanded, v1::DecisionRule rule) {
  const bool known = !std::isnan(margin) && expanded >= 0;
  if (!known) return {v1::INCONCLUSIVE, "", 0.5};
  const v1::Verdict nominal = margin >= 0 ? v1::PASS : v1::FAIL;
  const bool clear = margin >= expanded || margin < -expanded;
  const v1::Verdict verdict = clear || IsSimple(rule) ? nominal : v1::INCONCLUSIVE;
  return {verdict, Conformance(nominal, !clear), RiskOf(margin, expanded)};
}

void ApplyDecisionRule(v1::DecisionRule rule, const v1::CheckResult& nominal,
                       const std::string& why, v1::CheckResult& result) {
  result.set_decision_rule(RuleText(rule));
  if (!IsDecided(nominal.verdict())) return;
  const bool open = !why.empty();
  result.set_verdict(nominal.verdict());
  result.set_reason(nominal.reason());
  result.set_conformance(Conformance(nominal.verdict(), open));
  result.set_decision_risk(RiskText(Risk(result), open, rule));
  if (result.value().known()) {
    // On the limit itself the margin does not tell the passing side; the judge may have.
    const bool told = result.value().margin() == 0 && result.acceptance_limit() != 0;
    if (!told || IsSimple(rule)) {
      result.set_acceptance_limit(AcceptanceLimit(result.value(), rule));
    }
  }
  if (result.time().known()) {
    result.set_time_acceptance_limit(AcceptanceLimit(result.time(), rule));
  }
  if (!open) return;
  if (IsSimple(rule)) {
    result.set_reason(nominal.reason() + "; decided by the measured value, within its uncertainty");
    return;
  }
  result.set_verdict(v1::INCONCLUSIVE);
  result.set_reason(why);
}

void ApplyDecisionRule(v1::DecisionRule rule, const v1::CheckResult& nominal,
                       v1::CheckResult& result) {
  std::string why;
  if (!IsDecided(result.verdict())) {
    why = result.reason();  // the judge has said so
  } else if (IsOpen(result.time())) {
    why = fmt::format("{}; {} to the limit in time is within the uncertainty of {}",
                      result.reason(), Display(std::fabs(result.time().margin()), "s"),
                      Display(result.time().uncertainty(), "s"));
  }
  v1::CheckResult decided = nominal;
  if (IsDecided(result.verdict())) {
    decided.set_verdict(result.verdict());
    decided.set_reason(result.reason());
  }
  ApplyDecisionRule(rule, decided, why, result);
}

}  // namespace rig::uncertainty
