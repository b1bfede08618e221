#include "sim_signals/noise.h"

#include "sim_signals/deterministic_math.h"

namespace rig {

Status NoisySource::Render(RunTime start, Duration period, std::span<double> values,
                           std::vector<TruthEvent>& truth) {
  RIG_TRY(source_->Render(start, period, values, truth));
  RunTime t = start;
  for (double& v : values) {
    v += NoiseAt(t);
    t += period;
  }
  return {};
}

double MainsNoise::NoiseAt(RunTime t) const {
  return amplitude_v_ * SinTurns(frequency_hz_ * Seconds(t) + phase_);
}

double BaselineNoise::NoiseAt(RunTime t) const {
  const double turns = frequency_hz_ * Seconds(t);
  return amplitude_v_ *
         (0.6 * SinTurns(turns + phases_[0]) + 0.25 * SinTurns(0.37 * turns + phases_[1]) +
          0.15 * SinTurns(1.71 * turns + phases_[2]));
}

double WhiteNoise::NoiseAt(RunTime t) const {
  return rms_v_ * GaussianAt(key_, static_cast<std::uint64_t>(Nanoseconds(t)));
}

}  // namespace rig
