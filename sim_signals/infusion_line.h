#pragma once

#include <string>
#include <vector>

#include "rig/v1/scenario.pb.h"
#include "sim_signals/counter_input.h"
#include "sim_signals/plant.h"

namespace rig {

// The drive, tubing and vein behind an infusion pump: C dP/dt = Q - (P - Pv)/R, solved exactly for
// the constant flow of a step, so stable at any period. At rest at the venous pressure before the
// first step.
//
// Input: the motor's step counter. A counter that went back (the board restarted) delivers nothing
// and is taken as the new reference. Outputs, those the plant names: line pressure (Pa), encoder
// line (at most one toggle per step, the rest is carried; two toggles are one pulse), air sensor
// (1.5 V fluid, 0.05 V air). A bubble is at the sensor from the moment it is set until its volume
// was pumped past. States: delivered_volume (what reached the vein), pressure, flow (into the
// vein), air_volume (that passed the sensor), clamped.
//
// Source: worked occlusion case [16] of the signals reference; air sensor levels: device
// requirements INF-7.
class InfusionLine : public PlantModel {
 public:
  // Errors: INVALID_ARGUMENT for a volume, compliance or resistance that is not above zero.
  static Result<std::unique_ptr<PlantModel>> Create(const v1::Plant& plant);

  std::vector<std::string> inputs() const override { return {line_.motor()}; }
  std::vector<Output> outputs() const override;
  std::vector<State> states() const override;
  Status Apply(const v1::PlantSetting& setting) override;
  void Step(Duration step, std::span<const double> inputs, std::span<double> outputs,
            std::span<double> states) override;

 private:
  explicit InfusionLine(const v1::Plant& plant);
  void MoveEncoder(double steps);
  // Volume pumped in over step_s; sets pressure, delivered volume and flow.
  void MoveFluid(double volume_m3, double step_s);

  std::string name_;
  v1::InfusionLine line_;
  bool clamped_ = false;
  bool slipping_ = false;
  bool encoder_ = false;
  CounterInput motor_;
  double half_pulses_due_ = 0.0;  // in motor steps times two
  double pressure_pa_;
  double delivered_m3_ = 0.0;
  double flow_m3_s_ = 0.0;
  double air_ahead_m3_ = 0.0;
  double air_passed_m3_ = 0.0;
};

}  // namespace rig
