#pragma once

#include <map>
#include <string>

#include "rig/bench/bench.h"
#include "rig/scenario/scenario.h"
#include "sim_signals/body/course.h"

namespace rig {

// The patient of a scenario: its body steps in time order; empty without any.
BodyCourse CourseOf(const v1::Scenario& scenario);

// Whether a scenario can run on a bench: every signal it names is wired and of the right kind and
// unit, everything it requires is provided. Errors: INVALID_ARGUMENT at file:line:column of the
// scenario, naming what was expected.
Status CheckAgainstBench(const LoadedScenario& scenario, const LoadedBench& bench);

// Channel name → SI unit of everything a run of this scenario on this bench records.
std::map<std::string, std::string> RunChannels(const v1::Scenario& scenario,
                                               const v1::Bench& bench);

}  // namespace rig
