#pragma once

#include <cstddef>
#include <deque>

#include "rig/base/pulse.h"
#include "rig/base/result.h"

namespace rig {

// Pulses that an output is to add, in the order of their begins, until they have decayed.
class PulseQueue {
 public:
  // Errors: INVALID_ARGUMENT for a shape that is none, a begin before `earliest` or before the last
  // pulse begins to fall; RESOURCE_EXHAUSTED when too many are queued.
  Status Add(const Pulse& pulse, RunTime earliest);
  void DropEndedBy(RunTime t);

  bool empty() const { return pulses_.empty(); }
  auto begin() const { return pulses_.begin(); }
  auto end() const { return pulses_.end(); }

 private:
  std::deque<Pulse> pulses_;
};

}  // namespace rig
