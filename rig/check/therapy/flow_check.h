#pragma once

#include "rig/check/formula/steps.h"
#include "rig/check/therapy/flow.h"
#include "rig/v1/scenario.pb.h"

namespace rig::therapy {

// What a scenario's flow check asks for, in the terms of the analysis.
FlowTiming TimingOf(const v1::FlowCheck& check);

// The cumulated volume of its channel: itself, or a counter times the volume of a step.
check::Steps VolumeOf(const v1::FlowCheck& check, const check::Steps& channel);

}  // namespace rig::therapy
