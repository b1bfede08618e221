#include "sim_signals/brain/electrode.h"

namespace rig {

BrainElectrode::BrainElectrode(const Place& place, std::uint64_t key)
    : spread_gain_(place.spread_gain),
      background_(place.background_v, place.rhythm, key),
      on_its_way_(static_cast<std::size_t>(place.spread_delay / std::chrono::milliseconds(1))) {}

void BrainElectrode::StepMillisecond(const SeizureFocus& focus) {
  background_.StepMillisecond();
  arrived_ = focus.volts();
  if (on_its_way_.empty()) return;
  std::swap(arrived_, on_its_way_[next_]);
  next_ = (next_ + 1) % on_its_way_.size();
}

double BrainElectrode::volts() const { return background_.volts() + spread_gain_ * arrived_; }

}  // namespace rig
