#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rig/v1/signals.pb.h"
#include "sim_signals/body/beats.h"
#include "sim_signals/gaussian_sum.h"
#include "sim_signals/respiration/breath_truth.h"

namespace rig {

// Thoracic impedance, in ohm: the chest's movement and a small wave after each beat.
class ImpedanceSource : public SignalSource {
 public:
  // `course` outlives this and is not empty.
  ImpedanceSource(const v1::Impedance& impedance, const BodyCourse& course, std::uint64_t seed,
                  RunTime start);
  std::string unit() const override { return "ohm"; }
  // Truth: see BreathTruth.
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  double base_, ohm_per_m3_, cardiac_;
  BreathCursor breaths_;
  BreathTruth truth_;
  BeatSchedule beats_;
  std::optional<HeartCycle> next_;
  GaussianSum waves_;
};

}  // namespace rig
