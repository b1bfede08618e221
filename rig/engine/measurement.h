#pragma once

#include <vector>

#include "rig/base/result.h"
#include "rig/base/trace_sink.h"
#include "rig/bench/bench.h"

namespace rig {

// Records what analogue fixtures measure as "observed.<signal>", in the signal's unit.
class MeasurementRecorder {
 public:
  static Result<MeasurementRecorder> Create(const BoundBench& bench, TraceSink& sink);
  // Takes the samples there are.
  Status Drain();

 private:
  struct Channel {
    MeasurementPort port;
    TraceSink::ChannelId channel;
  };
  std::vector<Channel> channels_;
  TraceSink* sink_ = nullptr;
  std::vector<double> samples_;
};

}  // namespace rig
