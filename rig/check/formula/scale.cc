#include "rig/check/formula/scale.h"

#include <fmt/format.h>

#include <algorithm>

#include "rig/check/formula/lexer.h"

namespace rig::check {
namespace {

const Dimension& Temperature() {
  static const Dimension temperature = ParseUnit("K")->dimension;
  return temperature;
}

bool IsTemperature(const Node& node) {
  return IsValue(node.kind) && node.dimension == Temperature();
}
bool IsPoint(const Node& node) { return IsTemperature(node) && node.scale == Scale::kPoint; }

tl::unexpected<Error> Mixed(std::size_t at, const Node& point, const Node& difference) {
  return SyntaxError(at, fmt::format("{} is a temperature, {} a difference of temperatures, "
                                     "expected two of one kind; a difference is given in K",
                                     Quoted(point.text), Quoted(difference.text)));
}

tl::unexpected<Error> NoArithmetic(std::size_t at, const Node& point) {
  return SyntaxError(at, fmt::format("{} is a temperature, expected a difference of temperatures "
                                     "here, which is given in K",
                                     Quoted(point.text)));
}

// Of two values where both have to be of one kind.
Result<Scale> Common(const Node& a, const Node& b, std::size_t at) {
  if (a.scale == b.scale) return a.scale;
  return Mixed(at, IsPoint(a) ? a : b, IsPoint(a) ? b : a);
}

Result<Scale> Sum(const Node& a, const Node& b, std::size_t at) {
  if (IsPoint(a) && IsPoint(b)) return NoArithmetic(at, b);
  return IsPoint(a) || IsPoint(b) ? Scale::kPoint : Scale::kDifference;
}

Result<Scale> Difference(const Node& a, const Node& b, std::size_t at) {
  if (!IsPoint(b)) return a.scale;
  if (IsPoint(a)) return Scale::kDifference;
  return Mixed(at, b, a);
}

Status CheckComparison(const Node& node, std::size_t at) {
  for (std::size_t i = 1; i < node.children.size(); ++i) {
    const Result<Scale> common = Common(*node.children[0], *node.children[i], at);
    if (!common) return tl::unexpected<Error>(common.error());
  }
  return {};
}

Status CheckProduct(Node& node, std::size_t at) {
  for (const auto& child : node.children) {
    if (IsPoint(*child)) return NoArithmetic(at, *child);
  }
  node.scale = Scale::kDifference;
  return {};
}

}  // namespace

Status CheckScale(Node& node, std::size_t at) {
  if (node.kind == Kind::kMultiply || node.kind == Kind::kDivide) {
    return CheckProduct(node, at);
  }
  if (node.children.empty() || !IsTemperature(*node.children[0])) return {};
  const Node& a = *node.children[0];
  const Node& b = *node.children.back();
  if (IsComparison(node.kind) || IsHysteresis(node.kind)) return CheckComparison(node, at);
  switch (node.kind) {
    case Kind::kNegate:
    case Kind::kAbs:
      if (IsPoint(a)) return NoArithmetic(at, a);
      node.scale = Scale::kDifference;
      return {};
    case Kind::kAdd: {
      RIG_TRY_ASSIGN(node.scale, Sum(a, b, at));
      return {};
    }
    case Kind::kSubtract: {
      RIG_TRY_ASSIGN(node.scale, Difference(a, b, at));
      return {};
    }
    case Kind::kMin:
    case Kind::kMax: {
      RIG_TRY_ASSIGN(node.scale, Common(a, b, at));
      return {};
    }
    default:
      return {};
  }
}

bool ComparesPoints(const Node& comparison) {
  return std::any_of(comparison.children.begin(), comparison.children.end(),
                     [](const auto& child) { return IsPoint(*child); });
}

}  // namespace rig::check
