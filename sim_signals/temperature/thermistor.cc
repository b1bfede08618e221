#include "sim_signals/temperature/thermistor.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

constexpr double kLeastK = 273.15, kMostK = 323.15;

// 1/T = A + B ln R + C (ln R)^3.
constexpr double kA = 1.462949462558e-03;
constexpr double kB = 2.391737791198e-04;
constexpr double kC = 9.727174702764e-08;

}  // namespace

double Ysi400Ohms(double kelvin) {
  // The cubic in ln R rises everywhere and is almost a straight line: Newton's method.
  double x = 7.7;
  for (int i = 0; i < 6; ++i) {
    x -= (kA + x * (kB + kC * x * x) - 1.0 / kelvin) / (kB + 3.0 * kC * x * x);
  }
  return Exp(x);
}

Result<std::unique_ptr<ThermistorSource>> ThermistorSource::Create(const v1::Thermistor& thermistor,
                                                                   const std::string& unit,
                                                                   RunTime start) {
  const auto is_temperature = [](double k) { return k >= kLeastK && k <= kMostK; };
  const auto is_temperature_or_none = [&](double k) { return k == 0.0 || is_temperature(k); };
  const bool usable =
      is_temperature(thermistor.temperature()) && is_temperature_or_none(thermistor.from()) &&
      is_temperature_or_none(thermistor.probe()) && thermistor.lag() > 0 && thermistor.over() >= 0;
  if (!usable) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("thermistor: expected temperatures from {} K to {} K and a lag "
                                 "above 0 s",
                                 kLeastK, kMostK));
  }
  const bool divider_usable = thermistor.supply() > 0.0 && thermistor.divider() > 0.0;
  if (unit == "ohm" || (unit == "V" && divider_usable)) {
    return std::unique_ptr<ThermistorSource>(new ThermistorSource(thermistor, unit == "V", start));
  }
  return MakeError(Code::kInvalidArgument,
                   fmt::format("thermistor: a signal in {}; expected ohm, or V with a supply and a "
                               "divider above 0",
                               unit));
}

ThermistorSource::ThermistorSource(const v1::Thermistor& thermistor, bool in_volts, RunTime start)
    : in_volts_(in_volts),
      start_(start),
      from_k_(thermistor.from() == 0.0 ? thermistor.temperature() : thermistor.from()),
      to_k_(thermistor.temperature()),
      probe_k_(thermistor.probe() == 0.0 ? from_k_ : thermistor.probe()),
      over_(thermistor.over()),
      lag_s_(Seconds(Duration(thermistor.lag()))),
      supply_v_(thermistor.supply()),
      divider_ohm_(thermistor.divider()) {
  if (over_.count() == 0) from_k_ = to_k_;
}

double ThermistorSource::ProbeAt(Duration since_start) const {
  // Behind a body that moves at a steady rate the probe settles rate * lag behind it.
  const double over_s = Seconds(over_);
  const double moving_s = std::min(Seconds(since_start), over_s);
  const double behind_k = over_s > 0.0 ? (to_k_ - from_k_) / over_s * lag_s_ : 0.0;
  const double body_k = over_s > 0.0 ? from_k_ + behind_k / lag_s_ * moving_s : to_k_;
  const double moved_k =
      body_k - behind_k + (probe_k_ - from_k_ + behind_k) * Exp(-moving_s / lag_s_);
  if (since_start <= over_) return moved_k;
  return to_k_ + (moved_k - to_k_) * Exp(-Seconds(since_start - over_) / lag_s_);
}

void ThermistorSource::EmitTruth(RunTime first, RunTime end, std::vector<TruthEvent>& truth) {
  constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();
  const RunTime settled = start_ + over_;
  const bool moves = from_k_ != to_k_;
  if (!told_start_ && moves && settled > first) {
    truth.push_back({std::max(start_, first), "temperature", kNotKnown});
  }
  told_start_ = true;
  if (told_end_ || (moves && settled >= end)) return;
  told_end_ = true;
  truth.push_back(
      {moves ? std::max(settled, first) : std::max(start_, first), "temperature", to_k_});
}

Status ThermistorSource::Render(RunTime start, Duration period, std::span<double> values,
                                std::vector<TruthEvent>& truth) {
  EmitTruth(start, start + period * static_cast<std::int64_t>(values.size()), truth);
  RunTime t = start;
  for (double& v : values) {
    const double ohms = Ysi400Ohms(ProbeAt(t - start_));
    v = in_volts_ ? supply_v_ * ohms / (ohms + divider_ohm_) : ohms;
    t += period;
  }
  return {};
}

}  // namespace rig
