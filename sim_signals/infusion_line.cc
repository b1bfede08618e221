#include "sim_signals/infusion_line.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

constexpr double kFluidVolts = 1.5;
constexpr double kAirVolts = 0.05;

}  // namespace

Result<std::unique_ptr<PlantModel>> InfusionLine::Create(const v1::Plant& plant) {
  const v1::InfusionLine& line = plant.infusion_line();
  struct Checked {
    const char* field;
    double value;
  };
  for (const auto& [field, value] :
       {Checked{"step_volume", line.step_volume()}, Checked{"compliance", line.compliance()},
        Checked{"resistance", line.resistance()}}) {
    const bool usable = value > 0.0 && value - value == 0.0;
    if (!usable) {
      return MakeError(Code::kInvalidArgument,
                       fmt::format("plant {}: {} is {}; expected a finite value above zero",
                                   plant.name(), field, value));
    }
  }
  return std::unique_ptr<PlantModel>(new InfusionLine(plant));
}

InfusionLine::InfusionLine(const v1::Plant& plant)
    : name_(plant.name()),
      line_(plant.infusion_line()),
      pressure_pa_(plant.infusion_line().venous_pressure()) {}

std::vector<PlantModel::Output> InfusionLine::outputs() const {
  std::vector<Output> list = {{line_.pressure(), false, "Pa"}};
  if (!line_.encoder().empty()) list.push_back({line_.encoder(), true, "1"});
  if (!line_.air().empty()) list.push_back({line_.air(), false, "V"});
  return list;
}

std::vector<PlantModel::State> InfusionLine::states() const {
  return {{"delivered_volume", "m3"},
          {"pressure", "Pa"},
          {"flow", "m3/s"},
          {"air_volume", "m3"},
          {"clamped", "1"}};
}

Status InfusionLine::Apply(const v1::PlantSetting& setting) {
  switch (setting.change_case()) {
    case v1::PlantSetting::kClamp:
      clamped_ = setting.clamp();
      return {};
    case v1::PlantSetting::kDriveSlip:
      slipping_ = setting.drive_slip();
      return {};
    case v1::PlantSetting::kAirBubble: {
      const bool usable = setting.air_bubble() >= 0.0;
      if (!usable) break;
      air_ahead_m3_ += setting.air_bubble();
      return {};
    }
    default:
      break;
  }
  return MakeError(
      Code::kInvalidArgument,
      fmt::format("plant {}: expected clamp, drive_slip or an air_bubble of at least 0 m3", name_));
}

void InfusionLine::MoveEncoder(double steps) {
  const double steps_per_pulse = std::max(1u, line_.steps_per_encoder_pulse());
  half_pulses_due_ += 2.0 * steps;
  if (half_pulses_due_ < steps_per_pulse) return;
  half_pulses_due_ -= steps_per_pulse;
  encoder_ = !encoder_;
}

void InfusionLine::MoveFluid(double volume_m3, double step_s) {
  const double before_pa = pressure_pa_;
  double left_m3 = 0.0;  // through the resistance
  if (clamped_) {
    pressure_pa_ += volume_m3 / line_.compliance();
  } else {
    const double settled_pa = line_.venous_pressure() + line_.resistance() * volume_m3 / step_s;
    const double decay = Exp(-step_s / (line_.resistance() * line_.compliance()));
    pressure_pa_ = settled_pa + (before_pa - settled_pa) * decay;
    left_m3 = volume_m3 - line_.compliance() * (pressure_pa_ - before_pa);
  }
  delivered_m3_ += left_m3;
  flow_m3_s_ = left_m3 / step_s;
}

void InfusionLine::Step(Duration step, std::span<const double> inputs, std::span<double> outputs,
                        std::span<double> states) {
  const double turned = motor_.Since(inputs[0]);
  const double steps = slipping_ ? 0.0 : turned;
  const double volume_m3 = steps * line_.step_volume();
  MoveEncoder(steps);
  if (step > Duration(0)) MoveFluid(volume_m3, Seconds(step));
  const bool air_at_sensor = air_ahead_m3_ > 0.0;
  const double air_m3 = std::min(air_ahead_m3_, volume_m3);
  air_ahead_m3_ -= air_m3;
  air_passed_m3_ += air_m3;

  std::size_t next = 0;
  outputs[next++] = pressure_pa_;
  if (!line_.encoder().empty()) outputs[next++] = encoder_ ? 1.0 : 0.0;
  if (!line_.air().empty()) outputs[next++] = air_at_sensor ? kAirVolts : kFluidVolts;
  states[0] = delivered_m3_;
  states[1] = pressure_pa_;
  states[2] = flow_m3_s_;
  states[3] = air_passed_m3_;
  states[4] = clamped_ ? 1.0 : 0.0;
}

}  // namespace rig
