#include "rig/check/formula/spread.h"

#include <algorithm>
#include <cmath>

#include "rig/check/formula/arithmetic.h"

namespace rig::check {
namespace {

bool IsFinite(Bounds bounds) { return std::isfinite(bounds.low) && std::isfinite(bounds.high); }

// Of all quotients or products of the ends.
template <typename F>
Bounds Hull(Bounds a, Bounds b, F f) {
  const auto ends = {f(a.low, b.low), f(a.low, b.high), f(a.high, b.low), f(a.high, b.high)};
  return {std::min(ends), std::max(ends)};
}

Bounds Sum(Bounds a, Bounds b) { return {a.low + b.low, a.high + b.high}; }
Bounds Product(Bounds a, Bounds b) {
  return Hull(a, b, [](double x, double y) { return x * y; });
}
Bounds Quotient(Bounds a, Bounds b) {
  if (b.low <= 0 && b.high >= 0) return kNothingKnown;
  return Hull(a, b, [](double x, double y) { return x / y; });
}
Bounds Either(Bounds a, Bounds b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

Spread Negative(const Spread& a) { return {-a.value, Negated(a.within), Negated(a.slope)}; }

Spread Abs(const Spread& a) {
  if (a.within.low >= 0) return a;
  if (a.within.high <= 0) return Negative(a);
  return {0, {0, std::max(-a.within.low, a.within.high)}, Either(a.slope, Negated(a.slope))};
}

Spread Larger(const Spread& a, const Spread& b) {
  if (a.within.low >= b.within.high) return a;
  if (b.within.low >= a.within.high) return b;
  return {0,
          {std::max(a.within.low, b.within.low), std::max(a.within.high, b.within.high)},
          Either(a.slope, b.slope)};
}

// Of finite operands, without the value.
Spread Raw(Kind kind, const Spread& a, const Spread& b) {
  switch (kind) {
    case Kind::kNegate:
      return Negative(a);
    case Kind::kAdd:
      return {0, Sum(a.within, b.within), Sum(a.slope, b.slope)};
    case Kind::kSubtract:
      return {0, Sum(a.within, Negated(b.within)), Sum(a.slope, Negated(b.slope))};
    case Kind::kMultiply:
      return {0, Product(a.within, b.within),
              Sum(Product(a.slope, b.within), Product(a.within, b.slope))};
    case Kind::kDivide: {
      const Bounds quotient = Quotient(a.within, b.within);
      if (!IsFinite(quotient)) return {};
      return {0, quotient, Quotient(Sum(a.slope, Negated(Product(quotient, b.slope))), b.within)};
    }
    case Kind::kAbs:
      return Abs(a);
    case Kind::kMin:
      return Negative(Larger(Negative(a), Negative(b)));
    case Kind::kMax:
      return Larger(a, b);
    default:
      return {};
  }
}

bool IsFinite(const Spread& spread) { return IsFinite(spread.within) && IsFinite(spread.slope); }

}  // namespace

Spread Exactly(double value) { return Around(value, 0); }

Spread Around(double value, double uncertainty) {
  const Spread spread{
      value, {value - uncertainty, value + uncertainty}, {uncertainty, uncertainty}};
  return uncertainty >= 0 && IsFinite(spread) ? spread : Spread{value};
}

Spread Calculate(Kind kind, const Spread& a, const Spread& b) {
  const double value = Calculate(kind, a.value, b.value);
  if (!IsFinite(a) || !IsFinite(b)) return {value};
  Spread result = Raw(kind, a, b);
  result.value = value;
  return IsFinite(result) ? result : Spread{value};
}

double Deviation(const Spread& spread) {
  const auto& [value, within, slope] = spread;
  if (std::isnan(value) || !IsFinite(spread)) return kInfinity;
  return std::min(std::max(within.high - value, value - within.low),
                  std::max(std::fabs(slope.low), std::fabs(slope.high)));
}

}  // namespace rig::check
