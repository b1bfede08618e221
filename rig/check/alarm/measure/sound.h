#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "rig/base/run_time.h"
#include "rig/check/alarm/measure/limits.h"
#include "rig/check/alarm/measure/measured.h"

namespace rig::check {

constexpr double kNotMeasured = std::numeric_limits<double>::quiet_NaN();

// One pulse. Width and spacing run between the 90 % points of the envelope (recall of figure 2 of
// IEC 60601-1-8: with the spacing so measured, rise + fall <= spacing keeps pulses apart), or
// between the edges of the tone where no envelope is known.
struct Pulse {
  OnTime time;
  double rise_s = kNotMeasured;  // 10 to 90 %
  double fall_s = kNotMeasured;  // 90 to 10 %
  double fundamental_hz = kNotMeasured;
  double fundamental_uncertainty_hz = 0;
  int harmonics = -1;  // in 300 to 4000 Hz within 15 dB of the fundamental, without it
};

// Pulses of a span and how well they are known.
struct SoundTrack {
  std::string channel;
  std::vector<Pulse> pulses;
  double uncertainty_s = 0;  // of a time between two edges, k = 2
  std::string unknown;       // why the channel is not known over the whole span
  std::string no_tone;       // why fundamentals are not known
  std::string no_envelope;   // why rise, fall and harmonics are not known
};

// From a channel recorded as "sounding" (tone_hold of the bench file): each edge is known to the
// hold at worst, for half a period of the tone is shorter.
SoundTrack TrackGate(const Steps& steps, std::int64_t end_ns, Span span, Duration hold);

// From the edges of a buzzer's square wave themselves: edges within 10 ms are one pulse. The
// fundamental is the rate of rising edges; what the buzzer makes of it is not known.
SoundTrack TrackToneEdges(const Steps& steps, std::int64_t end_ns, Span span);

// Pulses with less silence between them than this are one burst: halfway between the longest gap
// within a burst (1.3 s) and the shortest between bursts (2.5 s), so that one off either limit by
// less than 0.6 s is still measured as what it was meant to be.
constexpr std::int64_t kBurstSilenceNs = 1'900'000'000;

struct Burst {
  std::vector<Pulse> pulses;
  bool complete;  // with silence of kBurstSilenceNs within the span on both sides
};
std::vector<Burst> GroupBursts(const SoundTrack& track, Span span);

// Sizes of a burst's groups, "3-2-3-2": a gap over 1.5 times the median gap begins a new one.
std::string GroupsOf(const Burst& burst);

// A limit of sound (not IsOfLight) measured over all bursts. An interburst interval runs from the
// end of a burst's last pulse to the start of the next burst's first; before the first and after
// the last burst it is known to be at least as long as what is seen.
Measured MeasureSound(const AlarmLimit& limit, const SoundTrack& track,
                      const std::vector<Burst>& bursts, Span span);

}  // namespace rig::check
