#include "rig/check/formula/time_margin.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "rig/check/formula/evaluate.h"

namespace rig::check {
namespace {

constexpr std::size_t kLargestChannel = 1'000'000;
// A tightened operator evaluates what is below it twice.
constexpr int kDeepestTolerances = 10;

// The time tolerances of a formula.
struct Tolerances {
  std::optional<Duration> shortest_eventually;  // upper bounds
  std::optional<Duration> shortest_always;
  Duration room = Duration::max();  // what the operators acting as eventually can lose
  bool below_a_change = false;  // a tolerance below rise or fall moves its instants: not monotone
  // count(a, 10 s): its window is in no margin. In a premise it says when something is asked.
  bool counts = false;
  // "always[60 s, 120 s]" at the top chooses when the formula is asked; its bounds are no
  // tolerances.
  std::set<const Node*> selections;
};

void KeepSmaller(std::optional<Duration>& smallest, Duration value) {
  smallest = smallest ? std::min(*smallest, value) : value;
}

// How many tolerances are nested in each other.
int DepthOfTolerances(const Node& node, const std::set<const Node*>& selections) {
  int deepest = 0;
  for (const auto& child : node.children) {
    deepest = std::max(deepest, DepthOfTolerances(*child, selections));
  }
  const bool tolerance = IsTemporal(node.kind) && node.to && *node.to > node.from;
  return deepest + (tolerance && !selections.contains(&node) ? 1 : 0);
}

// Where in a formula a part of it stands.
struct Standing {
  bool positive = true;  // an even number of negations above it
  bool at_top = true;    // no operator of time above it
  bool below_a_change = false;
  bool in_a_premise = false;
};

void Collect(const Node& node, const Standing& here, Tolerances& found) {
  found.counts = found.counts || (node.kind == Kind::kCount && !here.in_a_premise);
  if (IsTemporal(node.kind) && here.at_top && IsUniversal(node.kind) == here.positive) {
    found.selections.insert(&node);
  } else if (IsTemporal(node.kind) && node.to && *node.to > node.from) {
    found.below_a_change = found.below_a_change || here.below_a_change;
    if (IsUniversal(node.kind) == here.positive) {
      KeepSmaller(found.shortest_always, *node.to);
    } else {
      KeepSmaller(found.shortest_eventually, *node.to);
      found.room = std::min(found.room, *node.to - node.from);
    }
  }
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const bool premise = node.kind == Kind::kImplies && i == 0;
    const bool flips = node.kind == Kind::kNot || premise;
    const bool change = IsChange(node.kind) || IsValue(node.kind);
    Collect(*node.children[i],
            {here.positive != flips, here.at_top && !IsTemporal(node.kind),
             here.below_a_change || change, here.in_a_premise || premise},
            found);
  }
}

bool IsLarge(const Signals& signals) {
  return std::any_of(signals.channels.begin(), signals.channels.end(), [](const auto& channel) {
    return channel.second.steps().size() > kLargestChannel;
  });
}

Tolerances TolerancesOf(const Node& root) {
  Tolerances tolerances;
  Collect(root, {}, tolerances);
  return tolerances;
}

bool HasAny(const Tolerances& tolerances) {
  return tolerances.shortest_eventually || tolerances.shortest_always;
}

// Why the margin of the tolerances there are is not searched for; empty if it is.
std::string WhyNotSearched(const Node& root, const Signals& signals, const Tolerances& tolerances) {
  if (tolerances.below_a_change) {
    return "a time bound stands below rise, fall or a value that looks back";
  }
  if (DepthOfTolerances(root, tolerances.selections) > kDeepestTolerances) {
    return fmt::format("more than {} time bounds are nested in each other", kDeepestTolerances);
  }
  if (IsLarge(signals)) return fmt::format("a channel changes over {} times", kLargestChannel);
  return "";
}

// The tightening, negative for a relaxation, at which the verdict still is the passing one.
std::optional<Duration> Margin(const Node& root, const Signals& signals, v1::Verdict verdict,
                               const Tolerances& tolerances) {
  Evaluator evaluator(signals);
  evaluator.network().set_selections(&tolerances.selections);
  const auto holds = [&](Duration tightening) {
    evaluator.network().set_tightening(tightening);
    return evaluator.RobustnessAt(root, Side::kCertain, 0) > 0;
  };
  const Duration whole_trace = signals.end.time_since_epoch();
  const bool passes = verdict == v1::PASS;
  Duration good = passes ? Duration(0) : -whole_trace;
  // Beyond the trace's length a longer "always" sees nothing new.
  const Duration tightest = tolerances.shortest_eventually ? tolerances.room : whole_trace;
  Duration bad = passes ? tightest : Duration(0);
  if (passes && holds(bad)) {
    if (!tolerances.shortest_eventually) return std::nullopt;
    return bad;
  }
  if (!passes && !holds(good)) return std::nullopt;
  while (bad - good > kTimeMarginResolution) {
    const Duration middle = good + (bad - good) / 2;
    (holds(middle) ? good : bad) = middle;
  }
  return good;
}

}  // namespace

v1::Quantity TimeMargin(const Node& root, const Signals& signals, v1::Verdict verdict) {
  v1::Quantity quantity;
  if (signals.extent == TraceExtent::kCutShort) return quantity;
  const Tolerances tolerances = TolerancesOf(root);
  const bool decided = verdict == v1::PASS || verdict == v1::FAIL;
  if (!decided || !HasAny(tolerances)) return quantity;
  if (!WhyNotSearched(root, signals, tolerances).empty()) return quantity;
  const std::optional<Duration> margin = Margin(root, signals, verdict, tolerances);
  if (!margin) return quantity;
  const bool at_most = tolerances.shortest_eventually.has_value();
  const double limit =
      Seconds(at_most ? *tolerances.shortest_eventually : *tolerances.shortest_always);
  quantity.set_known(true);
  quantity.set_limit(limit);
  quantity.set_margin(Seconds(*margin));
  quantity.set_measured(at_most ? limit - Seconds(*margin) : limit + Seconds(*margin));
  quantity.set_unit("s");
  quantity.set_relative_margin(Seconds(*margin) / limit);
  return quantity;
}

std::string WhyTimeMarginIsUnknown(const Node& root, const Signals& signals) {
  const Tolerances tolerances = TolerancesOf(root);
  if (tolerances.counts) return "the window of count has no margin in time";
  return HasAny(tolerances) ? WhyNotSearched(root, signals, tolerances) : "";
}

}  // namespace rig::check
