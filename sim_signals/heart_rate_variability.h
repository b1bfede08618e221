#pragma once

#include <array>

#include "sim_signals/random.h"

namespace rig {

// Intervals between beats whose spectrum has two Gaussian bands, at 0.1 Hz (Mayer waves) and at the
// breathing rate, each 0.01 Hz wide (standard deviation), as a sum of spectral lines with random
// phases. A function of run time: no state.
//
// Source: McSharry et al. 2003, IEEE TBME 50:289, eq. 2 and 3; the lines stand in for its inverse
// FFT, so that a run may have any length.
class HeartRateVariability {
 public:
  // `sd_hz`: standard deviation of the instantaneous rate, small against rate_hz.
  HeartRateVariability(double rate_hz, double sd_hz, double lf_hf, double respiration_hz,
                       RandomStream stream);
  // Seconds, between 0.3 and 3 times the mean interval.
  double IntervalAt(double t_s) const;

 private:
  static constexpr std::size_t kLinesPerBand = 20;
  struct Line {
    double frequency_hz, phase_turns, amplitude_s;
  };
  void AddBand(std::size_t first, double centre_hz, double sd_s, RandomStream& stream);

  double mean_s_;
  std::array<Line, 2 * kLinesPerBand> lines_;
};

}  // namespace rig
