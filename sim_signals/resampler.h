#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace rig {

// Values of a band-limited signal between its samples, and below its own rate: a windowed-sinc
// low-pass filter (FIR, Kaiser window), evaluated at any instant, with its delay taken out.
//
// Of the lower of both rates: passes up to kPassBand within kPassRipple, and from half of it on
// attenuates by kStopBandDb. A constant passes but for rounding. The same bits on every machine.
// Source: Oppenheim and Schafer, Discrete-Time Signal Processing, 7.5.3 (Kaiser window design).
class Resampler {
 public:
  static constexpr double kStopBandDb = 100.0;
  static constexpr double kPassBand = 0.42;
  static constexpr double kPassRipple = 2e-5;
  // Most samples of the signal for one value asked: 1024 times fewer than it has.
  static constexpr double kMaxReduction = 1024.0;

  // Rates in Hz, from_hz / to_hz at most kMaxReduction.
  Resampler(double from_hz, double to_hz);

  // Samples before and behind a position that its value depends on.
  std::int64_t reach() const { return reach_; }
  // The value at `position`, in samples of the signal; `around` holds those from
  // floor(position) - reach() + 1 to floor(position) + reach(). NaN if one of them is.
  double At(double position, std::span<const double> around) const;

 private:
  double scale_;  // filter samples per sample of the signal
  std::int64_t reach_;
};

}  // namespace rig
