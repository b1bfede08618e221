#include "rig/check/formula/judge.h"

#include <fmt/format.h>

#include "rig/check/formula/evaluate.h"
#include "rig/check/formula/explain.h"
#include "rig/check/formula/formula.h"
#include "rig/check/formula/idle_premise.h"
#include "rig/check/formula/time_margin.h"

namespace rig {
namespace check {

const char* const kDecisionRule =
    "simple acceptance; Inconclusive where the expanded uncertainty (k = 2) straddles the limit";

namespace {

v1::Verdict VerdictOf(const Evaluator& evaluator, const Node& root) {
  const Bounds robustness = evaluator.RobustnessAt(root, 0);
  if (robustness.low > 0) return v1::PASS;
  return robustness.high < 0 ? v1::FAIL : v1::INCONCLUSIVE;
}

void Conclude(v1::CheckResult& result, v1::Verdict verdict, std::string reason) {
  result.set_verdict(verdict);
  result.set_reason(std::move(reason));
}

void DecideAt(v1::CheckResult& result, const std::vector<Place>& path) {
  result.set_decided_at_ns(ToNanoseconds(path.back().p));
}

std::string WithTime(std::string reason, const v1::Quantity& time) {
  if (!time.known()) return reason;
  const auto ns = static_cast<std::int64_t>(time.margin() * 1e9);
  if (time.margin() >= 0) return reason + fmt::format("; {} to spare in time", ShowTime(ns));
  return reason + fmt::format("; it would hold with time bounds relaxed by {}", ShowTime(-ns));
}

void FillDecided(const Formula& formula, const Evaluator& nominal, const Evaluator& widened,
                 v1::Verdict verdict, v1::CheckResult& result) {
  const Side side = verdict == v1::PASS ? Side::kCertain : Side::kPossible;
  const std::vector<Place> path = DecidingPath(nominal, formula.root(), side);
  *result.mutable_value() = MeasuredAt(widened, path);
  *result.mutable_time() = TimeMargin(formula.root(), nominal.signals(), verdict);
  DecideAt(result, path);
  const std::string reason =
      verdict == v1::PASS ? ExplainPass(nominal, path) : ExplainFail(nominal, path);
  Conclude(result, verdict, WithTime(reason, result.time()));
}

}  // namespace

v1::CheckResult JudgeSignals(const Formula& formula, const Signals& signals,
                             const UncertaintyOf& uncertainty_of) {
  v1::CheckResult result;
  result.set_formula(formula.root().text);
  result.set_decision_rule(kDecisionRule);
  for (const std::string& channel : formula.channels()) {
    if (signals.channels.contains(channel)) continue;
    Conclude(result, v1::INCONCLUSIVE, fmt::format("the trace has no channel {}", channel));
    return result;
  }
  Evaluator nominal(signals);
  Evaluator widened(signals);
  widened.network().set_uncertainty(&uncertainty_of);
  const Node& root = formula.root();
  const v1::Verdict verdict = VerdictOf(nominal, root);
  if (verdict == v1::INCONCLUSIVE) {
    const std::vector<Place> path = UnknownPath(nominal, root);
    DecideAt(result, path);
    Conclude(result, verdict, ExplainUnknown(nominal, path));
    return result;
  }
  const Node* idle = verdict == v1::PASS ? IdlePremise(nominal, root, {0, 0}) : nullptr;
  if (idle != nullptr) {
    Conclude(result, v1::INCONCLUSIVE,
             fmt::format("nothing was verified: {} never held while it was asked for", idle->text));
    return result;
  }
  if (VerdictOf(widened, root) == verdict) {
    FillDecided(formula, nominal, widened, verdict, result);
    return result;
  }
  const std::vector<Place> path =
      DecidingPath(widened, root, verdict == v1::PASS ? Side::kCertain : Side::kPossible);
  *result.mutable_value() = MeasuredAt(widened, path);
  DecideAt(result, path);
  Conclude(result, v1::INCONCLUSIVE, ExplainStraddle(widened, path));
  return result;
}

}  // namespace check

Result<v1::CheckResult> Judge(const Formula& formula, const TraceReader& trace,
                              const UncertaintyOf& uncertainty_of) {
  RIG_TRY_ASSIGN(const check::Signals signals, check::LoadSignals(trace, formula.channels()));
  return check::JudgeSignals(formula, signals, uncertainty_of);
}

}  // namespace rig
