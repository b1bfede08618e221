#include "rig/base/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <span>

#include "rig/base/names.h"

namespace rig {
namespace {

// Exponents of s, m, kg, A, K, dB.
constexpr Dimension Dim(int s, int m, int kg, int ampere, int kelvin = 0, int decibel = 0) {
  return Dimension{{static_cast<std::int8_t>(s), static_cast<std::int8_t>(m),
                    static_cast<std::int8_t>(kg), static_cast<std::int8_t>(ampere),
                    static_cast<std::int8_t>(kelvin), static_cast<std::int8_t>(decibel)}};
}

// A unit symbol: SI value = value * numerator / denominator. Kept as a fraction so that 72 bpm is
// exactly the double 1.2.
struct Symbol {
  std::string_view name;
  Dimension dimension;
  double numerator;
  double denominator;
  bool prefixable;
};

// Definitions: SI brochure (BIPM, 9th ed.), tables 2, 4, 8; mmHg and cmH2O: conventional values,
// ISO 80000-4, annex.
constexpr Symbol kSymbols[] = {
    {"1", Dim(0, 0, 0, 0), 1, 1, false},
    {"count", Dim(0, 0, 0, 0), 1, 1, false},
    {"%", Dim(0, 0, 0, 0), 1, 100, false},
    {"ppm", Dim(0, 0, 0, 0), 1, 1e6, false},
    {"s", Dim(1, 0, 0, 0), 1, 1, true},
    {"min", Dim(1, 0, 0, 0), 60, 1, false},
    {"h", Dim(1, 0, 0, 0), 3600, 1, false},
    {"d", Dim(1, 0, 0, 0), 86400, 1, false},
    {"Hz", Dim(-1, 0, 0, 0), 1, 1, true},
    {"baud", Dim(-1, 0, 0, 0), 1, 1, false},
    {"bpm", Dim(-1, 0, 0, 0), 1, 60, false},
    {"rpm", Dim(-1, 0, 0, 0), 1, 60, false},
    {"m", Dim(0, 1, 0, 0), 1, 1, true},
    {"L", Dim(0, 3, 0, 0), 1, 1000, true},
    {"g", Dim(0, 0, 1, 0), 1, 1000, true},
    {"A", Dim(0, 0, 0, 1), 1, 1, true},
    {"K", Dim(0, 0, 0, 0, 1), 1, 1, true},
    {"N", Dim(-2, 1, 1, 0), 1, 1, true},
    {"Pa", Dim(-2, -1, 1, 0), 1, 1, true},
    {"bar", Dim(-2, -1, 1, 0), 1e5, 1, true},
    {"mmHg", Dim(-2, -1, 1, 0), 133322387415.0, 1e9, false},
    {"cmH2O", Dim(-2, -1, 1, 0), 980665.0, 1e4, false},
    {"J", Dim(-2, 2, 1, 0), 1, 1, true},
    {"W", Dim(-3, 2, 1, 0), 1, 1, true},
    {"C", Dim(1, 0, 0, 1), 1, 1, true},
    {"V", Dim(-3, 2, 1, -1), 1, 1, true},
    {"ohm", Dim(-3, 2, 1, -2), 1, 1, true},
    {"F", Dim(4, -2, -1, 2), 1, 1, true},
    {"dB", Dim(0, 0, 0, 0, 0, 1), 1, 1, false},
};

struct Prefix {
  char letter;
  double numerator;
  double denominator;
};

constexpr Prefix kPrefixes[] = {{'G', 1e9, 1}, {'M', 1e6, 1}, {'k', 1e3, 1}, {'h', 100, 1},
                                {'d', 1, 10},  {'c', 1, 100}, {'m', 1, 1e3}, {'u', 1, 1e6},
                                {'n', 1, 1e9}, {'p', 1, 1e12}};

// SI brochure, 2.3.1: t/°C = T/K - 273.15.
constexpr double kZeroCelsiusK = 273.15;
constexpr Dimension kTemperature = Dim(0, 0, 0, 0, 1);
bool IsCelsius(std::string_view unit) {
  return std::find(std::begin(kCelsius), std::end(kCelsius), unit) != std::end(kCelsius);
}

constexpr std::size_t kLongestShown = 60;
constexpr int kLargestPower = 9;
constexpr int kMostFactors = 8;
constexpr int kLargestExponent = 60;  // and what one factor more adds still fits into an int8

struct Fraction {
  Dimension dimension;
  double numerator = 1;
  double denominator = 1;
};

bool IsTooLarge(const Dimension& dimension) {
  return std::any_of(dimension.exponents.begin(), dimension.exponents.end(),
                     [](int exponent) { return std::abs(exponent) > kLargestExponent; });
}

std::optional<Fraction> FindSymbol(std::string_view name) {
  for (const Symbol& symbol : kSymbols) {
    if (symbol.name == name) {
      return Fraction{symbol.dimension, symbol.numerator, symbol.denominator};
    }
  }
  if (name.size() < 2) return std::nullopt;
  for (const Symbol& symbol : kSymbols) {
    if (!symbol.prefixable || symbol.name != name.substr(1)) continue;
    for (const Prefix& prefix : kPrefixes) {
      if (prefix.letter == name.front()) {
        return Fraction{symbol.dimension, symbol.numerator * prefix.numerator,
                        symbol.denominator * prefix.denominator};
      }
    }
  }
  return std::nullopt;
}

void Multiply(Fraction& product, const Fraction& factor, int power) {
  const bool inverse = power < 0;
  for (int i = 0; i < std::abs(power); ++i) {
    product.dimension =
        inverse ? product.dimension / factor.dimension : product.dimension * factor.dimension;
    product.numerator *= inverse ? factor.denominator : factor.numerator;
    product.denominator *= inverse ? factor.numerator : factor.denominator;
  }
}

// One factor of a unit, "m3", "s-1", "mmHg"; sign -1 behind the "/".
Status MultiplyFactor(std::string_view text, int sign, std::string_view whole, Fraction& product) {
  const auto refuse = [&]() {
    const auto within = [&](std::string_view name) { return text.find(name) != text.npos; };
    if (std::any_of(std::begin(kCelsius), std::end(kCelsius), within)) {
      return MakeError(Code::kInvalidArgument,
                       fmt::format("\"{}\" in \"{}\" is a scale, no unit to calculate with; "
                                   "expected K, or °C alone behind a temperature",
                                   Shorten(text, kLongestShown), Shorten(whole, kLongestShown)));
    }
    return MakeError(Code::kInvalidArgument,
                     fmt::format("\"{}\" in \"{}\" is not a unit", Shorten(text, kLongestShown),
                                 Shorten(whole, kLongestShown)));
  };
  if (const auto symbol = FindSymbol(text)) {
    Multiply(product, *symbol, sign);
    return {};
  }
  const std::size_t split = text.find_first_of("-0123456789");
  if (split == std::string_view::npos || split == 0) return refuse();
  const auto symbol = FindSymbol(text.substr(0, split));
  int power = 0;
  const auto [end, error] = std::from_chars(text.data() + split, text.data() + text.size(), power);
  const bool is_power = error == std::errc() && end == text.data() + text.size() && power != 0 &&
                        std::abs(power) <= kLargestPower;
  if (!symbol || !is_power) return refuse();
  Multiply(product, *symbol, sign * power);
  return {};
}

Result<Fraction> ParseFraction(std::string_view text) {
  Fraction product;
  int sign = 1;
  int factors = 0;
  for (std::string_view rest = text;;) {
    const std::size_t end = rest.find_first_of("./");
    RIG_TRY(MultiplyFactor(rest.substr(0, end), sign, text, product));
    if (IsTooLarge(product.dimension)) {
      return MakeError(
          Code::kInvalidArgument,
          fmt::format("\"{}\" has powers too large, expected at most {} of a base unit",
                      Shorten(text, kLongestShown), kLargestExponent));
    }
    if (end == std::string_view::npos) break;
    if (rest[end] == '/' && sign < 0) {
      return MakeError(
          Code::kInvalidArgument,
          fmt::format("\"{}\" has two \"/\", expected at most one", Shorten(text, kLongestShown)));
    }
    if (rest[end] == '/') sign = -1;
    rest.remove_prefix(end + 1);
    if (++factors == kMostFactors) {
      return MakeError(Code::kInvalidArgument,
                       fmt::format("\"{}\" has too many factors", Shorten(text, kLongestShown)));
    }
  }
  return product;
}

// The SI value. Dividing by the whole number rounds once, multiplying by its reciprocal would round
// twice.
double ToSi(double value, const Fraction& unit) {
  if (unit.numerator == 1.0) return value / unit.denominator;
  if (unit.denominator == 1.0) return value * unit.numerator;
  return value * (unit.numerator / unit.denominator);
}

// Rounded to significant digits, as the shortest plain decimal; far from 1 with an exponent.
std::string Decimal(double value, int digits) {
  if (!std::isfinite(value)) return fmt::format("{}", value);
  if (value == 0) return "0";
  const std::string scientific = fmt::format("{:.{}e}", value, digits - 1);
  const int exponent = std::atoi(scientific.c_str() + scientific.find('e') + 1);
  if (exponent < -4 || exponent > 9) return fmt::format("{:.{}g}", value, digits);
  const double rounded = std::strtod(scientific.c_str(), nullptr);
  std::string text = fmt::format("{:.{}f}", rounded, std::max(0, digits - 1 - exponent));
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

struct Shown {
  double scale;  // SI value of one
  std::string_view unit;
};

// Largest first: the first whose scale the value reaches is used, the last one otherwise.
constexpr Shown kVolts[] = {{1, "V"}, {1e-3, "mV"}, {1e-6, "uV"}};
constexpr Shown kAmperes[] = {{1, "A"}, {1e-3, "mA"}, {1e-6, "uA"}, {1e-9, "nA"}};
constexpr Shown kOhms[] = {{1e6, "Mohm"}, {1e3, "kohm"}, {1, "ohm"}};
constexpr Shown kSeconds[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}};
constexpr Shown kMinutes[] = {{60, "min"}};
constexpr Shown kHertz[] = {{1e6, "MHz"}, {1e3, "kHz"}, {1, "Hz"}};
constexpr Shown kRate[] = {{1.0 / 60, "bpm"}};
constexpr Shown kVolume[] = {{1e-6, "mL"}};
constexpr Shown kFlow[] = {{1e-6 / 3600, "mL/h"}};
constexpr Shown kPressure[] = {{1e3, "kPa"}};
constexpr Shown kCompliance[] = {{1e-9, "mL/kPa"}};
constexpr Shown kGlucose[] = {{0.01, "mg/dL"}};
constexpr Shown kResistance[] = {{1e9, "kPa.s/mL"}};

constexpr double kSlowestFrequency = 6;  // below it a value in Hz is a rate: 360 bpm
constexpr double kLongestInSeconds = 600;

std::span<const Shown> ShownAs(double si, std::string_view unit) {
  if (unit == "V") return kVolts;
  if (unit == "A") return kAmperes;
  if (unit == "ohm") return kOhms;
  if (unit == "s" && std::fabs(si) > kLongestInSeconds) return kMinutes;
  if (unit == "s") return kSeconds;
  if (unit == "Hz" && std::fabs(si) < kSlowestFrequency) return kRate;
  if (unit == "Hz") return kHertz;
  if (unit == "m3") return kVolume;
  if (unit == "m3/s") return kFlow;
  if (unit == "Pa") return kPressure;
  if (unit == "kg/m3") return kGlucose;
  if (unit == "m3/Pa") return kCompliance;
  if (unit == "Pa.s/m3") return kResistance;
  return {};
}

struct NamedDimension {
  std::string_view unit;
  Dimension dimension;
};

constexpr NamedDimension kSiUnits[] = {
    {"1", Dim(0, 0, 0, 0)},      {"s", Dim(1, 0, 0, 0)},      {"Hz", Dim(-1, 0, 0, 0)},
    {"m", Dim(0, 1, 0, 0)},      {"m3", Dim(0, 3, 0, 0)},     {"m3/s", Dim(-1, 3, 0, 0)},
    {"kg", Dim(0, 0, 1, 0)},     {"A", Dim(0, 0, 0, 1)},      {"K", Dim(0, 0, 0, 0, 1)},
    {"N", Dim(-2, 1, 1, 0)},     {"Pa", Dim(-2, -1, 1, 0)},   {"J", Dim(-2, 2, 1, 0)},
    {"W", Dim(-3, 2, 1, 0)},     {"C", Dim(1, 0, 0, 1)},      {"V", Dim(-3, 2, 1, -1)},
    {"V/s", Dim(-4, 2, 1, -1)},  {"Pa/s", Dim(-3, -1, 1, 0)}, {"ohm", Dim(-3, 2, 1, -2)},
    {"F", Dim(4, -2, -1, 2)},    {"m3/Pa", Dim(2, 4, -1, 0)}, {"Pa.s/m3", Dim(-1, -4, 1, 0)},
    {"kg/m3", Dim(0, -3, 1, 0)},
};

}  // namespace

Dimension operator*(const Dimension& a, const Dimension& b) {
  Dimension product;
  for (std::size_t i = 0; i < a.exponents.size(); ++i) {
    product.exponents[i] = static_cast<std::int8_t>(a.exponents[i] + b.exponents[i]);
  }
  return product;
}

Dimension operator/(const Dimension& a, const Dimension& b) {
  Dimension quotient;
  for (std::size_t i = 0; i < a.exponents.size(); ++i) {
    quotient.exponents[i] = static_cast<std::int8_t>(a.exponents[i] - b.exponents[i]);
  }
  return quotient;
}

Result<Unit> ParseUnit(std::string_view text) {
  RIG_TRY_ASSIGN(const Fraction unit, ParseFraction(text));
  return Unit{unit.dimension, ToSi(1.0, unit)};
}

Result<PhysicalQuantity> ParsePoint(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("\"{}\" {}", Shorten(text, kLongestShown), why));
  };
  const std::size_t first = !text.empty() && text.front() == '-' ? 1 : 0;
  const bool starts = first < text.size() && text[first] >= '0' && text[first] <= '9';
  if (!starts) return refuse("is not a number with a unit");
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return refuse("is out of the range of numbers");
  std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (rest.empty()) return PhysicalQuantity{value, Dimension{}, "", false};
  if (rest.front() != ' ' || rest.size() < 2) {
    return refuse("is not a number, one space and a unit");
  }
  rest.remove_prefix(1);
  if (IsCelsius(rest)) {
    const double kelvin = value + kZeroCelsiusK;
    if (!(kelvin >= 0 && std::isfinite(kelvin))) return refuse("is no temperature");
    return PhysicalQuantity{kelvin, kTemperature, std::string(rest), true};
  }
  RIG_TRY_ASSIGN(const Fraction unit, ParseFraction(rest));
  const double si = ToSi(value, unit);
  if (!std::isfinite(si)) return refuse("is out of the range of numbers");
  return PhysicalQuantity{si, unit.dimension, std::string(rest), false};
}

Result<PhysicalQuantity> ParseQuantity(std::string_view text) {
  RIG_TRY_ASSIGN(PhysicalQuantity quantity, ParsePoint(text));
  if (!quantity.absolute) return quantity;
  return MakeError(Code::kInvalidArgument,
                   fmt::format("\"{}\" is a temperature on the Celsius scale, no difference or "
                               "step; expected one in K",
                               Shorten(text, kLongestShown)));
}

double ValueIn(std::string_view unit, double si) {
  if (IsCelsius(unit)) return si - kZeroCelsiusK;
  const auto parsed = ParseFraction(unit);
  return parsed ? si / ToSi(1.0, *parsed) : std::nan("");
}

std::string SiUnit(const Dimension& dimension) {
  for (const NamedDimension& named : kSiUnits) {
    if (named.dimension == dimension) return std::string(named.unit);
  }
  constexpr std::string_view kBase[] = {"s", "m", "kg", "A", "K", "dB"};
  std::string above;
  std::string below;
  for (std::size_t i = 0; i < dimension.exponents.size(); ++i) {
    const int exponent = 0 + dimension.exponents[i];
    if (exponent == 0) continue;
    std::string& side = exponent > 0 ? above : below;
    if (!side.empty()) side += '.';
    side += kBase[i];
    if (std::abs(exponent) > 1) side += std::to_string(std::abs(exponent));
  }
  if (below.empty()) return above;
  return fmt::format("{}/{}", above.empty() ? "1" : above, below);
}

std::string Display(double si, std::string_view si_unit, int digits) {
  if (si_unit.empty() || si_unit == "1") return Decimal(si, digits);
  const std::span<const Shown> choices = ShownAs(si, si_unit);
  if (choices.empty() || !std::isfinite(si)) {
    return fmt::format("{} {}", Decimal(si, digits), si_unit);
  }
  if (si == 0) return fmt::format("0 {}", choices.front().unit);
  for (const Shown& shown : choices) {
    // Compared as it will read: 0.99999 V is 1 V, not 1000 mV.
    const double reads = std::strtod(Decimal(si / shown.scale, digits).c_str(), nullptr);
    if (std::fabs(reads) >= 1) return fmt::format("{} {}", Decimal(reads, digits), shown.unit);
  }
  return fmt::format("{} {}", Decimal(si / choices.back().scale, digits), choices.back().unit);
}

std::string DisplayPoint(double si, std::string_view si_unit, int digits) {
  if (si_unit != "K") return Display(si, si_unit, digits);
  return fmt::format("{} °C", Decimal(si - kZeroCelsiusK, digits));
}

}  // namespace rig
