#include "sim_signals/artefact/swapped_leads.h"

#include <algorithm>

namespace rig {

Status SwappedLeads::ApplyTo(std::span<double> values, RunTime start, Duration period, RunTime from,
                             RunTime until) {
  values_.resize(values.size());
  truth_.clear();
  RIG_TRY(seen_->Render(start, period, values_, truth_));
  RunTime t = start;
  for (std::size_t i = 0; i < values.size(); ++i, t += period) {
    if (t >= from && t < until) values[i] = values_[i];
  }
  return {};
}

std::optional<Pulse> SwappedLeads::Pass(const Pulse& pulse) {
  pulses_.clear();
  seen_->TakePulses(pulse.begin + Duration(1), pulses_);
  const auto same = std::find_if(pulses_.begin(), pulses_.end(),
                                 [&](const Pulse& p) { return p.begin == pulse.begin; });
  if (same == pulses_.end()) return std::nullopt;
  return *same;
}

}  // namespace rig
