#pragma once

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "sim_signals/body/beats.h"
#include "sim_signals/circulation/pulse_truth.h"
#include "sim_signals/circulation/windkessel.h"

namespace rig {

// The pulses that a cuff takes up from the upper arm. Each is a change of volume whose height
// depends on the cuff's pressure: largest at the artery's mean pressure, 0.55 of that at the
// systolic and 0.85 at the diastolic one, half a Gaussian to either side.
//
// The pressures are those of the rhythm's regular beats: as they are set and, where those begin in
// a ventricle, lower as in the invasive pressure's Windkessel, whose mean it is, too.
//
// Source of the ratios: signals literature on oscillometry (recall).
class ArmPulses {
 public:
  struct Pressures {
    double systolic_pa, mean_pa, diastolic_pa;
  };
  // `course` outlives this and is not empty. `truth`: is told of pulses with their systolic, mean
  // and diastolic pressure; null: nobody is.
  ArmPulses(const BodyCourse& course, std::uint64_t seed, PulseTruth* truth);

  // Goes on to an instant; instants do not decrease. Truth is told a second ahead.
  void AdvanceTo(RunTime t);
  // Of the instant reached, 0 to about 1: a normal beat's pulse at the mean pressure.
  double PulseAt(double cuff_pa) const;
  // Of the pulse before the instant reached; none before the first one and once they are lost.
  const std::optional<Pressures>& pressures() const { return pressures_; }
  // Pulses whose foot has been reached.
  std::uint64_t count() const { return reached_; }

 private:
  struct Pulse {
    RunTime foot;
    Duration loss_after;
    double stretch_s, stroke;
    Pressures pressures;
  };
  RunTime FootOf(const HeartCycle& cycle) const;
  void FindNext();
  void Begin(const HeartCycle& cycle);
  Pressures PressuresOf(const HeartCycle& cycle);

  const BodyCourse* course_;
  BeatSchedule beats_;
  std::optional<HeartCycle> next_;
  PulseTruth* truth_;
  std::array<Pulse, 16> pulses_{};  // the oldest is overwritten
  std::uint64_t known_ = 0, reached_ = 0;
  RunTime now_;
  std::optional<Pressures> pressures_;
  std::map<std::array<double, 3>, double> means_;  // of the intervals and pressures that occurred
};

// Air in a cuff: dP/dt = inflow - outflow * P, solved exactly for a step.
class CuffAir {
 public:
  explicit CuffAir(double leak_pa_s) : leak_pa_s_(leak_pa_s) {}
  void set_leak(double leak_pa_s) { leak_pa_s_ = leak_pa_s; }
  // `inflow_pa_s` below 0: a valve that holds a rate. Never below 0 Pa.
  void Step(Duration step, double inflow_pa_s, double outflow_per_s);
  double pressure_pa() const { return pressure_pa_; }

 private:
  double leak_pa_s_;  // at 200 mmHg
  double pressure_pa_ = 0.0;
};

}  // namespace rig
