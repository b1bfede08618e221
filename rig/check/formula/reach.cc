#include "rig/check/formula/reach.h"

#include <fmt/format.h>

#include <algorithm>

#include "rig/base/names.h"
#include "rig/base/units.h"
#include "rig/check/formula/arithmetic.h"
#include "rig/check/formula/formula_node.h"

namespace rig {
namespace check {
namespace {

constexpr std::size_t kLongestShown = 60;

bool IsConnective(Kind kind) {
  return kind == Kind::kNot || kind == Kind::kAnd || kind == Kind::kOr || kind == Kind::kImplies;
}

// Whether what stands below is asked at later instants, too.
bool LooksAhead(const Node& node) {
  return IsTemporal(node.kind) && !IsPast(node.kind) && (!node.to || *node.to > Duration(0));
}

bool StaysAtStart(const Node& node) {
  if (LooksAhead(node)) return false;
  if (!IsConnective(node.kind) && !IsTemporal(node.kind)) return true;
  return std::any_of(node.children.begin(), node.children.end(),
                     [](const auto& child) { return StaysAtStart(*child); });
}

std::string Shown(Duration time) {
  return Display(1e-9 * static_cast<double>(time.count()), "s", 9);
}

std::string TooLate(const Node& node, std::string_view what, Duration at, Duration end) {
  return fmt::format("\"{}\" {} {}; expected the end at {} at the latest",
                     Shorten(node.text, kLongestShown), what, Shown(at), Shown(end));
}

// `earliest`: the first instant at which the node may be asked.
std::optional<std::string> NeedsLonger(const Node& node, Duration earliest, bool outermost,
                                       Duration end) {
  Duration below = earliest;
  if (IsTemporal(node.kind) && IsPast(node.kind)) {
    below = node.to ? std::max(Duration(0), earliest - *node.to) : Duration(0);
  } else if (IsTemporal(node.kind)) {
    if (outermost && node.to && *node.to > end) return TooLate(node, "asks until", *node.to, end);
    below += node.from;
    if (below > end) return TooLate(node, "asks from", below, end);
  }
  const bool still_outermost = outermost && IsConnective(node.kind);
  for (const auto& child : node.children) {
    // The left side of "until" is asked at once.
    const bool at_once = node.kind == Kind::kUntil && child == node.children.front();
    auto needs = NeedsLonger(*child, at_once ? earliest : below, still_outermost, end);
    if (needs) return needs;
  }
  return std::nullopt;
}

std::optional<bool> ConstantOf(const Node& node);

// "or" of what is known; none where a side that is not constant decides.
std::optional<bool> Either(std::optional<bool> a, std::optional<bool> b) {
  if (a == true || b == true) return true;
  return a == false && b == false ? std::optional(false) : std::nullopt;
}
std::optional<bool> Opposite(std::optional<bool> a) {
  return a ? std::optional(!*a) : std::nullopt;
}

std::optional<bool> ConstantOfTemporal(const Node& node) {
  // All is decided by what is to be reached, where that is there at once or never.
  const auto last = ConstantOf(*node.children.back());
  const bool at_once = !IsPassage(node.kind) || node.from == Duration(0);
  return last == false || at_once ? last : std::nullopt;
}

std::optional<bool> ConstantOf(const Node& node) {
  const auto child = [&](std::size_t i) { return ConstantOf(*node.children[i]); };
  if (IsTemporal(node.kind)) return ConstantOfTemporal(node);
  if (IsComparison(node.kind)) {
    const auto& a = node.children[0]->constant;
    const auto& b = node.children[1]->constant;
    return a && b ? std::optional(Margin(node.kind, *a, *b) > 0) : std::nullopt;
  }
  switch (node.kind) {
    case Kind::kTrue:
      return true;
    case Kind::kFalse:
      return false;
    case Kind::kNot:
      return Opposite(child(0));
    case Kind::kAnd:
      return Opposite(Either(Opposite(child(0)), Opposite(child(1))));
    case Kind::kOr:
      return Either(child(0), child(1));
    case Kind::kImplies:
      return Either(Opposite(child(0)), child(1));
    case Kind::kRise:
    case Kind::kFall:
      return child(0) ? std::optional(false) : std::nullopt;
    default:
      return std::nullopt;
  }
}

void AddChannelsThatMatter(const Node& node, std::set<std::string>& channels) {
  if (ConstantOf(node)) return;
  if (node.kind == Kind::kChannel) channels.insert(node.channel);
  for (const auto& child : node.children) AddChannelsThatMatter(*child, channels);
}

}  // namespace
}  // namespace check

bool AsksOnlyAtStart(const Formula& formula) { return check::StaysAtStart(formula.root()); }

std::optional<std::string> NeedsLongerThan(const Formula& formula, Duration duration) {
  return check::NeedsLonger(formula.root(), Duration(0), true, duration);
}

std::set<std::string> ChannelsThatMatter(const Formula& formula) {
  std::set<std::string> channels;
  check::AddChannelsThatMatter(formula.root(), channels);
  return channels;
}

}  // namespace rig
