#pragma once

#include <array>

namespace rig {

// Two coupled populations that are silent or discharge, fast and as spike and wave, by the value of
// a slow variable z. Here z is an input, so that onset and end of a seizure are set and not found.
//
// Dimensionless, but for time: 90 units of the model are a second, which puts the fast discharges
// at 11 to 22 Hz and the spikes and waves at 3.4 Hz, slowing to 2.
// Source: Jirsa et al. 2014, Brain 137:2210, equations 1 to 3 and table of parameters: x0 and the
// equation of z itself are replaced by the input; I_rest1 3.1, I_rest2 0.45, tau2 10, gamma 0.01.
// In the paper rest and discharge are both stable over most of a seizure, and noise may end it at
// any time; HoldingCurrent() takes rest away, so that it lasts as long as it is said to.
class Epileptor {
 public:
  // Beyond the homoclinic near 3.75: nothing but rest is stable.
  static constexpr double kRestZ = 4.3;
  // In a seizure z goes from here, below the saddle-node at 2.91 where rest is lost, ...
  static constexpr double kFirstZ = 2.6;
  static constexpr double kLastZ = 3.8;
  // ... to here, with this current into the first population, which moves the saddle-node along.
  static constexpr double HoldingCurrent(double z) { return z > 2.8 ? z - 2.8 : 0.0; }
  static constexpr double kUnitsPerSecond = 90.0;
  // Peak to peak of observed() soon after onset, without its shift of level.
  static constexpr double kDischarge = 4.0;

  struct Input {
    double z = kRestZ;
    double push = 0.0;                      // added to the current into the first population
    double noise_x2 = 0.0, noise_y2 = 0.0;  // added to the slopes of the second
  };

  Epileptor();  // at rest
  // Advances by 1 ms, in two Runge-Kutta steps of 0.045 units: the fastest decay, at rest, is 25
  // per unit and the method is stable up to 2.78 / step = 61 per unit.
  void StepMillisecond(const Input& input);
  // The field potential, x2 - x1: 0.96 at rest, -3.5 to 1.1 in a seizure.
  double observed() const { return state_[2] - state_[0]; }

 private:
  std::array<double, 5> state_;  // x1, y1, x2, y2, g
};

}  // namespace rig
