#include "rig/check/alarm/measure/spectrum.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <unsupported/Eigen/FFT>
#include <vector>

namespace rig::check {
namespace {

constexpr double kLowestHz = 50;
constexpr double kLowestHarmonicHz = 300;
constexpr double kHighestHarmonicHz = 4000;
constexpr double kFloorDb = -20;
constexpr double kHarmonicDb = 15;

double Decibel(double ratio) { return 20 * std::log10(ratio); }

std::vector<double> Magnitudes(std::span<const double> samples) {
  std::size_t size = 1;
  while (size < 4 * samples.size()) size *= 2;
  std::vector<double> windowed(size, 0.0);
  const double n = static_cast<double>(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double phase = 2 * std::numbers::pi * (static_cast<double>(i) + 0.5) / n;
    windowed[i] = samples[i] * 0.5 * (1 - std::cos(phase));
  }
  std::vector<std::complex<double>> spectrum;
  Eigen::FFT<double> fft;
  fft.fwd(spectrum, windowed);
  std::vector<double> magnitudes(size / 2);
  for (std::size_t i = 0; i < magnitudes.size(); ++i) magnitudes[i] = std::abs(spectrum[i]);
  return magnitudes;
}

// Where between the bins a peak lies: the top of the parabola through its logarithms.
double RefinedBin(const std::vector<double>& magnitudes, std::size_t bin) {
  const double a = std::log(magnitudes[bin - 1] + 1e-300);
  const double b = std::log(magnitudes[bin] + 1e-300);
  const double c = std::log(magnitudes[bin + 1] + 1e-300);
  const double bend = a - 2 * b + c;
  return static_cast<double>(bin) + (bend < 0 ? 0.5 * (a - c) / bend : 0);
}

std::optional<std::size_t> LowestPeak(const std::vector<double>& magnitudes, double bin_hz) {
  const auto first = static_cast<std::size_t>(std::ceil(kLowestHz / bin_hz));
  if (first + 2 >= magnitudes.size()) return std::nullopt;
  const double highest =
      *std::max_element(magnitudes.begin() + static_cast<std::ptrdiff_t>(first), magnitudes.end());
  if (!(highest > 0)) return std::nullopt;
  const double floor = highest * std::pow(10, kFloorDb / 20);
  for (std::size_t i = std::max<std::size_t>(first, 1); i + 1 < magnitudes.size(); ++i) {
    const bool is_peak = magnitudes[i] >= floor && magnitudes[i] >= magnitudes[i - 1] &&
                         magnitudes[i] > magnitudes[i + 1];
    if (is_peak) return i;
  }
  return std::nullopt;
}

int CountHarmonics(const std::vector<double>& magnitudes, double bin_hz, double fundamental_hz,
                   double level) {
  int count = 0;
  for (int k = 2; k * fundamental_hz <= kHighestHarmonicHz; ++k) {
    if (k * fundamental_hz < kLowestHarmonicHz) continue;
    const auto low = static_cast<std::size_t>((k - 0.25) * fundamental_hz / bin_hz);
    const auto high = static_cast<std::size_t>((k + 0.25) * fundamental_hz / bin_hz);
    double largest = 0;
    for (std::size_t i = low; i <= high && i < magnitudes.size(); ++i) {
      largest = std::max(largest, magnitudes[i]);
    }
    if (largest > 0 && std::fabs(Decibel(largest / level)) <= kHarmonicDb) ++count;
  }
  return count;
}

}  // namespace

std::optional<Tone> MeasureTone(std::span<const double> samples, double rate_hz) {
  const double length_s = static_cast<double>(samples.size()) / rate_hz;
  if (samples.size() < 16 || !std::isfinite(length_s)) return std::nullopt;
  const std::vector<double> magnitudes = Magnitudes(samples);
  const double bin_hz = 0.5 * rate_hz / static_cast<double>(magnitudes.size());
  const auto peak = LowestPeak(magnitudes, bin_hz);
  if (!peak) return std::nullopt;
  Tone tone{};
  tone.fundamental_hz = RefinedBin(magnitudes, *peak) * bin_hz;
  tone.uncertainty_hz = 0.1 / length_s;
  // A Hann window's main lobe is 4 / length wide: neighbours must not run into each other.
  if (length_s * tone.fundamental_hz < 4) return std::nullopt;
  tone.harmonics = rate_hz < 2 * kHighestHarmonicHz
                       ? -1
                       : CountHarmonics(magnitudes, bin_hz, tone.fundamental_hz, magnitudes[*peak]);
  return tone;
}

}  // namespace rig::check
