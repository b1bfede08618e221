#pragma once

#include <cstdint>

#include "sim_signals/source.h"

namespace rig {

// Powers of which a signal-to-noise ratio of 10 log10(S / (a^2 N)) decibels is made, both measured
// by rendering at 500 Hz.
//
// Source: nst(1) and sigamp(1), WFDB Applications Guide (G. B. Moody), where noise is scaled by a.

// S. Where the truth tells beats: a (peak-to-peak)^2 / 8, peak-to-peak within 50 ms of each of the
// first 300 beats that did not begin in a ventricle, in 600 s at most, the 5 % largest and smallest
// left out of the mean. Of other signals the mean square about the mean of the first 300 s.
// `from`: where the signal begins. Errors: INVALID_ARGUMENT for a signal that does not move; those
// of Render, but for a record's end.
Result<double> SignalPower(SignalSource& clean, RunTime from);

// N: square of the mean over the first 300 s of the root mean square about the mean in each second,
// the 5 % largest and smallest left out. Errors as above.
Result<double> NoisePower(SignalSource& noise, RunTime from);

}  // namespace rig
