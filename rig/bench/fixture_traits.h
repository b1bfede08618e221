#pragma once

#include <cstdint>

#include "rig/v1/bench.pb.h"

namespace rig {

// What kind of logical signal a wire to a fixture makes.
enum class WireKind { kSupply, kStimulus, kCapture, kLine, kMeasurement, kSerial, kNone };

// What the rest of the rig needs to know of a fixture, whichever driver it has.
struct FixtureTraits {
  WireKind kind = WireKind::kNone;
  std::uint32_t channels = 0;
  // Of supplies, stimuli and measurements: what they can put out or read, and their step.
  double low_v = 0;
  double high_v = 0;
  double step_v = 0;
  double update_rate_hz = 0;      // of stimuli and measurements
  bool pulses = false;            // a stimulus that adds pulses too short for its updates
  bool measures_current = false;  // a supply
  bool is_virtual = false;
};

// Whether results depend on how true the fixture is: a model is exact, a link carries text.
bool NeedsCalibration(const FixtureTraits& traits);

// The one list of what drivers are for.
FixtureTraits TraitsOf(const v1::Fixture& fixture);

}  // namespace rig
