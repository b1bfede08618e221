#include "rig/check/uncertainty/budget.h"

#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "rig/check/uncertainty/propagate.h"

namespace rig::uncertainty {
namespace {

constexpr double kCoverageFactor = 2;

template <typename Rows>
double Sum(Rows& rows) {
  std::vector<Input> inputs;
  for (v1::UncertaintyComponent& row : rows) {
    row.set_standard(StandardUncertainty(row));
    inputs.push_back({1, row.standard()});
  }
  return Propagate(inputs);
}

}  // namespace

double StandardUncertainty(const v1::UncertaintyComponent& component) {
  constexpr double kUnknown = std::numeric_limits<double>::infinity();
  double divisor = 0;
  switch (component.distribution()) {
    case v1::UncertaintyComponent::NORMAL_K2:
      divisor = 2;
      break;
    case v1::UncertaintyComponent::RECTANGULAR:
      divisor = std::sqrt(3.0);
      break;
    case v1::UncertaintyComponent::TRIANGULAR:
      divisor = std::sqrt(6.0);
      break;
    default:
      return kUnknown;
  }
  const double standard = std::fabs(component.sensitivity()) * component.half_width() / divisor;
  const bool known = component.half_width() >= 0 && std::isfinite(standard);
  return known ? standard : kUnknown;
}

void Complete(v1::UncertaintyBudget& budget) {
  budget.set_expanded(kCoverageFactor * Sum(*budget.mutable_value()));
  budget.set_time_standard_s(Sum(*budget.mutable_time()));
  budget.set_clock_standard(Sum(*budget.mutable_clock()));
}

double Expanded(const Budgets& budgets, std::string_view channel) {
  const auto budget = budgets.find(channel);
  return budget == budgets.end() ? 0 : budget->second.expanded();
}

double TimeUncertainty(const Budgets& budgets, std::span<const std::string> channels,
                       double span_s) {
  std::vector<Input> inputs;
  std::set<std::string_view> clocks;
  for (const std::string& channel : channels) {
    const auto budget = budgets.find(channel);
    if (budget == budgets.end()) continue;
    inputs.push_back({1, budget->second.time_standard_s()});
    if (budget->second.clock_standard() > 0 && clocks.insert(channel).second) {
      inputs.push_back({span_s, budget->second.clock_standard()});
    }
  }
  return kCoverageFactor * Propagate(inputs);
}

}  // namespace rig::uncertainty
