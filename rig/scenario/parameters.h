#pragma once

#include <string>

#include "rig/base/result.h"
#include "rig/base/strict_yaml.h"
#include "rig/scenario/scenario.h"

namespace rig {

// The values `$name` stands for: those of the scenario's `parameters`, or of `set` where it names
// one. Errors: INVALID_ARGUMENT at file:line:column for a name that is none or not unique, bounds
// of another dimension or in the wrong order, a value outside of them; naming the value of `set`
// when that is at fault.
Result<Substitution> ReadParameters(const YamlNode& root, const std::string& file,
                                    const ParameterValues& set);

// Writes the values that hold into the message's parameters. A parameter counts as used where
// `$name` stood or a formula has its bare name. Errors: INVALID_ARGUMENT for one that is not used.
Status SettleParameters(const Substitution& parameters, LoadedScenario& scenario);

// Puts the numbers of console commands into their text. Errors: INVALID_ARGUMENT for a value and a
// count of different dimensions, or a number beyond 9 digits.
Status WriteConsoleNumbers(LoadedScenario& scenario);

}  // namespace rig
