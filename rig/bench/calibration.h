#pragma once

#include <memory>

#include "rig/bench/bench.h"
#include "rig/calibration/fit.h"

namespace rig {

// Takes what the calibration files of a bench say into its fixtures' `calibration`. Errors: as
// LoadCalibration; INVALID_ARGUMENT at file:line:column for one of another fixture, for keys beside
// `file`, and for a wired channel that was not calibrated over what it may be asked for.
Status LoadCalibrations(LoadedBench& bench);

// What a wired channel of a supply or an injector may be asked for, in volts as the fixture says
// them: its pin_range, or else all the fixture can do. Beyond the calibrated range gain and
// uncertainty are no more than a guess, so that a calibration has to cover it.
struct VoltRange {
  double low_v = 0;
  double high_v = 0;
};
VoltRange AskedRange(const v1::Fixture& fixture, const v1::Wire& wire);
// Whether a range covers another within one step of the fixture.
bool Covers(const VoltRange& calibrated, const VoltRange& asked, const v1::Fixture& fixture);

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
