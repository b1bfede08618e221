#pragma once

#include <deque>
#include <utility>
#include <vector>

#include "rig/base/pulse.h"
#include "sim_signals/body/rhythms.h"
#include "sim_signals/ecg/dipole.h"

namespace rig {

// Whether a pacemaker of the course gives pulses that a lead sees: those of amplitude 0 are truth
// alone.
bool HasPacerPulses(const BodyCourse& course);

// The pulses of a body's pacemakers as one lead sees them, in volts: a dipole along lead II, so
// that Einthoven's relations hold for pulses, too.
class PacerPulses {
 public:
  // Pulses from `start` on.
  PacerPulses(const BodyCourse& course, const Dipole& lead, RunTime start);
  void Add(const HeartCycle& cycle);
  // Hands over what begins before `end`.
  void Take(RunTime end, std::vector<Pulse>& pulses);

 private:
  struct Shapes {
    v1::PacerPulse atrial, ventricular;
  };
  void Add(RunTime begin, v1::PacerPulse Shapes::*chamber);

  double share_;  // of lead II's height
  RunTime start_;
  std::vector<std::pair<RunTime, Shapes>> shapes_;  // of each rhythm of the course
  std::deque<Pulse> pending_;
};

}  // namespace rig
