#pragma once

#include "rig/v1/signals.pb.h"
#include "sim_signals/circulation/cuffed_arm.h"

namespace rig {

// Pressure in a cuff that is inflated, deflated at a steady rate and emptied, in Pa: its air and
// the pulses of the arm. Calculated at every millisecond of run time and joined by straight lines,
// so that it does not depend on how it is sampled.
class CuffSource : public SignalSource {
 public:
  // `course` outlives this and is not empty.
  CuffSource(const v1::CuffPressure& cuff, const BodyCourse& course, std::uint64_t seed,
             RunTime start);
  std::string unit() const override { return "Pa"; }
  // Truth: see PulseTruth; "systolic", "mean" and "diastolic" (Pa): see ArmPulses, with each pulse.
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  enum class Phase { kEmpty, kInflates, kDeflates, kEmpties };
  void StepTo(RunTime t);
  void ChoosePhase();

  v1::CuffPressure cuff_;
  RunTime start_;
  PulseTruth truth_;
  ArmPulses arm_;
  CuffAir air_;
  Phase phase_ = Phase::kInflates;
  RunTime next_inflation_;
  RunTime step_;  // of the last step done
  double before_ = 0.0, now_ = 0.0;
};

}  // namespace rig
