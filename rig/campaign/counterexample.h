#pragma once

#include <string>

#include "rig/base/result.h"
#include "rig/v1/campaign.pb.h"

namespace rig {

// A scenario file's text with the values of a condition: parameters' `value`, `seed`, and `name` as
// the scenario's name; everything else, comments too, as it is. Errors: INVALID_ARGUMENT for a
// parameter whose value the text does not hold as a scalar on one line.
Result<std::string> CounterexampleText(const std::string& text, const std::string& file_name,
                                       const v1::Condition& condition, const std::string& name);

// Writes it beside the scenario it comes from, as `file`: the goldens and records it names are
// found from there. Afterwards it is loaded, as a check. Errors: INVALID_ARGUMENT for a file that
// is not in the scenario's folder or does not load; ALREADY_EXISTS rather than overwriting one.
Status WriteCounterexample(const std::string& scenario, const v1::Condition& condition,
                           const std::string& file);

// Whether a file can become one, said before any run. Errors: as WriteCounterexample.
Status CheckCounterexampleFile(const std::string& scenario, const std::string& file);

}  // namespace rig
