#include "rig/check/formula/typing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "rig/check/formula/arithmetic.h"
#include "rig/check/formula/scale.h"

namespace rig::check {
namespace {

constexpr int kDeepestTree = 250;  // long sums lean to the left
constexpr int kLargestTree = 20'000;
constexpr int kLargestExponent = 12;
constexpr std::int64_t kLongestBoundNs = std::int64_t{100} * 86'400 * 1'000'000'000;

std::string Describe(const Node& node) {
  if (!IsValue(node.kind)) return Quoted(node.text) + " is a condition";
  const std::string unit = SiUnit(node.dimension);
  return unit == "1" ? Quoted(node.text) + " is a plain number"
                     : fmt::format("{} is a value in {}", Quoted(node.text), unit);
}

std::shared_ptr<const Node> Flag(std::shared_ptr<const Node> channel) {
  auto flag = std::make_shared<Node>();
  flag->kind = Kind::kFlag;
  flag->text = channel->text;
  flag->depth = channel->depth + 1;
  flag->children.push_back(std::move(channel));
  return flag;
}

Status RequireCondition(std::shared_ptr<const Node>& node, std::size_t place) {
  if (!IsValue(node->kind)) return {};
  if (node->kind == Kind::kChannel && node->unit == "1") {
    node = Flag(std::move(node));
    return {};
  }
  return SyntaxError(place,
                     fmt::format("{}, expected a condition such as (x > 5 mV)", Describe(*node)));
}

Status RequireValue(const Node& node, std::size_t place) {
  if (IsValue(node.kind)) return {};
  return SyntaxError(place, fmt::format("{}, expected a value", Describe(node)));
}

Status RequireSameDimension(const Node& a, const Node& b, std::size_t at) {
  if (a.dimension == b.dimension) return {};
  return SyntaxError(
      at, fmt::format("{}, {}, expected values of one dimension", Describe(a), Describe(b)));
}

Status CombineDimensions(Node& node, std::size_t at) {
  const auto& a = node.children[0]->dimension.exponents;
  const auto& b = node.children[1]->dimension.exponents;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const int exponent = node.kind == Kind::kMultiply ? a[i] + b[i] : a[i] - b[i];
    if (std::abs(exponent) > kLargestExponent) {
      return SyntaxError(at, "a power of a unit too large to mean anything, expected a quantity");
    }
    node.dimension.exponents[i] = static_cast<std::int8_t>(exponent);
  }
  return {};
}

// "above(x, 120 bpm, 115 bpm)": it comes on at the first level and goes off at the second.
Status CheckLevels(const Node& node, std::size_t at, std::span<const std::size_t> places) {
  for (std::size_t i = 1; i < 3; ++i) {
    RIG_TRY(RequireSameDimension(*node.children[0], *node.children[i], places[i]));
    if (node.children[i]->constant) continue;
    return SyntaxError(places[i],
                       Quoted(node.children[i]->text) + " is no fixed level, expected a number");
  }
  const double on = *node.children[1]->constant;
  const double off = *node.children[2]->constant;
  if (node.kind == Kind::kAbove ? on >= off : on <= off) return {};
  return SyntaxError(at,
                     "levels the wrong way round, expected above(x, on, off) with on >= off or "
                     "below(x, on, off) with on <= off");
}

Status RefuseElapsed(const Node& node, const Node& child, std::size_t place) {
  if (child.kind != Kind::kTimeSince || IsComparison(node.kind)) return {};
  return SyntaxError(place, Quoted(child.text) + " here, expected it compared with a time");
}

const Dimension& TimeDimension() {
  static const Dimension time = ParseUnit("s")->dimension;
  return time;
}

Status CheckOperands(Node& node, std::size_t at, std::span<const std::size_t> places) {
  const bool counts = IsValue(node.kind) && IsOverCondition(node.kind);
  const bool over_values =
      (IsValue(node.kind) && !counts) || IsComparison(node.kind) || IsHysteresis(node.kind);
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (over_values) {
      RIG_TRY(RequireValue(*node.children[i], places[i]));
      RIG_TRY(RefuseElapsed(node, *node.children[i], places[i]));
    } else {
      RIG_TRY(RequireCondition(node.children[i], places[i]));
    }
  }
  if (counts && node.kind != Kind::kCount) node.dimension = TimeDimension();
  if (!over_values || node.children.empty()) return {};
  if (IsHysteresis(node.kind)) return CheckLevels(node, at, places);
  if (node.kind == Kind::kMultiply || node.kind == Kind::kDivide)
    return CombineDimensions(node, at);
  if (node.children.size() == 2) {
    RIG_TRY(RequireSameDimension(*node.children[0], *node.children[1], at));
  }
  if (IsValue(node.kind)) node.dimension = node.children[0]->dimension;
  if (node.kind == Kind::kRate) node.dimension = node.dimension / TimeDimension();
  return {};
}

Status FoldConstant(Node& node, std::size_t at) {
  if (!IsValue(node.kind) || node.children.empty() || IsOverCondition(node.kind)) return {};
  for (const auto& child : node.children) {
    if (!child->constant) return {};
  }
  const double value =
      Calculate(node.kind, *node.children[0]->constant, *node.children.back()->constant);
  if (!std::isfinite(value)) {
    return SyntaxError(at, Quoted(node.text) + " is no finite number, expected one");
  }
  node.constant = value;
  return {};
}

}  // namespace

namespace {

void CollectReadings(const Node& node, Duration ago, std::set<Reading>& all) {
  if (node.constant) return;
  if (IsRead(node.kind)) {
    all.insert({NameOf(node), ago, &node});
    return;
  }
  for (const auto& child : node.children) CollectReadings(*child, ago, all);
  if (node.kind == Kind::kRate) CollectReadings(*node.children[0], ago + *node.to, all);
}

}  // namespace

Status CheckTypes(Node& node, std::size_t at, std::span<const std::size_t> places) {
  RIG_TRY(CheckOperands(node, at, places));
  RIG_TRY(CheckScale(node, at));
  RIG_TRY(FoldConstant(node, at));
  node.size = 1;
  for (const auto& child : node.children) {
    node.depth = std::max(node.depth, child->depth + 1);
    node.size += child->size;
  }
  // What is evaluated at two places: before the window and in it, now and then.
  const bool twice = IsPassage(node.kind) || node.kind == Kind::kRate;
  if (twice) node.size += node.children[0]->size;
  // For the uncertainty of a comparison, all in it with each reading moved.
  if (IsComparison(node.kind) || IsHysteresis(node.kind)) {
    node.size *= 1 + static_cast<int>(ReadingsOf(node).size());
  }
  if (node.size > kLargestTree) {
    return SyntaxError(at, fmt::format("too large with all definitions written out, expected at "
                                       "most {} parts",
                                       kLargestTree));
  }
  if (node.depth > kDeepestTree) {
    return SyntaxError(at,
                       fmt::format("nested too deeply, expected at most {} levels", kDeepestTree));
  }
  return {};
}

Status AsCondition(std::shared_ptr<Node>& node, std::size_t place) {
  std::shared_ptr<const Node> condition = node;
  RIG_TRY(RequireCondition(condition, place));
  if (condition != node) node = std::make_shared<Node>(*condition);
  return {};
}

Status CompareElapsed(Node& comparison, std::size_t at) {
  const bool is_left = comparison.children[0]->kind == Kind::kTimeSince;
  const Node& elapsed = *comparison.children[is_left ? 0 : 1];
  const Node& limit = *comparison.children[is_left ? 1 : 0];
  const Kind kind = is_left ? comparison.kind : Mirrored(comparison.kind);
  if (!limit.constant || (kind != Kind::kLessOrEqual && kind != Kind::kGreater)) {
    return SyntaxError(at,
                       "time_since(...) compared like this, expected \"time_since(...) <= 10 s\" "
                       "or \"time_since(...) > 10 s\"");
  }
  RIG_TRY_ASSIGN(const Duration bound, ToBound(limit, {Token::Kind::kNumber, at, limit.text, {}}));
  Node once;
  once.kind = Kind::kOnce;
  once.text = comparison.text;
  once.children = elapsed.children;
  once.to = bound;
  once.depth = comparison.depth;
  once.size = comparison.size;
  if (kind == Kind::kLessOrEqual) {
    comparison = std::move(once);
    return {};
  }
  Node negation;
  negation.kind = Kind::kNot;
  negation.text = comparison.text;
  negation.depth = comparison.depth + 1;
  negation.size = comparison.size + 1;
  negation.children.push_back(std::make_shared<const Node>(std::move(once)));
  comparison = std::move(negation);
  return {};
}

Result<Duration> ToBound(const Node& node, const Token& token) {
  if (!node.constant || node.dimension != TimeDimension()) {
    return SyntaxError(token.begin, Quoted(token.text) + " is no time, expected one such as 10 s");
  }
  const double ns = *node.constant * 1e9;
  if (ns < 0) {
    return SyntaxError(token.begin, Quoted(token.text) + ", expected a time from 0 s on");
  }
  if (!(ns <= static_cast<double>(kLongestBoundNs))) {
    return SyntaxError(token.begin, Quoted(token.text) + ", expected at most 100 d");
  }
  const double whole = std::round(ns);
  // Off by no more than "0.1 s" times 1e9 is.
  const bool representable =
      std::fabs(ns - whole) <= 8 * std::numeric_limits<double>::epsilon() * ns;
  if (!representable) {
    return SyntaxError(token.begin, Quoted(token.text) + ", expected whole nanoseconds");
  }
  return Duration(static_cast<std::int64_t>(whole));
}

std::set<std::string> ChannelsOf(const Node& node) {
  std::set<std::string> channels;
  if (node.kind == Kind::kChannel) channels.insert(node.channel);
  for (const auto& child : node.children) channels.merge(ChannelsOf(*child));
  return channels;
}

std::set<Reading> ReadingsOf(const Node& node) {
  std::set<Reading> readings;
  CollectReadings(node, Duration(0), readings);
  return readings;
}

}  // namespace rig::check
