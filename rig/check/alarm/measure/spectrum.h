#pragma once

#include <optional>
#include <span>

namespace rig::check {

// What a steady tone consists of.
struct Tone {
  double fundamental_hz;
  double uncertainty_hz;  // k = 2
  int harmonics;          // -1: the sampling rate does not reach them
};

// As described at TrackWaveform. None: too short for four periods, or nothing but silence.
std::optional<Tone> MeasureTone(std::span<const double> samples, double rate_hz);

}  // namespace rig::check
