#include "rig/check/formula/explain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "rig/check/formula/arithmetic.h"
#include "rig/check/formula/scale.h"
#include "rig/check/formula/stateful.h"

namespace rig::check {
namespace {

const char* Sign(Kind kind) {
  switch (kind) {
    case Kind::kLess:
      return "<";
    case Kind::kLessOrEqual:
      return "<=";
    case Kind::kGreater:
      return ">";
    case Kind::kGreaterOrEqual:
      return ">=";
    case Kind::kEqual:
      return "==";
    default:
      return "!=";
  }
}

bool IsNegated(const std::vector<Place>& path, const Place& place) {
  return place.side != path.front().side;
}

// A literal of the comparison whose unit shows its values as the author thinks of them. What is no
// temperature but a difference of two is not shown in °C.
const Node* FindLiteral(const Node& node, const Dimension& dimension, bool of_points) {
  const bool fits = node.dimension == dimension && (of_points || node.scale != Scale::kPoint);
  if (node.kind == Kind::kNumber && fits && !node.unit.empty()) return &node;
  for (const auto& child : node.children) {
    if (const Node* found = FindLiteral(*child, dimension, of_points)) return found;
  }
  return nullptr;
}

std::string ShowValue(const Node& comparison, double si) {
  const Dimension& dimension = comparison.children[0]->dimension;
  const std::string unit = SiUnit(dimension);
  const bool of_points = ComparesPoints(comparison);
  if (const Node* literal = FindLiteral(comparison, dimension, of_points)) {
    return fmt::format("{:.6g} {}", ValueIn(literal->unit, si), literal->unit);
  }
  if (unit == "1") return fmt::format("{:.6g}", si);
  return of_points ? DisplayPoint(si, unit, 6) : Display(si, unit, 6);
}

// A margin, an uncertainty.
std::string ShowDifference(const Node& comparison, double si) {
  if (!ComparesPoints(comparison)) return ShowValue(comparison, si);
  return Display(si, SiUnit(comparison.children[0]->dimension), 6);
}

std::string Show(Position p) { return ShowTime(ToNanoseconds(p)); }

// What a comparison, with hysteresis or without, saw at one instant.
struct Sight {
  const Node* comparison;
  Position p;
  double measured;
  double limit;
  double margin;  // positive where it speaks for the formula; exactly 0 on the limit
  bool limit_is_constant;
};

// The limit is the level that would change the condition. Where it is not known which one that is,
// there is no finite margin.
Sight SeeLevel(const Evaluator& nominal, const Place& at) {
  const Bounds robustness = nominal.RobustnessAt(*at.node, at.p);
  const bool known = TruthOf(robustness) != 0;
  const Node& level = *at.node->children[robustness.low > 0 ? 2 : 1];
  return {at.node,
          at.p,
          nominal.ValueOf(*at.node->children[0], at.p),
          *level.constant,
          known ? robustness.low : kUnknown,
          true};
}

Sight SeeComparison(const Evaluator& nominal, const Place& at) {
  const Node& left = *at.node->children[0];
  const Node& right = *at.node->children[1];
  const double a = nominal.ValueOf(left, at.p);
  const double b = nominal.ValueOf(right, at.p);
  const bool limit_is_left = left.constant && !right.constant;
  return {at.node,
          at.p,
          limit_is_left ? b : a,
          limit_is_left ? a : b,
          Margin(at.node->kind, a, b),
          left.constant || right.constant};
}

Sight See(const Evaluator& evaluator, const std::vector<Place>& path) {
  const Place& at = path.back();
  const Evaluator nominal(evaluator.signals());
  Sight sight = IsHysteresis(at.node->kind) ? SeeLevel(nominal, at) : SeeComparison(nominal, at);
  if (IsNegated(path, at)) sight.margin = -sight.margin;
  if (std::fabs(sight.margin) <= kTouching) sight.margin = 0;
  return sight;
}

bool EndsAtComparison(const std::vector<Place>& path) {
  const Kind kind = path.back().node->kind;
  return IsComparison(kind) || IsHysteresis(kind);
}

// Whether more of what is measured speaks for the formula.
bool PassesAbove(const std::vector<Place>& path, const Sight& sight) {
  if (sight.margin != 0) return (sight.measured > sight.limit) == (sight.margin > 0);
  const Node& node = *path.back().node;
  Kind kind = node.kind;
  if (node.children[0]->constant) kind = Mirrored(kind);
  const bool above =
      kind == Kind::kGreater || kind == Kind::kGreaterOrEqual || kind == Kind::kAbove;
  return above != IsNegated(path, path.back());
}

// "131 bpm at 42.31 s"
std::string Seen(const Sight& sight) {
  std::string text = ShowValue(*sight.comparison, sight.measured);
  if (!sight.limit_is_constant) text += " against " + ShowValue(*sight.comparison, sight.limit);
  return text + " at " + Show(sight.p);
}

std::string Distance(const Sight& sight, const char* if_above, const char* if_below) {
  if (sight.margin == 0) return "on the limit";
  return ShowDifference(*sight.comparison, std::fabs(sight.margin)) +
         (sight.measured > sight.limit ? if_above : if_below);
}

// The comparison, or its negation, without the parentheses around it; other nodes as written.
std::string Expected(const Node& node, bool negated) {
  if (IsComparison(node.kind)) {
    return fmt::format("{} {} {}", node.children[0]->text,
                       Sign(negated ? Negation(node.kind) : node.kind), node.children[1]->text);
  }
  return (negated ? "not " : "") + node.text;
}

// Whether a failing node fails because of the one child or instant the path goes to, not of all of
// them together.
bool IsNarrowing(const Node& node, bool negated) {
  if (node.kind == Kind::kNot) return true;
  if (node.kind == Kind::kAnd) return !negated;
  if (node.kind == Kind::kOr) return negated;
  return IsTemporal(node.kind) && IsUniversal(node.kind) != negated;
}

// The last position a formula looks at from p.
Position Horizon(const Node& node, Position p, Position end) {
  Position from = p;
  if (IsTemporal(node.kind)) {
    const Window window = WindowOf(node);
    from = p + window.to;
    if (!node.to && !IsPast(node.kind)) from = std::max(from, end);
  }
  Position last = from;
  for (const auto& child : node.children) last = std::max(last, Horizon(*child, from, end));
  return last;
}

std::string EndsTooEarly(const Evaluator& evaluator, const Node& root) {
  return fmt::format("trace ends at {}, the formula needs it until {}", Show(evaluator.end()),
                     Show(Horizon(root, 0, evaluator.end())));
}

// How far a comparison looks back.
Position LookBack(const Node& node) {
  Position deepest = 0;
  for (const auto& child : node.children) deepest = std::max(deepest, LookBack(*child));
  const bool looks_back = node.kind == Kind::kRate || node.kind == Kind::kCount;
  return deepest + (looks_back ? Width(*node.to) : 0);
}

// Why a channel has no value, empty if it has one.
std::string WhyUnknown(const Evaluator& evaluator, const std::string& channel, Position p) {
  const Steps& steps = evaluator.signals().channels.find(channel)->second.steps();
  const auto first = std::find_if(steps.begin(), steps.end(),
                                  [](const Step& step) { return !std::isnan(step.value); });
  if (first == steps.end()) return channel + " has no value in the trace";
  if (p < first->begin)
    return fmt::format("{} has no value before {}", channel, Show(first->begin));
  if (std::isnan(ValueAt(steps, p))) return fmt::format("{} has no value at {}", channel, Show(p));
  return "";
}

}  // namespace

std::string ShowTime(std::int64_t ns) {
  std::string text = fmt::format("{:.3f}", static_cast<double>(ns) * 1e-9);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " s";
}

v1::Quantity MeasuredAt(const Evaluator& evaluator, const std::vector<Place>& path) {
  v1::Quantity quantity;
  if (!EndsAtComparison(path)) return quantity;
  const Sight sight = See(evaluator, path);
  const Kind kind = sight.comparison->kind;
  const bool is_equality = (IsNegated(path, path.back()) ? Negation(kind) : kind) == Kind::kEqual;
  const bool says_nothing = is_equality && sight.margin == 0;  // as every equality that holds
  if (!std::isfinite(sight.margin) || says_nothing) return quantity;
  quantity.set_known(true);
  quantity.set_limit(sight.limit);
  quantity.set_measured(sight.measured);
  quantity.set_margin(sight.margin);
  quantity.set_uncertainty(evaluator.Uncertainty(*sight.comparison, sight.p));
  quantity.set_unit(SiUnit(sight.comparison->children[0]->dimension));
  quantity.set_absolute(ComparesPoints(*sight.comparison));
  quantity.set_relative_margin(sight.limit == 0 ? sight.margin
                                                : sight.margin / std::fabs(sight.limit));
  return quantity;
}

double AcceptanceLimitAt(const Evaluator& evaluator, const std::vector<Place>& path) {
  const v1::Quantity value = MeasuredAt(evaluator, path);
  if (!value.known()) return 0;
  return PassesAbove(path, See(evaluator, path)) ? value.limit() + value.uncertainty()
                                                 : value.limit() - value.uncertainty();
}

std::string ExplainPass(const Evaluator& evaluator, const std::vector<Place>& path) {
  const Place& last = path.back();
  if (!EndsAtComparison(path)) return fmt::format("expected {}; it held", path.front().node->text);
  const Sight sight = See(evaluator, path);
  const std::string closest =
      fmt::format("closest was {}, {}", Seen(sight), Distance(sight, " to spare", " to spare"));
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const Node& node = *path[i].node;
    if (node.kind == Kind::kImplies && path[i + 1].node == node.children[0].get()) {
      return fmt::format("the premise {} did not hold; {}", node.children[0]->text, closest);
    }
  }
  return fmt::format("expected {}; {}", Expected(*last.node, IsNegated(path, last)), closest);
}

std::string ExplainFail(const Evaluator& evaluator, const std::vector<Place>& path) {
  std::string premise;
  std::size_t i = 0;
  for (; i + 1 < path.size(); ++i) {
    const Node& node = *path[i].node;
    const bool negated = IsNegated(path, path[i]);
    const bool in_consequent =
        node.kind == Kind::kImplies && !negated && path[i + 1].node == node.children[1].get();
    if (in_consequent) {
      premise = fmt::format(", as {} held at {}", node.children[0]->text, Show(path[i].p));
    } else if (!IsNarrowing(node, negated)) {
      break;
    }
  }
  const Place& claim = path[i];
  const std::string expected = Expected(*claim.node, IsNegated(path, claim)) + premise;
  std::string seen;
  if (EndsAtComparison(path)) {
    const Sight sight = See(evaluator, path);
    seen = fmt::format("{}, {}", Seen(sight), Distance(sight, " too much", " too little"));
    if (i + 1 == path.size()) return fmt::format("expected {}; was {}", expected, seen);
    seen = "; closest was " + seen;
  }
  if (IsTemporal(claim.node->kind) && !IsPassage(claim.node->kind)) {
    const Range window = evaluator.WindowAt(*claim.node, claim.p);
    return fmt::format("expected {}; it never held between {} and {}{}", expected,
                       Show(window.first), Show(window.last), seen);
  }
  return fmt::format("expected {}; it did not hold at {}{}", expected, Show(claim.p), seen);
}

std::string ExplainStraddle(const Evaluator& evaluator, const std::vector<Place>& path) {
  const Place& last = path.back();
  const std::string expected = Expected(*last.node, IsNegated(path, last));
  const v1::Quantity value = MeasuredAt(evaluator, path);
  const bool shows = value.known() && value.uncertainty() > 0 &&
                     std::isfinite(value.uncertainty()) &&
                     std::fabs(value.margin()) <= value.uncertainty();
  if (!shows) {
    return fmt::format("expected {}; whether it holds at {} is within the uncertainty of {}",
                       expected, Show(last.p), fmt::join(ChannelsOf(*last.node), ", "));
  }
  const Sight sight = See(evaluator, path);
  const char* spare = sight.margin >= 0 ? " to spare" : nullptr;
  return fmt::format("expected {}; was {}, {}, within the uncertainty of {}", expected, Seen(sight),
                     Distance(sight, spare ? spare : " too much", spare ? spare : " too little"),
                     ShowDifference(*last.node, value.uncertainty()));
}

std::string ExplainUnknown(const Evaluator& evaluator, const std::vector<Place>& path) {
  const Node& root = *path.front().node;
  const Place& last = path.back();
  if (IsTemporal(last.node->kind)) {  // an open-ended window that is empty
    if (!IsPast(last.node->kind)) return EndsTooEarly(evaluator, root);
    return fmt::format("{} looks back from {} to before the start of the run", last.node->text,
                       Show(last.p));
  }
  if (last.p > evaluator.end()) return EndsTooEarly(evaluator, root);
  const Position first = last.p - LookBack(*last.node);
  if (first < 0) {
    return fmt::format("the formula looks back to {}, before the start of the run", Show(first));
  }
  for (const Position p : {last.p, first}) {
    for (const std::string& channel : ChannelsOf(*last.node)) {
      if (std::string why = WhyUnknown(evaluator, channel, p); !why.empty()) return why;
    }
  }
  if (IsHysteresis(last.node->kind)) {
    return fmt::format("{} is not known at {}: {} has been between the two levels so far",
                       last.node->text, Show(last.p), last.node->children[0]->text);
  }
  return fmt::format("{} has no finite value at {}", last.node->text, Show(last.p));
}

}  // namespace rig::check
