#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rig/v1/signals.pb.h"
#include "sim_signals/circulation/pulse_truth.h"
#include "sim_signals/gaussian_sum.h"
#include "sim_signals/respiration/breath_shape.h"

namespace rig {

// Light of one wavelength behind a finger, in volts: level * exp(-absorption) (Beer-Lambert). Both
// wavelengths absorb in the same shape, so that their ratio of ratios R, of the logarithms, is that
// of the saturation whatever the rhythm and the perfusion; infrared pulses at 75 bpm are as high as
// the perfusion index.
class PpgSource : public SignalSource {
 public:
  // `course` outlives this and is not empty.
  PpgSource(const v1::Ppg& ppg, const BodyCourse& course, std::uint64_t seed, RunTime start);
  std::string unit() const override { return "V"; }
  // Truth: see PulseTruth; "saturation" (1) as it is set, not known while it moves; "perfusion" (1)
  // of the infrared pulse that ended.
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  void AddPulse(const HeartCycle& cycle);
  // Absorption of a full pulse.
  double InfraredDepthAt(RunTime t) const;
  // Part of that.
  double AbsorptionOf(double pulses, BreathCursor& breaths, RunTime t) const;
  // Measures what the truth tells.
  void MeterUntil(RunTime end);
  double RatioAt(double saturation) const;

  const BodyCourse* course_;
  bool red_;
  double level_v_, respiration_;
  std::vector<std::pair<double, double>> curve_;  // saturation, ratio; falling
  BreathCursor breaths_;
  BeatSchedule beats_;
  std::optional<HeartCycle> next_;
  GaussianSum pulses_;
  BreathCursor metered_breaths_;
  GaussianSum metered_pulses_;
  RunTime metered_;  // of the next instant
  PulseTruth truth_;
};

}  // namespace rig
