#pragma once

#include "rig/base/result.h"
#include "rig/base/run_time.h"
#include "rig/v1/lung.pb.h"

namespace rig {

// Whether the lung can be computed. Errors: INVALID_ARGUMENT naming `where`.
Status CheckLung(const v1::Lung& lung, const std::string& where);

// Muscle pressure of the patient, drawing in: half a sine at the beginning of each breath. Pascals.
double EffortPa(const v1::Lung& lung, Duration since_start);

// Volume of one compartment, dV/dt = (P - V/C)/R, after `step_s` in which the pressure P goes in a
// straight line from one value to another: exact, so stable at any step.
double FilledVolume(double volume_m3, const v1::Lung& lung, double from_pa, double to_pa,
                    double step_s);

}  // namespace rig
