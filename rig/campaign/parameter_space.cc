#include "rig/campaign/parameter_space.h"

#include <fmt/format.h>

#include "rig/base/units.h"

namespace rig {

Result<ParameterSpace> ParameterSpace::Of(const v1::Scenario& scenario,
                                          const ParameterValues& fixed) {
  ParameterSpace space;
  for (const v1::Parameter& parameter : scenario.parameters()) {
    const bool has_range = !parameter.low().empty() && !parameter.high().empty();
    if (!has_range || fixed.contains(parameter.name())) continue;
    RIG_TRY_ASSIGN(const PhysicalQuantity low, ParsePoint(parameter.low()));
    RIG_TRY_ASSIGN(const PhysicalQuantity high, ParsePoint(parameter.high()));
    space.axes_.push_back({parameter, low.unit, low.si, high.si});
  }
  return space;
}

std::vector<v1::Parameter> ParameterSpace::Ranges() const {
  std::vector<v1::Parameter> ranges;
  for (const Axis& axis : axes_) ranges.push_back(axis.parameter);
  return ranges;
}

ParameterValues ParameterSpace::At(const Point& point) const {
  ParameterValues values;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const Axis& axis = axes_[i];
    const double si = axis.low_si + point[i] * (axis.high_si - axis.low_si);
    std::string text = fmt::format("{:.6g}", ValueIn(axis.unit.empty() ? "1" : axis.unit, si));
    if (!axis.unit.empty()) text += " " + axis.unit;
    const auto rounded = ParsePoint(text);
    if (!rounded || rounded->si <= axis.low_si) text = axis.parameter.low();
    if (rounded && rounded->si >= axis.high_si) text = axis.parameter.high();
    values[axis.parameter.name()] = text;
  }
  return values;
}

}  // namespace rig
