#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/base/trace_sink.h"
#include "rig/bench/bench.h"
#include "rig/engine/capture.h"
#include "rig/engine/stimulus.h"
#include "sim_signals/catalogue/plants.h"

namespace rig {

// Steps one plant at its own rate: observed counts and levels in, signals out, states recorded as
// "plant.<name>.<state>".
class PlantRunner {
 public:
  // Errors: NOT_FOUND when a signal the plant uses is not on the bench.
  static Result<PlantRunner> Create(const v1::Plant& plant, const BoundBench& bench,
                                    const CaptureRecorder& capture, const PlantContext& context,
                                    TraceSink& sink);

  const std::string& name() const { return name_; }
  Duration period() const { return period_; }
  Status Apply(const v1::PlantSetting& setting) { return model_->Apply(setting); }
  // Brings the plant's state to `now`, by what its lines did until the bench's latency before, and
  // puts out what holds from `now`, or the bench's lead later, until the next step.
  Status Step(RunTime now);
  // What the plant puts out from run time 0 on, before its first step.
  Status Start() { return Advance(Duration(0), RunTime()); }

 private:
  struct Line {
    LinePort port;
    TraceSink::ChannelId channel;
    double active = -1;  // as last set; none yet
  };

  Status Advance(Duration step, RunTime now);
  Status SetLine(Line& line, RunTime at, double active);

  std::string name_;
  Duration period_{};
  Duration lead_{};     // of the bench
  Duration latency_{};  // of the bench
  std::unique_ptr<PlantModel> model_;
  TraceSink* sink_ = nullptr;
  struct Level {
    std::size_t line;
    Duration active{};  // as of the last step
  };
  std::vector<const double*> counts_;
  const CaptureRecorder* capture_ = nullptr;
  std::vector<Level> levels_;
  // Per output of the model: exactly one of the two.
  std::map<std::size_t, StimulusOutput> stimuli_;
  std::map<std::size_t, Line> lines_;
  std::vector<TraceSink::ChannelId> state_channels_;
  std::vector<double> inputs_;
  std::vector<double> outputs_;
  std::vector<double> states_;
  std::vector<double> block_;
};

}  // namespace rig
