#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rig/base/result.h"
#include "rig/base/trace_sink.h"
#include "rig/bench/bench.h"
#include "rig/v1/scenario.pb.h"
#include "sim_signals/catalogue/catalogue.h"

namespace rig {

// What becomes of values beyond the fixture's range, where the board could tell.
enum class Clipping { kRefused, kAllowed };

// Puts values of one logical signal on its injector and records them: what was asked as
// "commanded.<signal>", what the fixture put out as "observed.<signal>", both in the signal's unit.
class StimulusOutput {
 public:
  static Result<StimulusOutput> Create(const StimulusPort& port, TraceSink& sink);

  Duration period() const { return period_; }
  // Run time of the first sample not written yet; always a multiple of the period.
  RunTime written_until() const { return written_until_; }
  // Writes consecutive samples from written_until() on. How many have been cut off so far, at the
  // fixture's range or at the wire's pin_range, is recorded as "truth.<signal>.clipped". Errors:
  // OUT_OF_RANGE naming the signal when a value is not a number, or beyond the fixture's range and
  // that is not allowed: a clipped stimulus is not the one the scenario asked for.
  Status Write(std::span<const double> values, Clipping clipping = Clipping::kRefused);
  // Samples may be cut off from now on: that none has been is recorded, too.
  Status ExpectClipping();
  // Pulses may come from now on. Errors: FAILED_PRECONDITION naming the signal when the fixture
  // adds none.
  Status ExpectPulses();
  // Adds pulses in the signal's unit and records them as "commanded.<signal>.pulse": the height
  // from the begin of the rise to that of the fall, otherwise 0. Errors: INTERNAL for one that was
  // not expected.
  Status AddPulses(std::span<const Pulse> pulses);

 private:
  StimulusOutput(const StimulusPort& port, TraceSink& sink) : port_(port), sink_(&sink) {}

  // Samples cut off, and the time of the last of them.
  struct Clipped {
    std::size_t count = 0;
    RunTime last;
  };
  double AtFixture(double value) const { return port_.offset_v + port_.gain * value; }
  // What is asked of the fixture.
  void Scale(std::span<const double> values);
  // What Scale or the fixture cut off of them.
  Clipped CutOff(std::span<const double> values) const;
  Status RecordClipped(const Clipped& clipped);

  StimulusPort port_;
  TraceSink* sink_;
  Duration period_{};
  RunTime written_until_{};
  TraceSink::ChannelId commanded_ = 0;
  TraceSink::ChannelId observed_ = 0;
  std::size_t clipped_ = 0;
  std::optional<TraceSink::ChannelId> clipped_channel_;  // once one may be cut off
  std::optional<TraceSink::ChannelId> pulses_;           // once they are expected
  std::vector<double> volts_;
  std::vector<double> actual_;
};

// Plays the scenario's sources on one signal, one after the other, and records their truth as
// "truth.<signal>.<what>".
class StimulusPlayer {
 public:
  StimulusPlayer(StimulusOutput output, SourceContext context, TraceSink& sink)
      : output_(std::move(output)), context_(std::move(context)), sink_(&sink) {}

  // In time order, before anything is rendered past `at`.
  void Add(RunTime at, const v1::Play& play) { queue_.push_back({at, &play}); }
  // Renders whatever is missing up to `t` (exclusive).
  Status RenderUntil(RunTime t);

 private:
  struct Queued {
    RunTime at;
    const v1::Play* play;  // owned by the scenario
  };

  Status RenderBlock(RunTime t);
  // What the source before said and this one does not is no longer known.
  Status BeginTruth(const v1::Play& play);
  Status RecordTruth();
  Status RecordTruthOf(std::string_view what, const std::string& unit, RunTime t, double value);

  StimulusOutput output_;
  SourceContext context_;
  TraceSink* sink_;
  std::deque<Queued> queue_;
  std::unique_ptr<SignalSource> source_;
  Clipping clipping_ = Clipping::kRefused;
  std::map<std::string, std::string, std::less<>> truth_units_;
  std::map<std::string, TraceSink::ChannelId, std::less<>> truth_channels_;
  std::vector<std::pair<std::string, std::string>> truth_names_;  // and units, of the source
  std::vector<TruthEvent> truth_;
  std::vector<Pulse> pulses_;
  std::vector<double> block_;
};

}  // namespace rig
