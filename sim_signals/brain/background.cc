#include "sim_signals/brain/background.h"

#include <cmath>

#include "sim_signals/deterministic_math.h"
#include "sim_signals/random.h"

namespace rig {
namespace {

constexpr double kTwoPi = 6.283185307179586476925;
constexpr std::array<double, 4> kCornersHz = {0.5, 2.0, 8.0, 32.0};
constexpr int kWarmUpMs = 2000;
// Of JansenRit at its input of 120 to 320 /s; BackgroundTest measures what they make.
constexpr double kColumnMeanMv = 7.5785;
constexpr double kColumnRmsMv = 1.2254;

}  // namespace

Background::Background(double rms_v, double rhythm, std::uint64_t key)
    : one_over_f_v_(rms_v * std::sqrt(0.25 * (1.0 - rhythm))),
      rhythm_v_(rms_v * std::sqrt(rhythm) / kColumnRmsMv),
      key_(key),
      column_mean_mv_(kColumnMeanMv) {
  for (int i = 0; i < kWarmUpMs; ++i) StepMillisecond();
}

void Background::StepMillisecond() {
  static const std::array<double, 4> decays = [] {
    std::array<double, 4> d{};
    for (std::size_t i = 0; i < d.size(); ++i) d[i] = Exp(-kTwoPi * kCornersHz[i] * 1e-3);
    return d;
  }();
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    processes_[i] = decays[i] * processes_[i] +
                    std::sqrt(1.0 - decays[i] * decays[i]) * GaussianAt(key_, 5 * position_ + i);
  }
  column_.StepMillisecond(120.0 + 200.0 * UniformAt(key_, 5 * position_ + 4));
  ++position_;
}

double Background::volts() const {
  double sum = 0.0;
  for (const double process : processes_) sum += process;
  return one_over_f_v_ * sum + rhythm_v_ * (column_.potential_mv() - column_mean_mv_);
}

}  // namespace rig
