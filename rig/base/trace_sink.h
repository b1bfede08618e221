#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "rig/base/result.h"
#include "rig/base/run_time.h"

namespace rig {

enum class ChannelKind { kSampled, kStep, kText };

// Where a run's observations go. Names are "commanded.<signal>", "observed.<signal>",
// "truth.<signal>.<what>", "device.<what>", "plant.<name>.<what>", "log.<source>". Values are in SI
// units.
//
// Times of a channel never go back; of two values at the same instant the later call wins.
// Errors of all: RESOURCE_EXHAUSTED for a full disk. Single thread.
class TraceSink {
 public:
  using ChannelId = std::size_t;
  virtual ~TraceSink() = default;
  // Period: SAMPLED only; its first sample is at `start`. Declaring a name twice with the same kind
  // returns the same id; ALREADY_EXISTS with another kind or unit.
  virtual Result<ChannelId> Declare(std::string_view name, std::string_view unit, ChannelKind kind,
                                    Duration period = Duration(0), RunTime start = RunTime()) = 0;
  virtual Status AppendSamples(ChannelId channel, std::span<const double> values) = 0;
  virtual Status AppendStep(ChannelId channel, RunTime t, double value) = 0;
  virtual Status AppendText(ChannelId channel, RunTime t, std::string_view text) = 0;
  // Everything up to this instant has been recorded, but for the end of a tone and the last count
  // of a counter, which are known only after a while and date back.
  virtual Status AdvanceTo(RunTime t) = 0;
};

}  // namespace rig
