#include "sim_signals/pulse_queue.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim_signals/pulse_shape.h"

namespace rig {
namespace {

constexpr std::size_t kCapacity = 1u << 10;

}  // namespace

Status PulseQueue::Add(const Pulse& pulse, RunTime earliest) {
  if (!IsShape(pulse)) return MakeError(Code::kInvalidArgument, "a pulse whose shape is none");
  if (!pulses_.empty()) earliest = std::max(earliest, pulses_.back().begin + pulses_.back().width);
  if (pulse.begin < earliest) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("a pulse at {} ns; expected one at {} ns or later",
                                 Nanoseconds(pulse.begin), Nanoseconds(earliest)));
  }
  if (pulses_.size() >= kCapacity) {
    return MakeError(Code::kResourceExhausted, fmt::format("{} pulses queued", pulses_.size()));
  }
  pulses_.push_back(pulse);
  return {};
}

void PulseQueue::DropEndedBy(RunTime t) {
  while (!pulses_.empty() && EndOf(pulses_.front()) <= t) pulses_.pop_front();
}

}  // namespace rig
