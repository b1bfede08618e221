#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/scenario/scenario.h"
#include "rig/search/design.h"

namespace rig {

// The declared ranges of a scenario's parameters as a unit cube: 0 is low, 1 is high, linear in the
// quantity.
class ParameterSpace {
 public:
  // One axis per parameter with low and high that `fixed` does not name. Errors: INVALID_ARGUMENT.
  static Result<ParameterSpace> Of(const v1::Scenario& scenario, const ParameterValues& fixed);

  std::size_t dimensions() const { return axes_.size(); }
  // The parameters behind the axes.
  std::vector<v1::Parameter> Ranges() const;
  // Values at a point as text, in the unit of `low`, rounded to six significant digits, never
  // outside of the range.
  ParameterValues At(const Point& point) const;

 private:
  struct Axis {
    v1::Parameter parameter;
    std::string unit;
    double low_si;
    double high_si;
  };
  std::vector<Axis> axes_;
};

}  // namespace rig
