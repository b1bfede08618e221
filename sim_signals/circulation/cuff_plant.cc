#include "sim_signals/circulation/cuff_plant.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "sim_signals/circulation/pressure_source.h"

namespace rig {

Result<std::unique_ptr<PlantModel>> CuffPlant::Create(const v1::Plant& plant,
                                                      const BodyCourse* course,
                                                      std::uint64_t seed) {
  if (course != nullptr && !course->empty()) {
    RIG_TRY(CheckPressures(*course, v1::BloodPressure::ARTERIAL));
    return std::unique_ptr<PlantModel>(new CuffPlant(plant, *course, seed));
  }
  return MakeError(Code::kInvalidArgument,
                   fmt::format("plant {}: a cuff without a patient; expected a body step with a "
                               "rhythm",
                               plant.name()));
}

std::vector<PlantModel::State> CuffPlant::states() const {
  return {
      {"pressure", "Pa"}, {"systolic", "Pa"}, {"mean", "Pa"}, {"diastolic", "Pa"}, {"pulse", "1"}};
}

Status CuffPlant::Apply(const v1::PlantSetting& setting) {
  if (setting.change_case() == v1::PlantSetting::kLeak) {
    air_.set_leak(setting.leak());
    return {};
  }
  return MakeError(Code::kInvalidArgument, fmt::format("plant {}: expected leak", name_));
}

void CuffPlant::Step(Duration step, std::span<const double> inputs, std::span<double> outputs,
                     std::span<double> states) {
  const auto part = [](double active) { return active >= 0.0 ? std::min(active, 1.0) : 0.0; };
  air_.Step(step, part(inputs[0]) * cuff_.pump_rate(),
            part(inputs[1]) / Seconds(Duration(cuff_.valve_time())));
  now_ += step;
  arm_.AdvanceTo(now_);
  outputs[0] = air_.pressure_pa() + cuff_.amplitude() * arm_.PulseAt(air_.pressure_pa());
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const auto& known = arm_.pressures();
  states[0] = air_.pressure_pa();
  states[1] = known ? known->systolic_pa : kNone;
  states[2] = known ? known->mean_pa : kNone;
  states[3] = known ? known->diastolic_pa : kNone;
  states[4] = static_cast<double>(arm_.count());
}

}  // namespace rig
