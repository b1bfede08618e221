#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rig/v1/plants.pb.h"
#include "sim_signals/counter_input.h"
#include "sim_signals/metabolism/glucose_model.h"
#include "sim_signals/metabolism/glucose_sensor.h"
#include "sim_signals/metabolism/intake.h"
#include "sim_signals/plant.h"

namespace rig {

// An adult with type 1 diabetes under an insulin pump. Input: the pump's step counter; each step
// puts `units_per_step` under the skin, taken up at the next point of the model's grid of 5 s. A
// counter that went back (the board restarted) gives nothing and is taken as the new reference.
// Output: the sensor's readings, kg/m3. States: plasma_glucose, sensor_glucose (under the skin,
// without the sensor's error; kg/m3), insulin_given (U since the beginning), sensor_gap (0 or 1).
class GlucosePatient : public PlantModel {
 public:
  // Errors: INVALID_ARGUMENT for a sensor or a meal that cannot be, a step without insulin.
  static Result<std::unique_ptr<PlantModel>> Create(const v1::Plant& plant);

  std::vector<std::string> inputs() const override { return {patient_.motor()}; }
  std::vector<Output> outputs() const override { return {{patient_.glucose(), false, "kg/m3"}}; }
  std::vector<State> states() const override;
  Status Apply(const v1::PlantSetting& setting) override;
  void Step(Duration step, std::span<const double> inputs, std::span<double> outputs,
            std::span<double> states) override;

 private:
  GlucosePatient(const v1::Plant& plant, const Intake& intake);

  std::string name_;
  v1::GlucosePatient patient_;
  Intake intake_;
  GlucoseSensor sensor_;
  GlucoseModel model_;
  CounterInput motor_;
  Duration now_{}, reached_{}, next_reading_{};
  double waiting_units_ = 0.0;  // given since the last point of the grid
  double given_units_ = 0.0;
  double held_ = 0.0;
};

}  // namespace rig
