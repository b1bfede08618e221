#include "sim_signals/ecg/fibrillation.h"

#include <algorithm>

#include "sim_signals/deterministic_math.h"
#include "sim_signals/random.h"

namespace rig {
namespace {

constexpr double kTwoPi = 6.283185307179586476925;
constexpr Duration kFade(100'000'000);

bool Fibrillates(const v1::Rhythm& rhythm) {
  return rhythm.has_ventricular_fibrillation() || rhythm.has_atrial_fibrillation() ||
         rhythm.has_asystole();
}

// 0 to 1 with zero slope at both ends.
double SmoothStep(double x) {
  const double u = std::clamp(x, 0.0, 1.0);
  return u * u * (3.0 - 2.0 * u);
}

}  // namespace

FibrillationWaves::FibrillationWaves(const BodyCourse& course, std::uint64_t seed)
    : course_(&course), phases_() {
  RandomStream stream(seed, "body/fibrillation");
  for (auto& axis : phases_) {
    for (double& phase : axis) phase = stream.Uniform();
  }
}

bool FibrillationWaves::Within(RunTime begin, RunTime end) const {
  const auto& rhythms = course_->rhythm;
  for (std::size_t i = 0; i < rhythms.size(); ++i) {
    const bool ends_before = i + 1 < rhythms.size() && rhythms[i + 1].first + kFade <= begin;
    if (ends_before || rhythms[i].first >= end) continue;
    if (Fibrillates(rhythms[i].second)) return true;
  }
  return false;
}

double FibrillationWaves::VentricularAt(const v1::VentricularFibrillation& fibrillation,
                                        std::size_t axis, double t_s) const {
  // Two slow phase swings, each moving the frequency by at most a tenth.
  constexpr double kSwing1Hz = 0.37;
  constexpr double kSwing2Hz = 0.83;
  const auto& phases = phases_[axis];
  const double swing = 0.1 * fibrillation.rate() / kTwoPi;
  const double phase = fibrillation.rate() * t_s + phases[0] +
                       swing / kSwing1Hz * SinTurns(kSwing1Hz * t_s + phases[1]) +
                       swing / kSwing2Hz * SinTurns(kSwing2Hz * t_s + phases[2]);
  const double envelope =
      0.62 + 0.25 * SinTurns(0.21 * t_s + phases[3]) + 0.13 * SinTurns(0.59 * t_s + phases[4]);
  const double fading = 0.4 + 0.6 * Exp(-t_s / 120.0);
  const double wave = 0.8 * SinTurns(phase) + 0.2 * SinTurns(2.0 * phase + phases[5]);
  return fibrillation.amplitude() * fading * envelope * wave;
}

Dipole FibrillationWaves::OfRhythm(const v1::Rhythm& rhythm, double since_s, double run_s) const {
  if (rhythm.has_ventricular_fibrillation()) {
    const v1::VentricularFibrillation& waves = rhythm.ventricular_fibrillation();
    return {VentricularAt(waves, 0, since_s), VentricularAt(waves, 1, since_s),
            VentricularAt(waves, 2, since_s)};
  }
  std::array<double, kAxes> axes{};
  for (std::size_t axis = 0; axis < kAxes; ++axis) {
    const auto& phases = phases_[axis];
    if (rhythm.has_asystole()) {
      axes[axis] =
          6e-6 * SinTurns(0.23 * run_s + phases[0]) + 4e-6 * SinTurns(0.31 * run_s + phases[1]);
    } else {
      constexpr double kHeightV = 0.06e-3;
      const double turns = rhythm.atrial_fibrillation().wave_rate() * run_s +
                           0.3 * SinTurns(0.18 * run_s + phases[0]) + phases[1];
      axes[axis] = kHeightV * (SinTurns(turns) + 0.5 * SinTurns(2.0 * turns) +
                               1.0 / 3.0 * SinTurns(3.0 * turns));
    }
  }
  return {axes[0], axes[1], axes[2]};
}

Dipole FibrillationWaves::At(RunTime t) const {
  Dipole sum;
  const auto& rhythms = course_->rhythm;
  for (std::size_t i = 0; i < rhythms.size() && rhythms[i].first <= t; ++i) {
    const auto& [begin, rhythm] = rhythms[i];
    if (!Fibrillates(rhythm)) continue;
    double gate = i == 0 ? 1.0 : SmoothStep(Seconds(t - begin) / Seconds(kFade));
    if (i + 1 < rhythms.size()) {
      gate *= 1.0 - SmoothStep(Seconds(t - rhythms[i + 1].first) / Seconds(kFade));
    }
    if (gate == 0.0) continue;
    const Dipole wave = OfRhythm(rhythm, Seconds(t - begin), Seconds(t));
    sum.x += gate * wave.x;
    sum.y += gate * wave.y;
    sum.z += gate * wave.z;
  }
  return sum;
}

}  // namespace rig
