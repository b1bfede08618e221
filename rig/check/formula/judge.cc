#include "rig/check/formula/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "rig/check/formula/evaluate.h"
#include "rig/check/formula/explain.h"
#include "rig/check/formula/formula.h"
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

const Node* IdlePremise(const Evaluator& evaluator, const Node& node, std::optional<Range> asked);

// An implication inside another's consequent counts as asked wherever the outer one is: a premise
// that holds nowhere there did not hold where it mattered either.
const Node* IdlePremiseOfImplication(const Evaluator& evaluator, const Node& node, Range asked) {
  const Steps truth = evaluator.Truth(*node.children[0], asked);
  const bool held =
      std::any_of(truth.begin(), truth.end(), [](const Step& step) { return step.value > 0; });
  if (!held) return node.children[0].get();
  return IdlePremise(evaluator, *node.children[1], asked);
}

// The premise of an implication that was asked for and never held: it passed without anything
// having been verified. Looks through the outermost "always", "historically" and "and", where
// requirements of the form "whenever a then b" stand.
// `asked`: where those operators of time ask; none outside of them.
const Node* IdlePremise(const Evaluator& evaluator, const Node& node, std::optional<Range> asked) {
  switch (node.kind) {
    case Kind::kAnd:
      for (const auto& child : node.children) {
        if (const Node* idle = IdlePremise(evaluator, *child, asked)) return idle;
      }
      return nullptr;
    case Kind::kAlways:
    case Kind::kHistorically: {
      // The windows of all instants asked are one range without a gap, as those instants are.
      const Range present = asked.value_or(Range{0, 0});
      const Range window{std::max<Position>(0, evaluator.WindowAt(node, present.first).first),
                         std::min(evaluator.WindowAt(node, present.last).last, evaluator.end())};
      if (window.last < window.first) return nullptr;
      return IdlePremise(evaluator, *node.children[0], window);
    }
    case Kind::kImplies:
      return asked ? IdlePremiseOfImplication(evaluator, node, *asked) : nullptr;
    default:
      return nullptr;
  }
}

bool StandsBelowNoTime(const Node& node) {
  switch (node.kind) {
    case Kind::kNot:
    case Kind::kAnd:
    case Kind::kOr:
    case Kind::kImplies:
      return std::any_of(node.children.begin(), node.children.end(),
                         [](const auto& child) { return StandsBelowNoTime(*child); });
    default:
      return !IsTemporal(node.kind);
  }
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
  const Node* idle = verdict == v1::PASS ? IdlePremise(nominal, root, std::nullopt) : nullptr;
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

bool AsksOnlyAtStart(const Formula& formula) { return check::StandsBelowNoTime(formula.root()); }

Result<v1::CheckResult> Judge(const Formula& formula, const TraceReader& trace,
                              const UncertaintyOf& uncertainty_of, TraceExtent extent) {
  RIG_TRY_ASSIGN(check::Signals signals, check::LoadSignals(trace, formula.channels()));
  signals.extent = extent;
  return check::JudgeSignals(formula, signals, uncertainty_of);
}

}  // namespace rig
