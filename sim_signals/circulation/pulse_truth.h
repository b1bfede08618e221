#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "sim_signals/body/beats.h"
#include "sim_signals/truth_queue.h"

namespace rig {

// How much a beat pumps, 1 for a normal one at 75 bpm: less the shorter the ventricles had to fill
// (time constant 0.2 s), and 0.6 of that where it began in a ventricle (recall).
double StrokeOf(const HeartCycle& cycle);

// What a pulse's sensor may be told of the body, in time order: at each pulse "pulse" (a count
// since the run began) and "rate" (1 / the interval to the pulse before), rate 0 three seconds
// after the last one; and values as they are set.
class PulseTruth {
 public:
  // A set value: name and, at an instant from which it holds, value.
  using Settings =
      std::vector<std::pair<std::string_view, std::vector<std::pair<RunTime, double>>>>;
  // Tells what comes from `start` on, and at the first sample what holds then.
  PulseTruth(Settings settings, RunTime start) : settings_(std::move(settings)), start_(start) {}
  // Pulses and values in time order, before Emit passes them.
  void Add(RunTime pulse);
  // A value that follows from what the body does, rather than being set.
  void Follow(RunTime t, std::string_view what, double value);
  // Hands over what lies before `end`; `first_sample`: of the block.
  void Emit(RunTime first_sample, RunTime end, std::vector<TruthEvent>& truth);

 private:
  void TellLoss(RunTime until);
  // What holds at the first sample.
  void Begin(RunTime begin, std::vector<TruthEvent>& truth);

  Settings settings_;
  RunTime start_;
  std::optional<RunTime> last_;
  double pulses_ = 0.0;
  bool begun_ = false, lost_ = true;
  TruthQueue pending_;
};

}  // namespace rig
