#pragma once

#include <array>

#include "sim_signals/random.h"

namespace rig {

// The 0.1 Hz band (Mayer waves) of the intervals between beats, 0.01 Hz wide (standard deviation),
// as a sum of spectral lines with random phases. A function of run time: no state. The respiratory
// band follows the breaths themselves.
//
// Source: McSharry et al. 2003, IEEE TBME 50:289, eq. 2 and 3; the lines stand in for its inverse
// FFT, so that a run may have any length.
class MayerWaves {
 public:
  explicit MayerWaves(RandomStream stream);
  // Mean 0, standard deviation 1.
  double At(double t_s) const;

 private:
  static constexpr std::size_t kLines = 20;
  struct Line {
    double frequency_hz, phase_turns, amplitude;
  };
  std::array<Line, kLines> lines_;
};

}  // namespace rig
