#include "rig/base/field_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "rig/base/names.h"
#include "rig/base/units.h"

namespace rig {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Stored = tl::expected<void, BadValue>;
template <typename T>
using Parsed = tl::expected<T, BadValue>;

constexpr double kLargestExactInteger = 9007199254740992.0;  // 2^53

tl::unexpected<BadValue> Bad(std::string what, std::string expected) {
  return tl::unexpected<BadValue>(BadValue{std::move(what), std::move(expected)});
}

std::string Quote(std::string_view text) { return fmt::format("\"{}\"", Shorten(text, 60)); }

// A quantity in the rule's unit. Multiplies by whole numbers where it can: 1.1 ms is 1100000 ns,
// not 1100000.0000000002.
Parsed<double> ParseInUnit(std::string_view text, const v1::FieldRule& rule) {
  const std::string& unit_text = rule.unit();
  const auto unit = ParseUnit(unit_text);
  if (!unit) return Bad("a field rule in " + unit_text, "a unit");  // a mistake in the schema
  const std::string expected =
      fmt::format("a quantity in {}, such as \"5 {}\"", unit_text, unit_text);
  const auto quantity = rule.absolute() ? ParsePoint(text) : ParseQuantity(text);
  if (!quantity) return Bad(quantity.error().message, expected);
  const bool dimensionless = unit->dimension == Dimension{};
  if (quantity->unit.empty() && !dimensionless) {
    return Bad(fmt::format("{} has no unit", Quote(text)), expected);
  }
  if (!(quantity->dimension == unit->dimension)) {
    return Bad(fmt::format("{} is in {}", Quote(text), SiUnit(quantity->dimension)), expected);
  }
  const double inverse = std::round(1.0 / unit->to_si);
  if (unit->to_si < 1 && 1.0 / inverse == unit->to_si) return quantity->si * inverse;
  return quantity->si / unit->to_si;
}

Parsed<double> ParsePlainNumber(std::string_view text, bool quoted) {
  const std::string expected = "a plain number, such as 5";
  const auto quantity = ParseQuantity(text);
  if (!quantity || quoted) return Bad(fmt::format("{} is not a number", Quote(text)), expected);
  if (!quantity->unit.empty()) return Bad(fmt::format("{} has a unit", Quote(text)), expected);
  return quantity->si;
}

template <typename T>
Parsed<T> ParseInteger(std::string_view text, bool quoted) {
  constexpr T kLowest = std::numeric_limits<T>::min();
  constexpr T kHighest = std::numeric_limits<T>::max();
  const std::string expected = fmt::format("a whole number from {} to {}", kLowest, kHighest);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    return Bad(fmt::format("{} is out of range", Quote(text)), expected);
  }
  // 010 is eight to some readers of YAML and ten to others.
  const bool octal = text.size() > 1 && text.front() == '0';
  const bool whole = error == std::errc() && end == text.data() + text.size() && !octal;
  if (!whole || quoted) return Bad(fmt::format("{} is not a whole number", Quote(text)), expected);
  return value;
}

template <typename T>
Parsed<T> ParseNumber(std::string_view text, bool quoted, const v1::FieldRule& rule) {
  if constexpr (std::is_same_v<T, double>) {
    return rule.unit().empty() ? ParsePlainNumber(text, quoted) : ParseInUnit(text, rule);
  } else {
    if (rule.unit().empty()) return ParseInteger<T>(text, quoted);
    const Parsed<double> value = ParseInUnit(text, rule);
    if (!value) return tl::unexpected<BadValue>(value.error());
    const double nearest = std::round(*value);
    const double rounding = 4 * std::numeric_limits<double>::epsilon() * std::fabs(*value);
    const bool whole = std::fabs(*value - nearest) <= rounding;
    const double highest =
        std::min(kLargestExactInteger, static_cast<double>(std::numeric_limits<T>::max()));
    const double lowest =
        std::max(-kLargestExactInteger, static_cast<double>(std::numeric_limits<T>::min()));
    const bool fits = nearest >= lowest && nearest <= highest;
    if (!whole || !fits) {
      return Bad(fmt::format("{} cannot be stored", Quote(text)),
                 fmt::format("a whole number of {}, at most {}", rule.unit(), highest));
    }
    return static_cast<T>(nearest);
  }
}

// The inclusive bounds of a rule. A bound that does not parse is a mistake in the schema and admits
// nothing.
template <typename T>
Stored CheckBounds(std::string_view text, T value, const v1::FieldRule& rule) {
  bool in_range = true;
  if (!rule.min_text().empty()) {
    const auto low = ParseNumber<T>(rule.min_text(), false, rule);
    in_range = in_range && low && value >= *low;
  }
  if (!rule.max_text().empty()) {
    const auto high = ParseNumber<T>(rule.max_text(), false, rule);
    in_range = in_range && high && value <= *high;
  }
  if (in_range) return {};
  std::string expected = fmt::format("{} to {}", rule.min_text(), rule.max_text());
  if (rule.max_text().empty()) expected = fmt::format("at least {}", rule.min_text());
  if (rule.min_text().empty()) expected = fmt::format("at most {}", rule.max_text());
  return Bad(fmt::format("{} is out of range", Quote(text)), expected);
}

// Parses, checks the bounds and hands the number to `store`.
template <typename T, typename Store>
Stored StoreNumber(std::string_view text, bool quoted, const v1::FieldRule& rule, Store store) {
  const Parsed<T> value = ParseNumber<T>(text, quoted, rule);
  if (!value) return tl::unexpected<BadValue>(value.error());
  Stored in_bounds = CheckBounds<T>(text, *value, rule);
  if (!in_bounds) return in_bounds;
  store(*value);
  return {};
}

Stored StoreEnum(std::string_view text, const FieldDescriptor& field, Message& message) {
  std::vector<std::string> known;
  for (int i = 0; i < field.enum_type()->value_count(); ++i) {
    const auto& value = *field.enum_type()->value(i);
    if (value.number() == 0) continue;  // unset
    std::string name = value.name();
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (name == text) {
      const auto& reflection = *message.GetReflection();
      field.is_repeated() ? reflection.AddEnum(&message, &field, &value)
                          : reflection.SetEnum(&message, &field, &value);
      return {};
    }
    known.push_back(std::move(name));
  }
  return Bad(Quote(text), OneOf(text, std::move(known)));
}

Stored StoreString(std::string_view text, const FieldDescriptor& field, Message& message) {
  const v1::FieldRule& rule = RuleOf(field);
  if (text.empty() && (rule.required() || rule.non_empty())) return Bad("empty text", "some text");
  if (rule.quantity_text()) {
    const auto quantity = rule.absolute() ? ParsePoint(text) : ParseQuantity(text);
    if (!quantity) return Bad(quantity.error().message, "a quantity, such as \"5 mV\"");
  }
  const auto& reflection = *message.GetReflection();
  field.is_repeated() ? reflection.AddString(&message, &field, std::string(text))
                      : reflection.SetString(&message, &field, std::string(text));
  return {};
}

Stored StoreBool(std::string_view text, bool quoted, const FieldDescriptor& field,
                 Message& message) {
  const bool is_bool = !quoted && (text == "true" || text == "false");
  if (!is_bool) return Bad(Quote(text), "true or false");
  const auto& reflection = *message.GetReflection();
  field.is_repeated() ? reflection.AddBool(&message, &field, text == "true")
                      : reflection.SetBool(&message, &field, text == "true");
  return {};
}

// A whole quantity in the largest unit of time that keeps it whole: "10 s" rather than 10000000000
// ns.
std::string WholeQuantity(std::int64_t value, const std::string& unit) {
  if (unit != "ns") return fmt::format("{} {}", value, unit);
  constexpr std::pair<std::int64_t, const char*> kUnits[] = {
      {1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}};
  for (const auto& [size, name] : kUnits) {
    if (value % size == 0) return fmt::format("{} {}", value / size, name);
  }
  return fmt::format("{} ns", value);
}

std::string WithUnit(double value, const std::string& unit) {
  return unit.empty() || unit == "1" ? fmt::format("{}", value) : fmt::format("{} {}", value, unit);
}

}  // namespace

const v1::FieldRule& RuleOf(const FieldDescriptor& field) {
  return field.options().GetExtension(v1::rule);
}

const std::string& KeyOf(const FieldDescriptor& field) {
  const v1::FieldRule& rule = RuleOf(field);
  return rule.yaml_key().empty() ? field.name() : rule.yaml_key();
}

Stored StoreText(std::string_view text, bool quoted, const FieldDescriptor& field,
                 Message& message) {
  const v1::FieldRule& rule = RuleOf(field);
  const auto& reflection = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return StoreString(text, field, message);
    case FieldDescriptor::CPPTYPE_BOOL:
      return StoreBool(text, quoted, field, message);
    case FieldDescriptor::CPPTYPE_ENUM:
      return StoreEnum(text, field, message);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return StoreNumber<double>(text, quoted, rule, [&](double value) {
        many ? reflection.AddDouble(&message, &field, value)
             : reflection.SetDouble(&message, &field, value);
      });
    case FieldDescriptor::CPPTYPE_INT64:
      return StoreNumber<std::int64_t>(text, quoted, rule, [&](std::int64_t value) {
        many ? reflection.AddInt64(&message, &field, value)
             : reflection.SetInt64(&message, &field, value);
      });
    case FieldDescriptor::CPPTYPE_UINT64:
      return StoreNumber<std::uint64_t>(text, quoted, rule, [&](std::uint64_t value) {
        many ? reflection.AddUInt64(&message, &field, value)
             : reflection.SetUInt64(&message, &field, value);
      });
    case FieldDescriptor::CPPTYPE_UINT32:
      return StoreNumber<std::uint32_t>(text, quoted, rule, [&](std::uint32_t value) {
        many ? reflection.AddUInt32(&message, &field, value)
             : reflection.SetUInt32(&message, &field, value);
      });
    default:
      return Bad(fmt::format("a field of type {}", field.type_name()), "a type YAML files use");
  }
}

FieldText TextOf(const Message& message, const FieldDescriptor& field, int index) {
  const auto& reflection = *message.GetReflection();
  const std::string& unit = RuleOf(field).unit();
  const bool many = index >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return {many ? reflection.GetRepeatedString(message, &field, index)
                   : reflection.GetString(message, &field),
              true};
    case FieldDescriptor::CPPTYPE_BOOL: {
      const bool value = many ? reflection.GetRepeatedBool(message, &field, index)
                              : reflection.GetBool(message, &field);
      return {value ? "true" : "false", false};
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      std::string name = (many ? reflection.GetRepeatedEnum(message, &field, index)
                               : reflection.GetEnum(message, &field))
                             ->name();
      std::transform(name.begin(), name.end(), name.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      return {std::move(name), false};
    }
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return {WithUnit(many ? reflection.GetRepeatedDouble(message, &field, index)
                            : reflection.GetDouble(message, &field),
                       unit),
              false};
    case FieldDescriptor::CPPTYPE_INT64: {
      const std::int64_t value = many ? reflection.GetRepeatedInt64(message, &field, index)
                                      : reflection.GetInt64(message, &field);
      return {unit.empty() ? std::to_string(value) : WholeQuantity(value, unit), false};
    }
    case FieldDescriptor::CPPTYPE_UINT64:
      return {std::to_string(many ? reflection.GetRepeatedUInt64(message, &field, index)
                                  : reflection.GetUInt64(message, &field)),
              false};
    case FieldDescriptor::CPPTYPE_UINT32:
      return {std::to_string(many ? reflection.GetRepeatedUInt32(message, &field, index)
                                  : reflection.GetUInt32(message, &field)),
              false};
    default:
      return {"", false};
  }
}

}  // namespace rig
