#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rig/v1/plants.pb.h"
#include "sim_signals/plant.h"

namespace rig {

// A lung behind the valves of a ventilator under test. The circuit itself stores no gas, so its
// pressure is where the flows through valves, leak and airway sum to zero; the lung's volume then
// follows one linear equation, solved exactly for a step, so it is stable at any period.
//
// Levels: the two valves; a valve conducts in proportion to the part of the step in which it was
// open. Outputs: airway pressure (Pa), flow into the airway opening (m3/s; leak included), as they
// are at the end of the step. States: volume (m3 above rest), delivered_volume (m3 that entered the
// lung since the beginning), pressure, flow, alveolar_pressure, effort (Pa). Settings: disconnected
// (the lung is open to the room, the circuit leaks through 0.2 hPa.s/L), blocked (nothing passes).
class VentilatedLung : public PlantModel {
 public:
  // Errors: INVALID_ARGUMENT for a lung or a valve that cannot be.
  static Result<std::unique_ptr<PlantModel>> Create(const v1::Plant& plant);

  std::vector<std::string> inputs() const override { return {}; }
  std::vector<std::string> levels() const override {
    return {lung_.inspiratory(), lung_.expiratory()};
  }
  std::vector<Output> outputs() const override;
  std::vector<State> states() const override;
  Status Apply(const v1::PlantSetting& setting) override;
  void Step(Duration step, std::span<const double> inputs, std::span<double> outputs,
            std::span<double> states) override;

 private:
  // What joins the circuit to fixed pressures: sum of conductances, and of conductance * pressure.
  struct Circuit {
    double conductance;  // m3/Pa.s
    double flow;         // m3/s at a circuit pressure of 0
  };

  explicit VentilatedLung(const v1::Plant& plant);
  Circuit CircuitOf(double inspiratory_open, double expiratory_open) const;
  // Pressure at the airway opening, of the lung's side.
  double AirwayPa(const Circuit& circuit, double lung_pa) const;
  double FillLung(const Circuit& circuit, double effort_pa, double step_s);

  std::string name_;
  v1::VentilatedLung lung_;
  bool disconnected_ = false;
  bool blocked_ = false;
  Duration now_{};
  double volume_m3_;
  double delivered_m3_ = 0.0;
  double circuit_pa_;  // held while nothing joins the circuit to anything
};

}  // namespace rig
