#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rig/v1/signals.pb.h"
#include "sim_signals/body/beats.h"
#include "sim_signals/ecg/dipole.h"
#include "sim_signals/ecg/fibrillation.h"
#include "sim_signals/ecg/pacer_pulses.h"
#include "sim_signals/ecg/rhythm_truth.h"
#include "sim_signals/gaussian_sum.h"
#include "sim_signals/source.h"

namespace rig {

// One lead of a body's electrocardiogram, in volts: the dipole's Gaussian events of each beat,
// summed in closed form over all beats, so that there are no joints; P waves at each atrial beat;
// the waves of fibrillating chambers fade in and out within 0.1 s.
//
// QRS complexes last as long at every rate; T waves move and widen with the square root of the
// interval before the beat (Bazett 1920).
class EcgSource : public SignalSource {
 public:
  // `course` outlives this and is not empty.
  EcgSource(const v1::Ecg& ecg, const BodyCourse& course, std::uint64_t seed, RunTime start)
      : EcgSource(ecg, LeadVector(ecg.lead()), course, seed, start) {}
  // Another lead than `ecg` names.
  EcgSource(const v1::Ecg& ecg, const Dipole& lead, const BodyCourse& course, std::uint64_t seed,
            RunTime start);

  std::string unit() const override { return "V"; }
  // Truth: see RhythmTruth.
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;
  void TakePulses(RunTime end, std::vector<Pulse>& pulses) override { pulses_.Take(end, pulses); }

 private:
  void ScheduleUntil(RunTime t);
  void AddBeat(const HeartCycle& cycle);
  void AddAtrialBeat(RunTime p);
  void AddWave(RunTime centre, double stretch, double scale, const DipoleWave& wave);

  BeatSchedule schedule_;
  Dipole lead_;                                // volts per millivolt of the beats' dipole
  Dipole unscaled_;                            // of what is no beat and has a height of its own
  double normal_peak_s_, ventricular_peak_s_;  // of their events' own zero
  double t_wave_;
  std::optional<HeartCycle> next_;
  GaussianSum waves_;
  FibrillationWaves fibrillation_;
  PacerPulses pulses_;
  RhythmTruth truth_;
};

}  // namespace rig
