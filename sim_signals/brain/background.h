#pragma once

#include <array>
#include <cstdint>

#include "sim_signals/brain/jansen_rit.h"

namespace rig {

// What a brain electrode picks up between seizures, on a grid of 1 ms: 1/f activity from 0.5 to 32
// Hz, falling faster above, and a rhythm near 10 Hz. Volts, mean 0.
//
// The 1/f activity is a sum of four equal first-order (Ornstein-Uhlenbeck) processes with corners
// two octaves apart, exact on the grid. Published exponents of ECoG power are 1 to 4 (Miller et al.
// 2009, PLoS Comput Biol 5:e1000609; He et al. 2010, Neuron 66:353): 1 has the longest line,
// against which a seizure stands out least. The rhythm is JansenRit's.
class Background {
 public:
  // `rhythm`: part of the power, 0 to 1, that is the rhythm's.
  Background(double rms_v, double rhythm, std::uint64_t key);
  void StepMillisecond();
  double volts() const;

 private:
  double one_over_f_v_, rhythm_v_;  // root mean squares
  std::uint64_t key_;
  std::uint64_t position_ = 0;         // milliseconds stepped
  std::array<double, 4> processes_{};  // each of variance 1
  JansenRit column_;
  double column_mean_mv_ = 0.0;  // the level an electrode does not pass on
};

}  // namespace rig
