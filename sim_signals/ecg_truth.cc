#include "sim_signals/ecg_truth.h"

#include <algorithm>

namespace rig {

void TruthAtStart::Emit(const EcgCondition& condition, RunTime first_sample,
                        std::vector<TruthEvent>& truth) {
  if (emitted_) return;
  emitted_ = true;
  const RunTime t = std::max(start_, first_sample);
  const auto flag = [&](const char* what, bool on) { truth.push_back({t, what, on ? 1.0 : 0.0}); };
  truth.push_back({t, "rate", condition.rate_hz});
  flag("asystole", condition.asystole);
  flag("ventricular_fibrillation", condition.ventricular_fibrillation);
  flag("electrode_off", condition.electrode_off);
  flag("recorded", condition.recorded);
}

}  // namespace rig
