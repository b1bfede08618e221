#pragma once

#include <memory>
#include <string>

#include "rig/v1/temperature.pb.h"
#include "sim_signals/source.h"

namespace rig {

// Resistance of a YSI 400 series thermistor, 273.15 K to 323.15 K.
//
// Steinhart and Hart 1968, through the series' table at three points: 7355 ohm at 0 C, 2252 ohm at
// 25 C, 1355 ohm at 37 C; within 0.02 K of the table from 0 C to 50 C.
double Ysi400Ohms(double kelvin);

// A probe that follows the body's temperature with a first-order lag, in closed form: exact at any
// instant. Ohm, or volts over a divider.
//
// Truth: "temperature" (K) of the body; not known while it moves, the lag of a thermometer being
// judged against a steady body.
class ThermistorSource : public SignalSource {
 public:
  // Errors: INVALID_ARGUMENT for a unit that is neither ohm nor V, a temperature outside 273.15 K
  // to 323.15 K.
  static Result<std::unique_ptr<ThermistorSource>> Create(const v1::Thermistor& thermistor,
                                                          const std::string& unit, RunTime start);

  std::string unit() const override { return in_volts_ ? "V" : "ohm"; }
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

  // Of the probe, in kelvin.
  double ProbeAt(Duration since_start) const;

 private:
  ThermistorSource(const v1::Thermistor& thermistor, bool in_volts, RunTime start);
  void EmitTruth(RunTime first, RunTime end, std::vector<TruthEvent>& truth);

  bool in_volts_;
  RunTime start_;
  double from_k_, to_k_, probe_k_;
  Duration over_;
  double lag_s_;
  double supply_v_, divider_ohm_;
  bool told_start_ = false, told_end_ = false;
};

}  // namespace rig
