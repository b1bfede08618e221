#pragma once

#include <array>

namespace rig {

// A cortical column whose pyramidal cells, driven by random input, make a rhythm near 10 Hz.
// Millivolts. Source: Jansen and Rit 1995, Biol Cybern 73:357, equations 6 and section 3.1: A 3.25
// mV, B 22 mV, a 100 /s, b 50 /s, C 135 (C1 = C, C2 = 0.8 C, C3 = C4 = 0.25 C), v0 6 mV, e0 2.5 /s,
// r 0.56 /mV; input 120 to 320 /s.
class JansenRit {
 public:
  // Advances by 1 ms, one Runge-Kutta step; the fastest rate is 100 /s, stable up to 2.78 / step =
  // 2780 /s. `input`: pulses per second.
  void StepMillisecond(double input);
  // Sum of the postsynaptic potentials of the pyramidal cells.
  double potential_mv() const { return state_[1] - state_[2]; }

 private:
  std::array<double, 6> state_{};  // three postsynaptic potentials and their slopes
};

}  // namespace rig
