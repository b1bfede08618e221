#include "rig/controller/vocabulary.h"

#include <fmt/format.h>

#include "rig/base/names.h"

namespace rig {

Result<Vocabulary> VocabularyOf(const LoadedScenario& scenario,
                                const v1::Requirements& requirements,
                                const std::map<std::string, std::string>& channels) {
  Vocabulary vocabulary;
  vocabulary.unit_of = [&channels](std::string_view name) {
    const auto found = channels.find(std::string(name));
    return found == channels.end() ? std::string() : found->second;
  };
  for (const v1::Definition& definition : requirements.definitions()) {
    vocabulary.definitions.emplace(definition.name(), definition.formula());
  }
  // By name, as the loader has checked.
  for (const v1::Parameter& parameter : scenario.message.parameters()) {
    vocabulary.definitions.insert_or_assign(parameter.name(), parameter.value());
  }
  for (int i = 0; i < scenario.message.definitions_size(); ++i) {
    const v1::Definition& definition = scenario.message.definitions(i);
    const std::string at = fmt::format("definitions[{}].name", i);
    if (!IsName(definition.name())) {
      return scenario.where.Refuse(at, fmt::format("\"{}\"", definition.name()), kNameForm);
    }
    if (!vocabulary.definitions.emplace(definition.name(), definition.formula()).second) {
      return scenario.where.Refuse(at, fmt::format("\"{}\" is defined already", definition.name()),
                                   "another name");
    }
  }
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
