#include "sim_signals/arrest.h"

#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

constexpr double kTwoPi = 6.283185307179586476925;

}  // namespace

AsystoleSource::AsystoleSource(RandomStream stream, RunTime start)
    : truth_at_start_(start), phases_{stream.Uniform(), stream.Uniform()} {}

Status AsystoleSource::Render(RunTime start, Duration period, std::span<double> values,
                              std::vector<TruthEvent>& truth) {
  truth_at_start_.Emit({.asystole = true}, start, truth);
  RunTime t = start;
  for (double& v : values) {
    const double s = Seconds(t);
    v = 6e-6 * SinTurns(0.23 * s + phases_[0]) + 4e-6 * SinTurns(0.31 * s + phases_[1]);
    t += period;
  }
  return {};
}

VentricularFibrillationSource::VentricularFibrillationSource(
    const v1::VentricularFibrillation& parameters, RandomStream stream, RunTime start)
    : truth_at_start_(start),
      start_(start),
      rate_hz_(parameters.rate()),
      amplitude_v_(parameters.amplitude()),
      phases_() {
  for (double& phase : phases_) phase = stream.Uniform();
}

double VentricularFibrillationSource::ValueAt(double t_s) const {
  // Two slow phase swings, each moving the frequency by at most a tenth.
  constexpr double kSwing1Hz = 0.37;
  constexpr double kSwing2Hz = 0.83;
  const double swing = 0.1 * rate_hz_ / kTwoPi;
  const double phase = rate_hz_ * t_s + phases_[0] +
                       swing / kSwing1Hz * SinTurns(kSwing1Hz * t_s + phases_[1]) +
                       swing / kSwing2Hz * SinTurns(kSwing2Hz * t_s + phases_[2]);
  const double envelope =
      0.62 + 0.25 * SinTurns(0.21 * t_s + phases_[3]) + 0.13 * SinTurns(0.59 * t_s + phases_[4]);
  const double fading = 0.4 + 0.6 * Exp(-t_s / 120.0);
  const double wave = 0.8 * SinTurns(phase) + 0.2 * SinTurns(2.0 * phase + phases_[5]);
  return amplitude_v_ * fading * envelope * wave;
}

Status VentricularFibrillationSource::Render(RunTime start, Duration period,
                                             std::span<double> values,
                                             std::vector<TruthEvent>& truth) {
  truth_at_start_.Emit({.ventricular_fibrillation = true}, start, truth);
  RunTime t = start;
  for (double& v : values) {
    v = ValueAt(Seconds(t - start_));
    t += period;
  }
  return {};
}

}  // namespace rig
