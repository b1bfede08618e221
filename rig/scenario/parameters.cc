#include "rig/scenario/parameters.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "rig/base/names.h"
#include "rig/base/units.h"

namespace rig {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr double kLargestNumber = 999'999'999;

const YamlNode* FindItem(const YamlNode& mapping, std::string_view key) {
  if (mapping.kind != YamlNode::Kind::kMapping) return nullptr;
  for (std::size_t i = 0; i < mapping.keys.size(); ++i) {
    if (mapping.keys[i].text == key) return &mapping.items[i];
  }
  return nullptr;
}

std::vector<std::string> NamesOf(const Substitution& parameters) {
  std::vector<std::string> names;
  for (const auto& [name, value] : parameters.values) names.push_back(name);
  return names;
}

std::string RangeText(const v1::Parameter& parameter) {
  if (parameter.low().empty()) return "at most " + parameter.high();
  if (parameter.high().empty()) return "at least " + parameter.low();
  return parameter.low() + " to " + parameter.high();
}

// A temperature on the Celsius scale and one in K may be a temperature and a difference.
bool AreAlike(const PhysicalQuantity& a, const PhysicalQuantity& b) {
  return a.dimension == b.dimension && a.absolute == b.absolute;
}

std::string UnitOf(const PhysicalQuantity& quantity) {
  return quantity.absolute ? quantity.unit : SiUnit(quantity.dimension);
}

bool IsWithin(double si, const v1::Parameter& parameter) {
  const auto low = ParsePoint(parameter.low());
  const auto high = ParsePoint(parameter.high());
  const bool above = parameter.low().empty() || (low && si >= low->si);
  const bool below = parameter.high().empty() || (high && si <= high->si);
  return above && below;
}

// A parameter as its own lines tell.
Status CheckParameter(const v1::Parameter& parameter, const SourceMap& where) {
  if (!IsName(parameter.name())) {
    return where.Refuse("name", fmt::format("parameter \"{}\"", parameter.name()), kNameForm);
  }
  RIG_TRY_ASSIGN(const PhysicalQuantity value, ParsePoint(parameter.value()));
  for (const auto& [key, text] :
       {std::pair<std::string, std::string>{"low", parameter.low()}, {"high", parameter.high()}}) {
    if (text.empty()) continue;
    RIG_TRY_ASSIGN(const PhysicalQuantity bound, ParsePoint(text));
    if (AreAlike(bound, value)) continue;
    return where.Refuse(key, fmt::format("\"{}\" is in {}", text, UnitOf(bound)),
                        "a quantity in " + UnitOf(value) + ", as the value");
  }
  const auto low = ParsePoint(parameter.low());
  const auto high = ParsePoint(parameter.high());
  const bool ordered = !low || !high || low->si < high->si;
  if (!ordered) {
    return where.Refuse("low",
                        fmt::format("low {} with high {}", parameter.low(), parameter.high()),
                        "low below high");
  }
  if (IsWithin(value.si, parameter)) return {};
  return where.Refuse("value", fmt::format("\"{}\" is out of range", parameter.value()),
                      RangeText(parameter));
}

// A value given instead of the parameter's own.
Status CheckSet(const v1::Parameter& parameter, const std::string& text, const std::string& file) {
  const std::string what = fmt::format("{}: {}={}", file, parameter.name(), Shorten(text, 60));
  const auto given = ParsePoint(text);
  if (!given) return WithContext(given.error(), what);
  RIG_TRY_ASSIGN(const PhysicalQuantity own, ParsePoint(parameter.value()));
  if (!AreAlike(*given, own)) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: is in {}; expected a quantity in {}, as {}", what,
                                 UnitOf(*given), UnitOf(own), parameter.value()));
  }
  if (IsWithin(given->si, parameter)) return {};
  return MakeError(Code::kInvalidArgument,
                   fmt::format("{}: is out of range; expected {}", what, RangeText(parameter)));
}

// Whether a formula has the name as a word of its own: a name with a dot is a channel.
bool Mentions(std::string_view formula, std::string_view name) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
  };
  for (std::size_t at = formula.find(name); at != formula.npos; at = formula.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    const bool begins = at == 0 || !is_word(formula[at - 1]);
    if (begins && (end == formula.size() || !is_word(formula[end]))) return true;
  }
  return false;
}

// Whether any field called "formula" mentions the name. As deep as the schema at most.
bool FormulasMention(const Message& message, std::string_view name) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (is_message && field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        if (FormulasMention(reflection.GetRepeatedMessage(message, field, i), name)) return true;
      }
    } else if (is_message) {
      if (FormulasMention(reflection.GetMessage(message, field), name)) return true;
    } else if (field->name() == "formula" && !field->is_repeated()) {
      if (Mentions(reflection.GetString(message, field), name)) return true;
    }
  }
  return false;
}

Result<std::string> TextOf(const v1::ConsoleNumber& number) {
  RIG_TRY_ASSIGN(const PhysicalQuantity value, ParsePoint(number.value()));
  RIG_TRY_ASSIGN(const PhysicalQuantity count, ParseQuantity(number.count()));
  PhysicalQuantity offset{0.0, count.dimension, "", false};
  if (!number.offset().empty()) {
    RIG_TRY_ASSIGN(offset, ParsePoint(number.offset()));
  }
  if (!(value.dimension == count.dimension && offset.dimension == count.dimension)) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("value {} with count {}{}{}; expected the same dimension",
                                 number.value(), number.count(),
                                 number.offset().empty() ? "" : " and offset ", number.offset()));
  }
  if (!AreAlike(value, offset)) {
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("value {} with {}; expected an offset on the same scale, \"0 °C\" "
                    "for a value in °C",
                    number.value(),
                    number.offset().empty() ? "no offset" : "an offset of " + number.offset()));
  }
  const double counts = std::round((value.si - offset.si) / count.si);
  const bool fits = std::fabs(counts) <= kLargestNumber;
  if (!fits) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("value {} in counts of {}; expected at most 9 digits",
                                 number.value(), number.count()));
  }
  return fmt::format(",{}={}", number.key(), static_cast<std::int64_t>(counts));
}

}  // namespace

Result<Substitution> ReadParameters(const YamlNode& root, const std::string& file,
                                    const ParameterValues& set) {
  Substitution parameters;
  const YamlNode* list = FindItem(root, "parameters");
  // What is no list is refused when the whole file is loaded.
  if (list != nullptr && list->kind == YamlNode::Kind::kSequence) {
    for (const YamlNode& item : list->items) {
      v1::Parameter parameter;
      Substitution none;
      RIG_TRY_ASSIGN(const SourceMap where, LoadYamlTree(item, file, none, parameter));
      RIG_TRY(CheckParameter(parameter, where));
      const auto given = set.find(parameter.name());
      const bool is_given = given != set.end();
      if (is_given) RIG_TRY(CheckSet(parameter, given->second, file));
      const std::string& value = is_given ? given->second : parameter.value();
      if (!parameters.values.emplace(parameter.name(), value).second) {
        return where.Refuse("name", fmt::format("parameter \"{}\" again", parameter.name()),
                            "a name of its own");
      }
    }
  }
  for (const auto& [name, value] : set) {
    if (parameters.values.contains(name)) continue;
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: no parameter \"{}\"; expected {}", file, name,
                                 OneOf(name, NamesOf(parameters))));
  }
  return parameters;
}

Status SettleParameters(const Substitution& parameters, LoadedScenario& scenario) {
  for (int i = 0; i < scenario.message.parameters_size(); ++i) {
    v1::Parameter& parameter = *scenario.message.mutable_parameters(i);
    const std::string& name = parameter.name();
    if (!parameters.used.contains(name) && !FormulasMention(scenario.message, name)) {
      return scenario.where.Refuse(fmt::format("parameters[{}].name", i),
                                   fmt::format("parameter \"{}\" is not used", name),
                                   fmt::format("${0} for a quantity, or {0} in a formula", name));
    }
    parameter.set_value(parameters.values.at(name));
  }
  return {};
}

Status WriteConsoleNumbers(LoadedScenario& scenario) {
  for (int i = 0; i < scenario.message.steps_size(); ++i) {
    if (!scenario.message.steps(i).has_send()) continue;
    v1::Send& send = *scenario.message.mutable_steps(i)->mutable_send();
    for (int j = 0; j < send.numbers_size(); ++j) {
      const auto text = TextOf(send.numbers(j));
      if (!text) {
        return WithContext(text.error(),
                           scenario.where.At(fmt::format("steps[{}].send.numbers[{}]", i, j)));
      }
      send.mutable_text()->append(*text);
    }
    send.clear_numbers();
  }
  return {};
}

}  // namespace rig
