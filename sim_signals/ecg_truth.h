#pragma once

#include <optional>
#include <vector>

#include "rig/base/run_time.h"
#include "sim_signals/source.h"

namespace rig {

// What an ECG source is, from its first sample on. None: not known, NaN in the trace.
struct EcgCondition {
  std::optional<double> rate_hz = 0.0;  // 0: no beats
  std::optional<bool> asystole = false;
  std::optional<bool> ventricular_fibrillation = false;
  std::optional<bool> ventricular_tachycardia = false;
  std::optional<bool> electrode_off = false;
  std::optional<bool> unreadable = false;  // annotated as noise: what the heart did was not seen
  bool recorded = false;
  bool beats_known = true;  // or "beat" is NaN
};

// States every truth channel once, when a source begins, so that nothing of the source before stays
// true; "beat" only where beats are not known, otherwise the first beat does.
class TruthAtStart {
 public:
  explicit TruthAtStart(RunTime start) : start_(start) {}
  // At the source's start, or at its first sample if that is later: truth never goes back behind
  // the last source's.
  void Emit(const EcgCondition& condition, RunTime first_sample, std::vector<TruthEvent>& truth);

 private:
  RunTime start_;
  bool emitted_ = false;
};

}  // namespace rig
