#include "sim_signals/deterministic_math.h"

#include <bit>
#include <cstdint>
#include <limits>

namespace rig {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTwoPi = 6.283185307179586476925;

// Nearest integer, halves to even, for |x| < 2^51: adding 1.5 * 2^52 leaves no room for a fraction.
// The sum's last bits are the integer's own.
struct Nearest {
  explicit Nearest(double x) : sum(x + 0x1.8p52) {}
  double value() const { return sum - 0x1.8p52; }
  std::int64_t integer() const {
    return static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(sum) -
                                     std::bit_cast<std::uint64_t>(0x1.8p52));
  }
  double sum;
};

// 2^k for a normal result.
double PowerOfTwo(std::int64_t k) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52);
}

// sin and cos on [-pi/4, pi/4]. Source: Cephes sin.c, sincof and coscof.
double SinPolynomial(double x) {
  const double z = x * x;
  double p = 1.58962301576546568060E-10;
  p = p * z - 2.50507477628578072866E-8;
  p = p * z + 2.75573136213857245213E-6;
  p = p * z - 1.98412698295895385996E-4;
  p = p * z + 8.33333333332211858878E-3;
  p = p * z - 1.66666666666666307295E-1;
  return x + x * (z * p);
}

double CosPolynomial(double x) {
  const double z = x * x;
  double p = -1.13585365213876817300E-11;
  p = p * z + 2.08757008419747316778E-9;
  p = p * z - 2.75573141792967388112E-7;
  p = p * z + 2.48015872888517045348E-5;
  p = p * z - 1.38888888888730564116E-3;
  p = p * z + 4.16666666666665929218E-2;
  return 1.0 - 0.5 * z + z * z * p;
}

// sin(quarter * pi/2 + x) for x in [-pi/4, pi/4]. Both polynomials, then a choice: phases of
// samples come in an order that no branch predictor guesses.
double SinOfQuarter(std::int64_t quarter, double x) {
  const double s = SinPolynomial(x);
  const double c = CosPolynomial(x);
  const double v = (quarter & 1) != 0 ? c : s;
  const auto sign = static_cast<std::uint64_t>(quarter & 2) << 62;
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(v) ^ sign);
}

// sin(x + shift * pi/2). Three-part pi/2, after Cody and Waite: each product with a count below
// 2^29 is exact but for the last. Source: Cephes sin.c, DP1..DP3 (of pi/4, doubled here).
double SinShifted(double x, std::int64_t shift) {
  const bool reducible = x > -536870912.0 && x < 536870912.0;
  if (!reducible) return kNan;
  const Nearest quarter(x * 0.63661977236758134308);
  const double q = quarter.value();
  double r = x - q * (2 * 7.85398125648498535156E-1);
  r -= q * (2 * 3.77489470793079817668E-8);
  r -= q * (2 * 2.69515142907905952645E-15);
  return SinOfQuarter(quarter.integer() + shift, r);
}

double SinTurnsShifted(double turns, std::int64_t shift) {
  const bool reducible = turns > -0x1p51 && turns < 0x1p51;
  if (!reducible) return kNan;
  const double part = turns - Nearest(turns).value();
  const Nearest quarter(4.0 * part);
  return SinOfQuarter(quarter.integer() + shift, (part - 0.25 * quarter.value()) * kTwoPi);
}

}  // namespace

double Exp(double x) {
  if (!(x > -745.2)) return x == x ? 0.0 : kNan;
  if (x > 709.782712893384) return kInfinity;
  // x = k ln 2 + r, ln 2 in two parts. Source: Cephes exp.c, C1, C2, P, Q.
  const Nearest nearest(x * 1.4426950408889634073599);
  const std::int64_t k = nearest.integer();
  const double n = nearest.value();
  double r = x - n * 6.93145751953125E-1;
  r -= n * 1.42860682030941723212E-6;
  const double z = r * r;
  const double p = r * ((1.26177193074810590878E-4 * z + 3.02994407707441961300E-2) * z +
                        9.99999999999999999910E-1);
  const double q = ((3.00198505138664455042E-6 * z + 2.52448340349684104192E-3) * z +
                    2.27265548208155028766E-1) *
                       z +
                   2.00000000000000000005E0;
  const double e = 1.0 + 2.0 * (p / (q - p));
  if (k < -1020) return e * PowerOfTwo(k + 100) * PowerOfTwo(-100);
  if (k > 1020) return e * PowerOfTwo(k - 100) * PowerOfTwo(100);
  return e * PowerOfTwo(k);
}

double Log(double x) {
  if (!(x > 0.0)) return x == 0.0 ? -kInfinity : kNan;
  if (x == kInfinity) return kInfinity;
  std::int64_t exponent = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= PowerOfTwo(60);
    exponent = -60;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  exponent += static_cast<std::int64_t>(bits >> 52) - 1022;
  double m = std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFFULL) | (1022ULL << 52));  // [0.5, 1)
  if (m < 0.70710678118654752440) {
    --exponent;
    m = 2.0 * m;
  }
  m -= 1.0;
  // log(1 + m) = m - m^2/2 + m^3 P(m)/Q(m). Source: Cephes log.c, P, Q.
  const double z = m * m;
  double p = 1.01875663804580931796E-4;
  p = p * m + 4.97494994976747001425E-1;
  p = p * m + 4.70579119878881725854E0;
  p = p * m + 1.44989225341610930846E1;
  p = p * m + 1.79368678507819816313E1;
  p = p * m + 7.70838733755885391666E0;
  double q = m + 1.12873587189167450590E1;
  q = q * m + 4.52279145837532221105E1;
  q = q * m + 8.29875266912776603211E1;
  q = q * m + 7.11544750618563894466E1;
  q = q * m + 2.31251620126765340583E1;
  const auto e = static_cast<double>(exponent);
  double y = m * (z * p / q);
  y -= e * 2.121944400546905827679E-4;
  y -= 0.5 * z;
  return (m + y) + e * 0.693359375;
}

double Tanh(double x) {
  if (!(x >= -20.0)) return x == x ? -1.0 : kNan;
  if (x > 20.0) return 1.0;
  const double e = Exp(2.0 * x);
  return (e - 1.0) / (e + 1.0);
}

double Sin(double x) { return SinShifted(x, 0); }
double Cos(double x) { return SinShifted(x, 1); }
double SinTurns(double turns) { return SinTurnsShifted(turns, 0); }
double CosTurns(double turns) { return SinTurnsShifted(turns, 1); }

}  // namespace rig
