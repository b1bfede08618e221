#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rig/v1/signals.pb.h"
#include "sim_signals/circulation/pulse_truth.h"
#include "sim_signals/circulation/windkessel.h"
#include "sim_signals/respiration/breath_shape.h"

namespace rig {

// A catheter and its transducer: a second-order low-pass of unit gain, stepped exactly for a
// pressure that is linear between steps.
class Catheter {
 public:
  Catheter(double natural_hz, double damping, double initial_pa);
  // One millisecond further.
  double Step(double pressure_pa);

 private:
  std::array<double, 2> state_;  // what it shows, its rate of change
  std::array<std::array<double, 2>, 2> keep_;
  std::array<double, 2> take_;
};

// Whether sinus beats of each rhythm of a body reach the pressures set at an arterial site within
// 1.5 mmHg. Errors: INVALID_ARGUMENT.
Status CheckPressures(const BodyCourse& course, v1::BloodPressure::Site site);

// Invasive blood pressure, in Pa. Calculated at every millisecond of run time and joined by
// straight lines, so that it does not depend on how it is sampled.
class PressureSource : public SignalSource {
 public:
  // `course` outlives this and is not empty.
  PressureSource(const v1::BloodPressure& pressure, const BodyCourse& course, std::uint64_t seed,
                 RunTime start);
  std::string unit() const override { return "Pa"; }
  // Truth: see PulseTruth; "systolic" and "diastolic", or "mean" of a vein, of the patient (Pa),
  // whatever the catheter makes of it; "flush" (0 or 1).
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  Windkessel::Pressures PressuresAt(RunTime t) const;
  void AddBeat(const HeartCycle& cycle);
  double BodyAt(RunTime t, double filling);
  // Also tells it.
  bool IsFlushed(RunTime t);
  void StepTo(RunTime t);

  const BodyCourse* course_;
  v1::BloodPressure::Site site_;
  double zero_, drift_;
  Duration flush_every_;
  BreathCursor breaths_;
  BeatSchedule beats_;
  std::optional<HeartCycle> next_;
  GaussianSum filling_;
  Windkessel vessel_;
  // Of the intervals and pressures that have occurred.
  std::map<std::array<double, 3>, Windkessel::Setting> settings_;
  // What the beats that are known so far make of the vessel, from their R peaks on.
  struct Tau {
    RunTime from;
    double tau_s;
  };
  ForwardQueue<Tau> taus_;
  std::optional<double> tau_s_;  // none before the first beat
  Catheter catheter_;
  PulseTruth truth_;
  RunTime step_;  // of the last step done
  double before_, now_;
  bool flushed_ = false;
};

}  // namespace rig
