#pragma once

#include "rig/check/formula/formula.h"
#include "rig/check/formula/signal.h"

namespace rig::check {

// The rule behind a formula's verdict, as stored with it.
extern const char* const kDecisionRule;

// As rig::Judge, over channels already read.
v1::CheckResult JudgeSignals(const Formula& formula, const Signals& signals,
                             const UncertaintyOf& uncertainty_of);

}  // namespace rig::check
