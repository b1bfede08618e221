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

// Light of one wavelength behind a finger, in volts: level * (1 - what the pulses absorb). Both
// wavelengths absorb in the same shape, so that their ratio of ratios R is that of the saturation
// whatever the rhythm; infrared pulses are as high as the perfusion index.
class PpgSource : public SignalSource {
 public:
  // `course` outlives this and is not empty.
  PpgSource(const v1::Ppg& ppg, const BodyCourse& course, std::uint64_t seed, RunTime start);
  std::string unit() const override { return "V"; }
  // Truth: see PulseTruth; "saturation" and "perfusion" (both 1) as they are set, at the end of the
  // time in which they are reached.
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  void AddPulse(const HeartCycle& cycle);
  // Absorption of a full pulse.
  double DepthAt(RunTime t) const;
  double RatioAt(double saturation) const;

  const BodyCourse* course_;
  bool red_;
  double level_v_, respiration_;
  std::vector<std::pair<double, double>> curve_;  // saturation, ratio; falling
  BreathCursor breaths_;
  BeatSchedule beats_;
  std::optional<HeartCycle> next_;
  GaussianSum pulses_;
  PulseTruth truth_;
};

}  // namespace rig
