#include "sim_signals/ecg_truth.h"

#include <algorithm>
#include <limits>

namespace rig {

void TruthAtStart::Emit(const EcgCondition& condition, RunTime first_sample,
                        std::vector<TruthEvent>& truth) {
  if (emitted_) return;
  emitted_ = true;
  const RunTime t = std::max(start_, first_sample);
  constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();
  const auto flag = [&](const char* what, std::optional<bool> on) {
    truth.push_back({t, what, on ? static_cast<double>(*on) : kNotKnown});
  };
  if (!condition.beats_known) truth.push_back({t, "beat", kNotKnown});
  truth.push_back({t, "rate", condition.rate_hz.value_or(kNotKnown)});
  flag("asystole", condition.asystole);
  flag("ventricular_fibrillation", condition.ventricular_fibrillation);
  flag("ventricular_tachycardia", condition.ventricular_tachycardia);
  flag("electrode_off", condition.electrode_off);
  flag("unreadable", condition.unreadable);
  flag("recorded", condition.recorded);
}

}  // namespace rig
