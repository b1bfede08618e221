#include "rig/controller/vocabulary.h"

#include <fmt/format.h>

#include "rig/base/names.h"
#include "rig/base/units.h"
#include "rig/check/formula/lexer.h"

namespace rig {

namespace {

// `at`: the name's place.
Status Define(const std::string& name, const std::string& formula, const SourceMap& where,
              const std::string& at, Vocabulary& vocabulary) {
  if (vocabulary.definitions.emplace(name, formula).second) return {};
  return where.Refuse(at, fmt::format("\"{}\" is defined already", name), "another name");
}

template <typename Message>
Status DefineAll(const Message& message, const SourceMap& where, Vocabulary& vocabulary) {
  for (int i = 0; i < message.definitions_size(); ++i) {
    const std::string& name = message.definitions(i).name();
    const std::string at = fmt::format("definitions[{}].name", i);
    if (!IsName(name)) return where.Refuse(at, fmt::format("\"{}\"", name), kNameForm);
    if (check::IsKeyword(name) || ParseUnit(name)) {
      return where.Refuse(at, fmt::format("\"{}\" means something else in formulas", name),
                          "a name that is no keyword and no unit");
    }
    RIG_TRY(Define(name, message.definitions(i).formula(), where, at, vocabulary));
  }
  return {};
}

// Whether a channel exists in some scenarios of a device only.
bool IsOfTheScenario(std::string_view channel) {
  return channel.starts_with("plant.") || channel.starts_with("truth.");
}

// A definition as its own lines tell, used or not. One of the device may name what only other
// scenarios have: whoever uses it here is refused.
template <typename Message>
Status CheckFormulas(const Message& message, const SourceMap& where, const Vocabulary& vocabulary) {
  for (int i = 0; i < message.definitions_size(); ++i) {
    bool is_for_others = false;
    Vocabulary watched = vocabulary;
    watched.unit_of = [&](std::string_view channel) {
      std::string unit = vocabulary.unit_of(channel);
      is_for_others = is_for_others || (unit.empty() && IsOfTheScenario(channel));
      return unit;
    };
    const auto formula = Formula::CheckDefinition(message.definitions(i).formula(), watched);
    if (formula || is_for_others) continue;
    return WithContext(formula.error(), where.At(fmt::format("definitions[{}].formula", i)));
  }
  return {};
}

}  // namespace

Result<Vocabulary> VocabularyOf(const LoadedScenario& scenario, const DeviceFolder& device,
                                const std::map<std::string, std::string>& channels) {
  Vocabulary vocabulary;
  vocabulary.unit_of = [&channels](std::string_view name) {
    const auto found = channels.find(std::string(name));
    return found == channels.end() ? std::string() : found->second;
  };
  RIG_TRY(DefineAll(device.requirements, device.requirements_at, vocabulary));
  // Names, as the loader has checked; those that only stand for "$name" may be keywords.
  for (int i = 0; i < scenario.message.parameters_size(); ++i) {
    const v1::Parameter& parameter = scenario.message.parameters(i);
    RIG_TRY(Define(parameter.name(), parameter.value(), scenario.where,
                   fmt::format("parameters[{}].name", i), vocabulary));
  }
  RIG_TRY(DefineAll(scenario.message, scenario.where, vocabulary));
  RIG_TRY(CheckFormulas(device.requirements, device.requirements_at, vocabulary));
  RIG_TRY(CheckFormulas(scenario.message, scenario.where, vocabulary));
  return vocabulary;
}

Status CheckDefinitionsAreUsed(const LoadedScenario& scenario, const std::set<std::string>& used) {
  for (int i = 0; i < scenario.message.definitions_size(); ++i) {
    const std::string& name = scenario.message.definitions(i).name();
    if (used.contains(name)) continue;
    return scenario.where.Refuse(fmt::format("definitions[{}].name", i),
                                 fmt::format("no check uses \"{}\"", name), "one that does");
  }
  return {};
}

}  // namespace rig
