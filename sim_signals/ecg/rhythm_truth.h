#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim_signals/body/rhythms.h"
#include "sim_signals/ecg_truth.h"
#include "sim_signals/truth_queue.h"

namespace rig {

// What the schedule of a body says of its heart, in time order: at each R peak "beat" (a count
// since the run began) and "rate" (1 / the interval that just ended; NaN at the first beat and at
// the first one after a standstill), "ventricular_beat" (a count of those that began in a
// ventricle); "pacer_pulse" (a count) at each pulse of a pacemaker; where a rhythm begins
// "asystole", "ventricular_fibrillation" and "ventricular_tachycardia" (0 or 1) and, of a rhythm
// without beats, a rate of 0. A run of ectopy is a tachycardia from its first beat to the next
// sinus beat.
class RhythmTruth {
 public:
  // Tells what comes from `start` on, and at `start` what holds then. `course` outlives this.
  RhythmTruth(const BodyCourse& course, RunTime start);
  void Add(const HeartCycle& cycle);
  // Hands over what lies before `end`; `first_sample`: of the block.
  void Emit(RunTime first_sample, RunTime end, std::vector<TruthEvent>& truth);

 private:
  void AddRhythmsUntil(RunTime t);
  void Push(RunTime t, const char* what, double value);
  // Whether it says what holds, not what happens.
  bool Hold(const TruthEvent& event);
  void Begin(RunTime begin, std::vector<TruthEvent>& truth);

  const BodyCourse* course_;
  RunTime start_;
  TruthAtStart at_start_;
  EcgCondition condition_;
  std::size_t rhythm_ = 0;  // the next to begin
  bool begun_ = false;
  bool in_run_ = false;  // of premature beats
  double beats_ = 0.0, ventricular_beats_ = 0.0, pulses_ = 0.0;
  TruthQueue pending_;
};

}  // namespace rig
