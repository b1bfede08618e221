#pragma once

#include <cstdint>
#include <span>

#include "rig/check/alarm/measure/sound.h"

namespace rig::check {

// Sound as sampled by a microphone.
struct Waveform {
  std::span<const double> samples;  // any unit; non-finite: unknown
  std::int64_t start_ns = 0;        // of the first sample
  std::int64_t period_ns = 0;
  double silence = 0;  // amplitudes up to this are silence whatever the loudest is
};

// Finds and measures the pulses of a waveform within a span.
//
// A pulse is where the largest |x| over 1/150 s exceeds a tenth of the loudest. Its envelope is the
// largest |x| of each period of its fundamental, joined by straight lines; 100 % is the median of
// what lies above 80 % of the envelope's maximum. Rise and fall run between 10 and 90 %, width and
// spacing between the 90 % points; each of these times is known to one period of the fundamental.
// The spectrum is that of the stretch above 90 %, Hann window, zero-padded fourfold. The
// fundamental is the lowest peak from 50 Hz on within 20 dB of the highest; known to a tenth of the
// spectrum's resolution. Harmonics are multiples of it from 300 to 4000 Hz within 15 dB of its
// level, itself not counted. They need a sampling rate of 8 kHz at least.
SoundTrack TrackWaveform(const Waveform& waveform, Span span);

}  // namespace rig::check
