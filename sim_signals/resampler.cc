#include "sim_signals/resampler.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

// Half of the filter's length, in samples at the lower rate.
constexpr int kHalfLength = 40;
// Of the table, per sample at the lower rate; between its entries a straight line: below -130 dB.
constexpr int kSteps = 1024;
// Middle of the transition, which ends at half the rate. Of the lower rate.
constexpr double kCutoff = 0.46;
constexpr double kPi = 3.14159265358979323846;

// Modified Bessel function of the first kind, order 0, by its power series.
double BesselI0(double x) {
  const double quarter = 0.25 * x * x;
  double term = 1.0;
  double sum = 1.0;
  for (int k = 1; term > 1e-18 * sum; ++k) {
    term *= quarter / (static_cast<double>(k) * k);
    sum += term;
  }
  return sum;
}

// The filter's impulse response at i / kSteps samples from its middle, i = 0 … and one to spare.
std::vector<double> MakeTable() {
  const double beta = 0.1102 * (Resampler::kStopBandDb - 8.7);
  const double whole = BesselI0(beta);
  std::vector<double> table;
  for (int i = 0; i <= kHalfLength * kSteps + 1; ++i) {
    const double t = static_cast<double>(i) / kSteps;
    const double u = t / kHalfLength;
    const double window = u < 1.0 ? BesselI0(beta * std::sqrt(1.0 - u * u)) / whole : 0.0;
    const double sinc = i == 0 ? 2.0 * kCutoff : SinTurns(kCutoff * t) / (kPi * t);
    table.push_back(sinc * window);
  }
  return table;
}

const std::vector<double>& Table() {
  static const std::vector<double> table = MakeTable();
  return table;
}

}  // namespace

Resampler::Resampler(double from_hz, double to_hz)
    : scale_(std::min(1.0, to_hz / from_hz)),
      reach_(static_cast<std::int64_t>(std::ceil(kHalfLength / scale_)) + 1) {}

double Resampler::At(double position, std::span<const double> around) const {
  const std::vector<double>& table = Table();
  const auto first = static_cast<double>(static_cast<std::int64_t>(position) - reach_ + 1);
  double sum = 0.0;
  double weights = 0.0;
  for (std::size_t i = 0; i < around.size(); ++i) {
    const double away = std::fabs(position - (first + static_cast<double>(i))) * scale_;
    const double at = std::min(away, static_cast<double>(kHalfLength)) * kSteps;
    const auto step = static_cast<std::size_t>(at);
    const double weight =
        table[step] + (at - static_cast<double>(step)) * (table[step + 1] - table[step]);
    sum += weight * around[i];
    weights += weight;
  }
  return sum / weights;
}

}  // namespace rig
