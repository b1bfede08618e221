#include "sim_signals/metabolism/glucose_patient.h"

#include <fmt/format.h>

#include "sim_signals/random.h"

namespace rig {
namespace {

constexpr double kPerMgDl = 0.01;  // kg/m3

}  // namespace

Result<std::unique_ptr<PlantModel>> GlucosePatient::Create(const v1::Plant& plant) {
  const v1::GlucosePatient& patient = plant.glucose();
  RIG_TRY(GlucoseSensor::Check(patient.sensor(), "plant " + plant.name()));
  const Intake intake(patient.meals(), std::vector<v1::Bolus>());
  if (intake.usable() && patient.units_per_step() > 0.0) {
    return std::unique_ptr<PlantModel>(new GlucosePatient(plant, intake));
  }
  return MakeError(
      Code::kInvalidArgument,
      fmt::format("plant {}: expected units_per_step above 0, meals of at least 0", plant.name()));
}

GlucosePatient::GlucosePatient(const v1::Plant& plant, const Intake& intake)
    : name_(plant.name()),
      patient_(plant.glucose()),
      intake_(intake),
      sensor_(patient_.sensor(), StreamKey(patient_.sensor().seed(), "sensor")) {}

std::vector<PlantModel::State> GlucosePatient::states() const {
  return {{"plasma_glucose", "kg/m3"},
          {"sensor_glucose", "kg/m3"},
          {"insulin_given", "1"},
          {"sensor_gap", "1"}};
}

Status GlucosePatient::Apply(const v1::PlantSetting&) {
  return MakeError(Code::kInvalidArgument,
                   fmt::format("plant {}: a glucose patient has no settings", name_));
}

void GlucosePatient::Step(Duration step, std::span<const double> inputs, std::span<double> outputs,
                          std::span<double> states) {
  const double units = motor_.Since(inputs[0]) * patient_.units_per_step();
  waiting_units_ += units;
  given_units_ += units;
  now_ += step;
  for (; reached_ + GlucoseModel::kGrid <= now_; reached_ += GlucoseModel::kGrid) {
    intake_.Take(reached_, model_);
    model_.StepGrid(0.0);
    model_.Inject(waiting_units_);
    waiting_units_ = 0.0;
  }
  for (; next_reading_ <= now_; next_reading_ += sensor_.period()) {
    held_ = sensor_.Read(model_.sensor_mg_dl(), next_reading_);
  }
  outputs[0] = held_;
  states[0] = kPerMgDl * model_.plasma_mg_dl();
  states[1] = kPerMgDl * model_.sensor_mg_dl();
  states[2] = given_units_;
  states[3] = sensor_.InGap(now_) ? 1.0 : 0.0;
}

}  // namespace rig
