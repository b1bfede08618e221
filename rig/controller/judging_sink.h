#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rig/base/trace_sink.h"
#include "rig/check/formula/monitor.h"

namespace rig {

// Passes a run's observations on and judges formulas with them as they come, in the values that the
// trace will hold.
class JudgingSink : public TraceSink {
 public:
  explicit JudgingSink(TraceSink& next) : next_(next) {}

  // Before the first observation.
  void Judge(const Formula& formula, const UncertaintyOf& uncertainty_of) {
    monitors_.push_back(std::make_unique<check::Monitor>(formula, uncertainty_of));
    decided_.emplace_back();
  }
  // What is decided, by the order of Judge.
  std::optional<v1::Verdict> decided(std::size_t i) const { return decided_[i]; }
  // Goes on judging up to, and not including, an instant before which the record is final. Whether
  // a formula has failed for good.
  bool HasFailedBefore(RunTime settled);

  Result<ChannelId> Declare(std::string_view name, std::string_view unit, ChannelKind kind,
                            Duration period, RunTime start) override;
  Status AppendSamples(ChannelId channel, std::span<const double> values) override;
  Status AppendStep(ChannelId channel, RunTime t, double value) override;
  Status AppendText(ChannelId channel, RunTime t, std::string_view text) override;
  Status AdvanceTo(RunTime t) override;

 private:
  struct Channel {
    std::string name;
    Duration period;
    RunTime next_sample;
  };
  void Add(const Channel& channel, RunTime t, double value);

  TraceSink& next_;
  std::vector<Channel> channels_;  // by id
  std::vector<std::unique_ptr<check::Monitor>> monitors_;
  std::vector<std::optional<v1::Verdict>> decided_;
};

}  // namespace rig
