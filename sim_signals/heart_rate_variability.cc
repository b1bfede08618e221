#include "sim_signals/heart_rate_variability.h"

#include <algorithm>
#include <cmath>

#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

constexpr double kLowFrequencyHz = 0.1;
constexpr double kBandSdHz = 0.01;
constexpr double kHalfWidthSd = 2.5;  // 99 % of a band

}  // namespace

HeartRateVariability::HeartRateVariability(double rate_hz, double sd_hz, double lf_hf,
                                           double respiration_hz, RandomStream stream)
    : mean_s_(1.0 / rate_hz), lines_() {
  const double sd_s = sd_hz / (rate_hz * rate_hz);  // d(1/f) = df / f^2
  AddBand(0, kLowFrequencyHz, sd_s * std::sqrt(lf_hf / (1.0 + lf_hf)), stream);
  AddBand(kLinesPerBand, respiration_hz, sd_s * std::sqrt(1.0 / (1.0 + lf_hf)), stream);
}

void HeartRateVariability::AddBand(std::size_t first, double centre_hz, double sd_s,
                                   RandomStream& stream) {
  // One line in each of equally wide cells, somewhere in its cell: lines that are not equidistant
  // never repeat.
  constexpr double kCell = 2.0 * kHalfWidthSd / kLinesPerBand;
  double power = 0.0;
  for (std::size_t i = 0; i < kLinesPerBand; ++i) {
    const double u = -kHalfWidthSd + kCell * (static_cast<double>(i) + stream.Uniform());
    Line& line = lines_[first + i];
    line.frequency_hz = std::max(0.0, centre_hz + u * kBandSdHz);
    line.phase_turns = stream.Uniform();
    line.amplitude_s = Exp(-0.25 * u * u);  // square root of the power density
    power += 0.5 * line.amplitude_s * line.amplitude_s;
  }
  for (std::size_t i = 0; i < kLinesPerBand; ++i) {
    lines_[first + i].amplitude_s *= sd_s / std::sqrt(power);
  }
}

double HeartRateVariability::IntervalAt(double t_s) const {
  double interval = mean_s_;
  for (const Line& line : lines_) {
    interval += line.amplitude_s * CosTurns(line.frequency_hz * t_s + line.phase_turns);
  }
  return std::clamp(interval, 0.3 * mean_s_, 3.0 * mean_s_);
}

}  // namespace rig
