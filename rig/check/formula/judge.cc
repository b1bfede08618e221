#include "rig/check/formula/judge.h"

#include <fmt/format.h>

#include <cmath>

#include "rig/check/formula/evaluate.h"
#include "rig/check/formula/explain.h"
#include "rig/check/formula/formula.h"
#include "rig/check/formula/idle_premise.h"
#include "rig/check/formula/time_margin.h"

namespace rig {
namespace check {

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

// The time margin with the uncertainty of the channels' time stamps. What the search for it leaves
// out counts, too.
v1::Quantity TimeOf(const Formula& formula, const Signals& signals, v1::Verdict verdict,
                    const UncertaintyOf& uncertainty_of) {
  v1::Quantity time = TimeMargin(formula.root(), signals, verdict);
  if (!time.known() || !uncertainty_of.span) return time;
  const double span_s = std::fmax(std::fabs(time.measured()), std::fabs(time.limit()));
  const double uncertainty = uncertainty_of.span(formula.channels(), span_s);
  if (uncertainty != 0) time.set_uncertainty(uncertainty + Seconds(kTimeMarginResolution));
  return time;
}

// Why the uncertainty of times may change a verdict unnoticed; empty if it may not.
std::string WhyTimeIsOpen(const Formula& formula, const Signals& signals,
                          const UncertaintyOf& uncertainty_of) {
  const double whole_s = Seconds(signals.end.time_since_epoch());
  if (!uncertainty_of.span || uncertainty_of.span(formula.channels(), whole_s) == 0) return "";
  return WhyTimeMarginIsUnknown(formula.root(), signals);
}

Side SideOf(v1::Verdict verdict) { return verdict == v1::PASS ? Side::kCertain : Side::kPossible; }

// `widened`: what decides in spite of the uncertainty may be something else than without it.
void FillDecided(const Formula& formula, const Evaluator& widened, v1::Verdict verdict,
                 const UncertaintyOf& uncertainty_of, v1::CheckResult& result) {
  const std::vector<Place> path = DecidingPath(widened, formula.root(), SideOf(verdict));
  *result.mutable_value() = MeasuredAt(widened, path);
  result.set_acceptance_limit(AcceptanceLimitAt(widened, path));
  DecideAt(result, path);
  const std::string reason = WithTime(
      verdict == v1::PASS ? ExplainPass(widened, path) : ExplainFail(widened, path), result.time());
  const std::string open = WhyTimeIsOpen(formula, widened.signals(), uncertainty_of);
  if (open.empty()) {
    Conclude(result, verdict, reason);
    return;
  }
  Conclude(result, v1::INCONCLUSIVE,
           fmt::format("{}; whether that survives the uncertainty of times is not known: {}",
                       reason, open));
}

}  // namespace

v1::CheckResult JudgeSignals(const Formula& formula, const Signals& signals,
                             const UncertaintyOf& uncertainty_of) {
  v1::CheckResult result;
  result.set_formula(formula.root().text);
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
  *result.mutable_time() = TimeOf(formula, signals, verdict, uncertainty_of);
  if (VerdictOf(widened, root) == verdict) {
    FillDecided(formula, widened, verdict, uncertainty_of, result);
    return result;
  }
  const std::vector<Place> path = DecidingPath(widened, root, SideOf(verdict));
  *result.mutable_value() = MeasuredAt(widened, path);
  result.set_acceptance_limit(AcceptanceLimitAt(widened, path));
  DecideAt(result, path);
  Conclude(result, v1::INCONCLUSIVE, ExplainStraddle(widened, path));
  return result;
}

}  // namespace check

Result<v1::CheckResult> Judge(const Formula& formula, const TraceReader& trace,
                              const UncertaintyOf& uncertainty_of, TraceExtent extent) {
  RIG_TRY_ASSIGN(check::Signals signals, check::LoadSignals(trace, formula.channels()));
  signals.extent = extent;
  return check::JudgeSignals(formula, signals, uncertainty_of);
}

}  // namespace rig
