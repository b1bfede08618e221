#include "rig/check/formula/arithmetic.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rig::check {
namespace {

double Raw(Kind kind, double a, double b) {
  switch (kind) {
    case Kind::kNegate:
      return -a;
    case Kind::kAdd:
      return a + b;
    case Kind::kSubtract:
      return a - b;
    case Kind::kMultiply:
      return a * b;
    case Kind::kDivide:
      return a / b;
    case Kind::kAbs:
      return std::fabs(a);
    case Kind::kMin:
      return std::isnan(a) || std::isnan(b) ? std::nan("") : std::min(a, b);
    case Kind::kMax:
      return std::isnan(a) || std::isnan(b) ? std::nan("") : std::max(a, b);
    default:
      return std::nan("");
  }
}

}  // namespace

double Calculate(Kind kind, double a, double b) {
  const double value = Raw(kind, a, b);
  return std::isfinite(value) ? value : std::nan("");
}

Kind Mirrored(Kind kind) {
  switch (kind) {
    case Kind::kLess:
      return Kind::kGreater;
    case Kind::kLessOrEqual:
      return Kind::kGreaterOrEqual;
    case Kind::kGreater:
      return Kind::kLess;
    case Kind::kGreaterOrEqual:
      return Kind::kLessOrEqual;
    default:
      return kind;
  }
}

Kind Negation(Kind kind) {
  switch (kind) {
    case Kind::kLess:
      return Kind::kGreaterOrEqual;
    case Kind::kLessOrEqual:
      return Kind::kGreater;
    case Kind::kGreater:
      return Kind::kLessOrEqual;
    case Kind::kGreaterOrEqual:
      return Kind::kLess;
    case Kind::kEqual:
      return Kind::kNotEqual;
    default:
      return Kind::kEqual;
  }
}

}  // namespace rig::check
