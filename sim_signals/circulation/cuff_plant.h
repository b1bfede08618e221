#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rig/v1/plants.pb.h"
#include "sim_signals/circulation/cuffed_arm.h"
#include "sim_signals/plant.h"

namespace rig {

// A cuff that pump and valve of a monitor under test fill and empty, on the arm of the run's body.
//
// Levels: pump and valve. Output: the cuff's pressure (Pa). States: pressure (of the air, without
// oscillations), systolic, mean and diastolic of the last pulse (Pa; NaN before the first
// one and once they are lost), pulse (a count). Settings: leak.
class CuffPlant : public PlantModel {
 public:
  // `course` outlives the plant. Errors: INVALID_ARGUMENT for a body without a patient.
  static Result<std::unique_ptr<PlantModel>> Create(const v1::Plant& plant,
                                                    const BodyCourse* course, std::uint64_t seed);

  std::vector<std::string> inputs() const override { return {}; }
  std::vector<std::string> levels() const override { return {cuff_.pump(), cuff_.valve()}; }
  std::vector<Output> outputs() const override { return {{cuff_.pressure(), false, "Pa"}}; }
  std::vector<State> states() const override;
  Status Apply(const v1::PlantSetting& setting) override;
  void Step(Duration step, std::span<const double> inputs, std::span<double> outputs,
            std::span<double> states) override;

 private:
  CuffPlant(const v1::Plant& plant, const BodyCourse& course, std::uint64_t seed)
      : name_(plant.name()),
        cuff_(plant.cuff()),
        arm_(course, seed, nullptr),
        air_(plant.cuff().leak()) {}

  std::string name_;
  v1::Cuff cuff_;
  ArmPulses arm_;
  CuffAir air_;
  RunTime now_;
};

}  // namespace rig
