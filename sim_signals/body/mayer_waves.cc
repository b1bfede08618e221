#include "sim_signals/body/mayer_waves.h"

#include <algorithm>
#include <cmath>

#include "sim_signals/deterministic_math.h"

namespace rig {

MayerWaves::MayerWaves(RandomStream stream) : lines_() {
  constexpr double kCentreHz = 0.1;
  constexpr double kBandSdHz = 0.01;
  constexpr double kHalfWidthSd = 2.5;  // 99 % of the band
  // One line in each of equally wide cells, somewhere in its cell: lines that are not equidistant
  // never repeat.
  constexpr double kCell = 2.0 * kHalfWidthSd / kLines;
  double power = 0.0;
  for (std::size_t i = 0; i < kLines; ++i) {
    const double u = -kHalfWidthSd + kCell * (static_cast<double>(i) + stream.Uniform());
    Line& line = lines_[i];
    line.frequency_hz = kCentreHz + u * kBandSdHz;
    line.phase_turns = stream.Uniform();
    line.amplitude = Exp(-0.25 * u * u);  // square root of the power density
    power += 0.5 * line.amplitude * line.amplitude;
  }
  for (Line& line : lines_) line.amplitude /= std::sqrt(power);
}

double MayerWaves::At(double t_s) const {
  double sum = 0.0;
  for (const Line& line : lines_) {
    sum += line.amplitude * CosTurns(line.frequency_hz * t_s + line.phase_turns);
  }
  return sum;
}

}  // namespace rig
