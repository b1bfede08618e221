#pragma once

#include "rig/check/formula/formula.h"
#include "rig/scenario/scenario.h"

namespace rig {

// What the names in a scenario's formulas mean: the channels of a run with their units, and what
// the scenario and its device define. Borrows `channels`. Errors: INVALID_ARGUMENT with
// file:line:column for a name that is none, means something else or is defined twice, and for a
// definition that does not parse.
Result<Vocabulary> VocabularyOf(const LoadedScenario& scenario, const DeviceFolder& device,
                                const std::map<std::string, std::string>& channels);

// Errors: INVALID_ARGUMENT with file:line:column when the scenario defines what none of the
// formulas uses.
Status CheckDefinitionsAreUsed(const LoadedScenario& scenario, const std::set<std::string>& used);

}  // namespace rig
