#pragma once

#include <array>
#include <string>
#include <vector>

#include "rig/v1/scenario.pb.h"
#include "sim_signals/ecg_truth.h"
#include "sim_signals/random.h"
#include "sim_signals/source.h"

namespace rig {

// No electrical activity: a flat line that wanders by 10 uV, as no amplifier is perfectly still.
// Volts.
class AsystoleSource : public SignalSource {
 public:
  AsystoleSource(RandomStream stream, RunTime start);
  std::string unit() const override { return "V"; }
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  TruthAtStart truth_at_start_;
  std::array<double, 2> phases_;
};

// Ventricular fibrillation: an oscillation whose frequency moves within 20 % of the rate and whose
// amplitude waxes and wanes between a quarter and all of the amplitude, fading from coarse to fine
// (40 %) with a time constant of 2 min. Volts.
//
// The amplitude bounds the wave; how many of its peaks a QRS detector takes for beats is not
// foreseeable, as in a patient. Source: signals reference, "amplitude- and phase-modulated 4-6 Hz
// sinusoids decaying over minutes".
class VentricularFibrillationSource : public SignalSource {
 public:
  VentricularFibrillationSource(const v1::VentricularFibrillation& parameters, RandomStream stream,
                                RunTime start);
  std::string unit() const override { return "V"; }
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  double ValueAt(double t_s) const;  // since the start

  TruthAtStart truth_at_start_;
  RunTime start_;
  double rate_hz_, amplitude_v_;
  std::array<double, 6> phases_;
};

}  // namespace rig
