#pragma once

#include <array>

#include "sim_signals/body/course.h"
#include "sim_signals/ecg/dipole.h"

namespace rig {

// What the heart's dipole does where it does not beat: ventricular fibrillation, the fibrillatory
// waves of the atria, and the wander of asystole. Fades in over the first 0.1 s of its rhythm and
// out over the 0.1 s behind it. A function of run time.
//
// Ventricular fibrillation: frequency within 20 % of its rate, amplitude between a quarter and all
// of it, fading to 40 % (2 min). Atrial: 0.1 mV, a sawtooth of three harmonics.
class FibrillationWaves {
 public:
  // `course` outlives this.
  FibrillationWaves(const BodyCourse& course, std::uint64_t seed);
  // Whether there is anything between two instants.
  bool Within(RunTime begin, RunTime end) const;
  // In volts as lead II shows it along y; x and z are as large with other phases. Instants do not
  // decrease.
  Dipole At(RunTime t) const;

 private:
  static constexpr std::size_t kAxes = 3;
  Dipole OfRhythm(const v1::Rhythm& rhythm, double since_s, double run_s) const;
  double VentricularAt(const v1::VentricularFibrillation& fibrillation, std::size_t axis,
                       double t_s) const;

  const BodyCourse* course_;
  std::array<std::array<double, 6>, kAxes> phases_;
};

}  // namespace rig
