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
  if (a.scale == b.scale || b.scale == Scale::kOpen) return a.scale;
  if (a.scale == Scale::kOpen) return b.scale;
  return Mixed(at, IsPoint(a) ? a : b, IsPoint(a) ? b : a);
}

Result<Scale> Sum(const Node& a, const Node& b, std::size_t at) {
  if (IsPoint(a) && IsPoint(b)) return NoArithmetic(at, b);
  if (IsPoint(a) || IsPoint(b)) return Scale::kPoint;
  return Common(a, b, at);
}

Result<Scale> Difference(const Node& a, const Node& b, std::size_t at) {
  if (IsPoint(b) && a.scale == Scale::kDifference) return Mixed(at, b, a);
  if (IsPoint(b)) return Scale::kDifference;
  // "t - 310 K" is a difference, "t - 0.3 K" a temperature.
  if (b.scale == Scale::kOpen && a.scale != Scale::kDifference) return Scale::kOpen;
  return a.scale;
}

// Against a number in °C stands what is a temperature for certain.
Status Compare(const Node& a, const Node& b, std::size_t at) {
  const auto is_unsure = [](const Node& open, const Node& point) {
    return open.scale == Scale::kOpen && !open.constant && IsPoint(point) && point.constant;
  };
  if (is_unsure(a, b)) return Mixed(at, b, a);
  if (is_unsure(b, a)) return Mixed(at, a, b);
  const Result<Scale> common = Common(a, b, at);
  if (!common) return tl::unexpected<Error>(common.error());
  return {};
}

Status CheckComparison(const Node& node, std::size_t at) {
  for (std::size_t i = 1; i < node.children.size(); ++i) {
    RIG_TRY(Compare(*node.children[0], *node.children[i], at));
  }
  return {};
}

Status CheckProduct(Node& node, std::size_t at) {
  for (const auto& child : node.children) {
    if (IsPoint(*child)) return NoArithmetic(at, *child);
  }
  const bool all_open = std::all_of(node.children.begin(), node.children.end(),
                                    [](const auto& c) { return c->scale == Scale::kOpen; });
  node.scale = all_open ? Scale::kOpen : Scale::kDifference;
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
      node.scale = node.kind == Kind::kAbs ? Scale::kDifference : a.scale;
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
