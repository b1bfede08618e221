#pragma once

#include "sim_signals/body/breaths.h"

namespace rig {

// Part of a breath's depth that the lungs hold: half a sine of flow in, an exponential out, 0 at
// both ends. 0 without a breath. Source: breathmetrics' simulated breath, Noto et al. 2018, Chem.
// Senses 43:583.
double LungFilling(const Breath* breath, RunTime t);

}  // namespace rig
