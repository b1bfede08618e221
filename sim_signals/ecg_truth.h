#pragma once

#include <vector>

#include "rig/base/run_time.h"
#include "sim_signals/source.h"

namespace rig {

// What an ECG source is, from its first sample on.
struct EcgCondition {
  double rate_hz = 0.0;  // 0: no beats
  bool asystole = false;
  bool ventricular_fibrillation = false;
  bool electrode_off = false;
  bool recorded = false;
};

// States every truth channel but "beat" once, when a source begins, so that nothing of the source
// before stays true.
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
