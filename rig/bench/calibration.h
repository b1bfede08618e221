#pragma once

#include <memory>

#include "rig/bench/bench.h"
#include "rig/calibration/fit.h"

namespace rig {

// Takes what the calibration files of a bench say into its fixtures' `calibration`. Errors: as
// LoadCalibration; INVALID_ARGUMENT at file:line:column for one of another fixture, for keys beside
// `file`, and for a wired channel that was not calibrated.
Status LoadCalibrations(LoadedBench& bench);

// What a calibration found of a channel; nothing to correct where there is none.
const v1::CalibratedChannel* FindCalibrated(const v1::Fixture& fixture, std::uint32_t channel,
                                            v1::CalibratedChannel::Quantity quantity);
Correction CorrectionOf(const v1::Fixture& fixture, std::uint32_t channel,
                        v1::CalibratedChannel::Quantity quantity);

// A supply behind its correction: asks for what makes the terminals have what is wanted, and tells
// what they have. Below what the supply can do it is asked for that.
std::unique_ptr<PowerSupply> MakeCorrected(PowerSupply& supply, const Correction& output,
                                           const Correction& read_back);

}  // namespace rig
