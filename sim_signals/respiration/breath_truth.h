#pragma once

#include <optional>
#include <vector>

#include "sim_signals/body/breaths.h"
#include "sim_signals/source.h"

namespace rig {

// What the schedule of a body says of its breathing, in time order: where a breath begins "breath"
// (a count since the run began) and "breath_rate" (1 / its period), "apnoea" (0 or 1: 1 from the
// end of the last breath on, or where the airway is shut, 0 from the next one's begin).
class BreathTruth {
 public:
  // Tells what comes from `start` on, and at the first sample what holds then. `course` outlives
  // this.
  BreathTruth(const BodyCourse& course, std::uint64_t seed, RunTime start)
      : schedule_(course, seed), next_(schedule_.Next()), start_(start) {}
  // Hands over what lies before `end`; `first_sample`: of the block.
  void Emit(RunTime first_sample, RunTime end, std::vector<TruthEvent>& truth);

 private:
  void Tell(RunTime t, const char* what, double value, std::vector<TruthEvent>& truth) const;
  void SetApnoea(RunTime t, bool apnoea, std::vector<TruthEvent>& truth);

  BreathSchedule schedule_;
  std::optional<Breath> next_;
  std::optional<RunTime> last_end_;  // of the breath that goes on
  RunTime start_;
  bool begun_ = false;
  bool apnoea_ = true;  // until the first breath
};

}  // namespace rig
