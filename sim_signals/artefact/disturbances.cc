#include "sim_signals/artefact/disturbances.h"

#include <cmath>

#include "sim_signals/deterministic_math.h"

namespace rig {

double MainsPickup::Apply(RunTime t, RunTime /*begin*/, double value) {
  return value + amplitude_ * SinTurns(frequency_hz_ * Seconds(t) + phase_);
}

double BaselineWander::Apply(RunTime t, RunTime /*begin*/, double value) {
  const double turns = frequency_hz_ * Seconds(t);
  return value + amplitude_ * (0.6 * SinTurns(turns + phases_[0]) +
                               0.25 * SinTurns(0.37 * turns + phases_[1]) +
                               0.15 * SinTurns(1.71 * turns + phases_[2]));
}

double WhiteNoise::Apply(RunTime t, RunTime /*begin*/, double value) {
  return value + rms_ * GaussianAt(key_, static_cast<std::uint64_t>(Nanoseconds(t)));
}

MuscleActivity::MuscleActivity(double rms, RandomStream stream)
    : line_height_(0.0), envelope_phase_(stream.Uniform()), frequencies_hz_(), phases_() {
  constexpr double kLowHz = 20.0;
  constexpr double kHighHz = 150.0;
  for (std::size_t i = 0; i < kLines; ++i) {
    const double cell = (static_cast<double>(i) + stream.Uniform()) / kLines;
    frequencies_hz_[i] = kLowHz + (kHighHz - kLowHz) * cell;
    phases_[i] = stream.Uniform();
  }
  // Mean square of the envelope 1 + 0.8 sin: 1.32.
  line_height_ = rms / std::sqrt(0.5 * kLines * 1.32);
}

double MuscleActivity::Apply(RunTime t, RunTime /*begin*/, double value) {
  const double s = Seconds(t);
  double sum = 0.0;
  for (std::size_t i = 0; i < kLines; ++i) sum += SinTurns(frequencies_hz_[i] * s + phases_[i]);
  return value + line_height_ * (1.0 + 0.8 * SinTurns(0.31 * s + envelope_phase_)) * sum;
}

double ElectrodeSteps::Apply(RunTime t, RunTime /*begin*/, double value) {
  constexpr double kDecayS = 0.5;
  constexpr std::int64_t kCells = 8;  // e^-14 of a step is left then
  const std::int64_t second = Nanoseconds(t) / 1'000'000'000;
  for (std::int64_t cell = second - kCells; cell <= second; ++cell) {
    if (cell < 0) continue;
    const auto draw = static_cast<std::uint64_t>(cell) * 3;
    if (UniformAt(key_, draw) >= rate_hz_) continue;
    const double since_s = Seconds(t) - (static_cast<double>(cell) + UniformAt(key_, draw + 1));
    if (since_s < 0.0) continue;
    const double u = UniformAt(key_, draw + 2);  // its sign, and how high
    const double height = u < 0.5 ? 0.5 + u : u;
    value += (u < 0.5 ? -1.0 : 1.0) * amplitude_ * height * Exp(-since_s / kDecayS);
  }
  return value;
}

double ElectrosurgeryBursts::Apply(RunTime t, RunTime begin, double value) {
  const double part = Seconds((t - begin) % period_) / Seconds(period_);
  if (part >= on_) return value;
  return value + rms_ * GaussianAt(key_, static_cast<std::uint64_t>(Nanoseconds(t)));
}

}  // namespace rig
