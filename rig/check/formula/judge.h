#pragma once

#include "rig/check/formula/formula.h"
#include "rig/check/formula/signal.h"

namespace rig::check {

// As rig::Judge, over channels already read.
v1::CheckResult JudgeSignals(const Formula& formula, const Signals& signals,
                             const UncertaintyOf& uncertainty_of);

}  // namespace rig::check
