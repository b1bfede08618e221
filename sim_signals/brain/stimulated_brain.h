#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rig/v1/plants.pb.h"
#include "sim_signals/brain/electrode.h"
#include "sim_signals/counter_input.h"
#include "sim_signals/plant.h"

namespace rig {

// A brain under a stimulator: electrodes out, stimulation pulses in.
//
// Rule: a pulse that comes within `responsive` of a seizure's onset moves the seizure's slow
// variable on by `advance` of the natural course, so n pulses end it n * advance sooner; other
// pulses do nothing. A pulse acts at the end of the step in which it came. Input: a counter of
// pulses; one that went back (the board restarted) is taken as the new reference. States: seizing
// (0 or 1), progress (0 to 1), effective_pulses and seizures (counts since the beginning).
class StimulatedBrain : public PlantModel {
 public:
  // Errors: INVALID_ARGUMENT for no electrode, seizures that run into each other, a delay that is
  // no whole number of milliseconds.
  static Result<std::unique_ptr<PlantModel>> Create(const v1::Plant& plant);

  std::vector<std::string> inputs() const override { return {brain_.pulses()}; }
  std::vector<Output> outputs() const override;
  std::vector<State> states() const override;
  Status Apply(const v1::PlantSetting& setting) override;
  void Step(Duration step, std::span<const double> inputs, std::span<double> outputs,
            std::span<double> states) override;

 private:
  StimulatedBrain(const v1::Plant& plant, const SeizureSchedule& schedule);

  std::string name_;
  v1::StimulatedBrain brain_;
  SeizureFocus focus_;
  std::vector<BrainElectrode> electrodes_;
  CounterInput pulses_;
  Duration pending_{};  // stepped, not computed yet: less than a millisecond
  double effective_pulses_ = 0.0;
};

}  // namespace rig
