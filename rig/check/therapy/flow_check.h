#pragma once

#include <optional>
#include <string>

#include "rig/check/formula/steps.h"
#include "rig/check/therapy/findings.h"
#include "rig/check/therapy/flow.h"
#include "rig/check/uncertainty/budget.h"
#include "rig/v1/scenario.pb.h"

namespace rig::therapy {

// What a scenario's flow check asks for, in the terms of the analysis.
FlowTiming TimingOf(const v1::FlowCheck& check);

// The cumulated volume of a channel: itself, or a counter times the volume of a step; 0: itself.
check::Steps VolumeOf(double step_volume, const check::Steps& channel);

// Expanded uncertainty (k = 2) of such a volume, m3.
double VolumeUncertainty(double step_volume, const std::string& channel,
                         const uncertainty::Budgets& budgets);

// Flow against the direction of infusion, beyond one step of a counter; none: there was no such.
// `uncertainty`: of one reading.
std::optional<Finding> ReverseFinding(const ReverseFlow& reverse, double step_volume,
                                      double uncertainty);

}  // namespace rig::therapy
