#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/base/run_time.h"
#include "rig/v1/scenario.pb.h"

namespace rig {

// What therapy acts on. Stepped at its own rate from observed outputs; answers with signals.
class PlantModel {
 public:
  struct Output {
    std::string signal;
    bool line;  // digital: 0 or 1; otherwise an analogue signal in `unit`
    std::string unit;
  };
  struct State {
    std::string name;  // recorded as "plant.<plant>.<name>"
    std::string unit;
  };
  virtual ~PlantModel() = default;
  virtual std::vector<std::string> inputs() const = 0;  // captured lines, counted
  // Observed lines that are not counted: the input is the part of the step, 0 to 1, in which the
  // line was active.
  virtual std::vector<std::string> levels() const { return {}; }
  virtual std::vector<Output> outputs() const = 0;
  virtual std::vector<State> states() const = 0;
  // Errors: INVALID_ARGUMENT for a setting this plant does not have.
  virtual Status Apply(const v1::PlantSetting& setting) = 0;
  // Advances by `step` with the inputs, then the levels, as observed at its end; a step of zero
  // only tells where the plant stands. Sizes as the lists above.
  virtual void Step(Duration step, std::span<const double> inputs, std::span<double> outputs,
                    std::span<double> states) = 0;
};

}  // namespace rig
