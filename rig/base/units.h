#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "rig/base/result.h"

namespace rig {

// Exponents of the SI base units s, m, kg, A, K, and of the decibel: a level is no plain ratio.
// Angles, counts, ratios: all zero.
struct Dimension {
  std::array<std::int8_t, 6> exponents{};
  friend bool operator==(const Dimension&, const Dimension&) = default;
};
Dimension operator*(const Dimension& a, const Dimension& b);
Dimension operator/(const Dimension& a, const Dimension& b);

// A unit as text: factors with optional SI prefix and integer power, joined by "." and at most one
// "/", after which everything divides: "mV", "bpm", "mL/h", "m3/Pa", "Pa.s/m3", "1", "%".
struct Unit {
  Dimension dimension;
  double to_si = 1.0;  // SI value = to_si * value
};

// How a temperature on the Celsius scale is written behind its number.
inline constexpr std::string_view kCelsius[] = {"°C", "degC"};

// A number with its unit, converted to SI.
struct PhysicalQuantity {
  double si = 0.0;
  Dimension dimension;
  std::string unit;       // as written; empty for a plain number
  bool absolute = false;  // a point of a scale whose zero is not 0: °C
};

// Errors: INVALID_ARGUMENT, naming the part that is no unit.
Result<Unit> ParseUnit(std::string_view text);

// "72 bpm", "-1.5e3 mV", "3". One number, then optionally one space and a unit. NaN and infinities
// are refused. So is °C: what is no point of a scale (a step, a tolerance, a size) would be wrong
// by 273.15 K. Errors: INVALID_ARGUMENT.
Result<PhysicalQuantity> ParseQuantity(std::string_view text);

// The same of a point of a scale: a temperature also as "37 °C" or "37 degC", 310.15 K. °C stands
// alone, it is no unit to calculate with. Errors: INVALID_ARGUMENT, also below 0 K.
Result<PhysicalQuantity> ParsePoint(std::string_view text);

// A number of the unit, as ParsePoint reads it, from SI. NaN for what is no unit.
double ValueIn(std::string_view unit, double si);

// The SI unit of a dimension as we print it, e.g. "V", "Hz", "m3/s", "1".
std::string SiUnit(const Dimension& dimension);

// A value in SI shown as people of the field write it: ("Hz", 1.2) → "72 bpm" where the unit is
// listed for display, otherwise a prefixed SI unit with at most `digits` significant digits.
std::string Display(double si, std::string_view si_unit, int digits = 4);

// The same of a point of a scale, such as a channel's value: kelvins as °C.
std::string DisplayPoint(double si, std::string_view si_unit, int digits = 4);

}  // namespace rig
