#pragma once

#include <cstdint>
#include <vector>

#include "rig/base/run_time.h"
#include "sim_signals/brain/background.h"
#include "sim_signals/brain/seizure.h"

namespace rig {

// One electrode on a brain, on a grid of 1 ms: its own background, and the focus's seizures,
// smaller and later. Volts.
class BrainElectrode {
 public:
  struct Place {
    double background_v;    // root mean square
    double rhythm;          // part of the background's power
    double spread_gain;     // of the seizure
    Duration spread_delay;  // whole milliseconds
  };
  // `key`: of its background.
  BrainElectrode(const Place& place, std::uint64_t key);
  // Takes what the focus gives now. The focus is stepped by whoever owns it.
  void StepMillisecond(const SeizureFocus& focus);
  double volts() const;

 private:
  double spread_gain_;
  Background background_;
  std::vector<double> on_its_way_;  // volts of the focus, a ring; at next_ the oldest
  std::size_t next_ = 0;
  double arrived_ = 0.0;
};

}  // namespace rig
