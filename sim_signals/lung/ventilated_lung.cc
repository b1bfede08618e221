#include "sim_signals/lung/ventilated_lung.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim_signals/deterministic_math.h"
#include "sim_signals/lung/lung_state.h"

namespace rig {
namespace {

constexpr double kOpenConductance = 5e-5;  // m3/Pa.s: 0.2 hPa.s/L to the room

}  // namespace

Result<std::unique_ptr<PlantModel>> VentilatedLung::Create(const v1::Plant& plant) {
  const v1::VentilatedLung& lung = plant.lung();
  RIG_TRY(CheckLung(lung.lung(), "plant " + plant.name()));
  const bool usable = lung.supply() > 0.0 && lung.inspiratory_resistance() > 0.0 &&
                      lung.expiratory_resistance() > 0.0 && lung.peep() >= 0.0;
  if (usable) return std::unique_ptr<PlantModel>(new VentilatedLung(plant));
  return MakeError(Code::kInvalidArgument,
                   fmt::format("plant {}: expected a supply and resistances above 0, a peep of at "
                               "least 0",
                               plant.name()));
}

VentilatedLung::VentilatedLung(const v1::Plant& plant)
    : name_(plant.name()),
      lung_(plant.lung()),
      volume_m3_(lung_.lung().compliance() * lung_.peep()),
      circuit_pa_(lung_.peep()) {}

std::vector<PlantModel::Output> VentilatedLung::outputs() const {
  std::vector<Output> list = {{lung_.pressure(), false, "Pa"}};
  if (!lung_.flow().empty()) list.push_back({lung_.flow(), false, "m3/s"});
  return list;
}

std::vector<PlantModel::State> VentilatedLung::states() const {
  return {{"volume", "m3"}, {"delivered_volume", "m3"},  {"pressure", "Pa"},
          {"flow", "m3/s"}, {"alveolar_pressure", "Pa"}, {"effort", "Pa"}};
}

Status VentilatedLung::Apply(const v1::PlantSetting& setting) {
  switch (setting.change_case()) {
    case v1::PlantSetting::kDisconnected:
      disconnected_ = setting.disconnected();
      return {};
    case v1::PlantSetting::kBlocked:
      blocked_ = setting.blocked();
      return {};
    default:
      return MakeError(Code::kInvalidArgument,
                       fmt::format("plant {}: expected disconnected or blocked", name_));
  }
}

VentilatedLung::Circuit VentilatedLung::CircuitOf(double inspiratory_open,
                                                  double expiratory_open) const {
  const double in = inspiratory_open / lung_.inspiratory_resistance();
  const double out = expiratory_open / lung_.expiratory_resistance();
  const double leak = lung_.lung().leak() + (disconnected_ ? kOpenConductance : 0.0);
  return {in + out + leak, in * lung_.supply() + out * lung_.peep()};
}

double VentilatedLung::AirwayPa(const Circuit& circuit, double lung_pa) const {
  const bool joined = !disconnected_ && !blocked_;
  const double airway = joined ? 1.0 / lung_.lung().resistance() : 0.0;
  const double all = circuit.conductance + airway;
  return all > 0.0 ? (circuit.flow + airway * lung_pa) / all : circuit_pa_;
}

double VentilatedLung::FillLung(const Circuit& circuit, double effort_pa, double step_s) {
  if (blocked_) return volume_m3_;
  const v1::Lung& lung = lung_.lung();
  // Seen from the lung: a pressure behind the airway and what joins the circuit to it, in series.
  double behind_pa = 0.0;
  double resistance = lung.resistance();
  if (!disconnected_) {
    if (!(circuit.conductance > 0.0)) return volume_m3_;
    behind_pa = circuit.flow / circuit.conductance;
    resistance += 1.0 / circuit.conductance;
  }
  const double settled_m3 = lung.compliance() * (behind_pa + effort_pa);
  return settled_m3 + (volume_m3_ - settled_m3) * Exp(-step_s / (resistance * lung.compliance()));
}

void VentilatedLung::Step(Duration step, std::span<const double> inputs, std::span<double> outputs,
                          std::span<double> states) {
  const auto part = [](double open) { return open >= 0.0 ? std::min(open, 1.0) : 0.0; };
  const Circuit circuit = CircuitOf(part(inputs[0]), part(inputs[1]));
  const double effort_before = EffortPa(lung_.lung(), now_);
  now_ += step;
  const double effort = EffortPa(lung_.lung(), now_);
  const double before_m3 = volume_m3_;
  if (step > Duration(0)) {
    volume_m3_ = FillLung(circuit, 0.5 * (effort_before + effort), Seconds(step));
  }
  delivered_m3_ += std::max(0.0, volume_m3_ - before_m3);

  const double alveolar_pa = volume_m3_ / lung_.lung().compliance() - effort;
  circuit_pa_ = AirwayPa(circuit, alveolar_pa);
  double flow = circuit_pa_ * lung_.lung().leak();
  if (disconnected_) flow += circuit_pa_ * kOpenConductance;
  if (!disconnected_ && !blocked_) {
    flow += (circuit_pa_ - alveolar_pa) / lung_.lung().resistance();
  }
  outputs[0] = circuit_pa_;
  if (outputs.size() > 1) outputs[1] = flow;
  states[0] = volume_m3_;
  states[1] = delivered_m3_;
  states[2] = circuit_pa_;
  states[3] = flow;
  states[4] = alveolar_pa;
  states[5] = effort;
}

}  // namespace rig
