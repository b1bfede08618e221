#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rig/v1/metabolism.pb.h"
#include "sim_signals/metabolism/glucose_model.h"
#include "sim_signals/metabolism/glucose_sensor.h"
#include "sim_signals/metabolism/intake.h"
#include "sim_signals/source.h"

namespace rig {

// A continuous glucose monitor's readings of an adult with type 1 diabetes, each held until the
// next. kg/m3; 0 where there is none.
//
// Truth, with each reading: "glucose" in the plasma (kg/m3), "sensor_gap" (0 or 1).
class CgmSource : public SignalSource {
 public:
  // Errors: INVALID_ARGUMENT for a sensor, a meal or a bolus that cannot be.
  static Result<std::unique_ptr<CgmSource>> Create(const v1::Cgm& cgm, std::uint64_t key,
                                                   RunTime start);

  std::string unit() const override { return "kg/m3"; }
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  CgmSource(const v1::Cgm& cgm, const Intake& intake, std::uint64_t key, RunTime start);
  void ReadAt(std::int64_t reading, RunTime not_before, std::vector<TruthEvent>& truth);

  RunTime start_;
  double infusion_;  // U/h
  Intake intake_;
  GlucoseSensor sensor_;
  GlucoseModel model_;
  Duration reached_{};         // by the model
  std::int64_t readings_ = 0;  // made
  double held_ = 0.0;
};

}  // namespace rig
