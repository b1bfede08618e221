#include "rig/engine/plant_runner.h"

#include <fmt/format.h>

#include <algorithm>

namespace rig {
namespace {

template <typename Port>
const Port* FindPort(const std::vector<Port>& ports, std::string_view signal) {
  const auto found =
      std::find_if(ports.begin(), ports.end(), [&](const Port& p) { return p.signal == signal; });
  return found == ports.end() ? nullptr : &*found;
}

}  // namespace

Result<PlantRunner> PlantRunner::Create(const v1::Plant& plant, const BoundBench& bench,
                                        const CaptureRecorder& capture, const PlantContext& context,
                                        TraceSink& sink) {
  PlantRunner runner;
  runner.name_ = plant.name();
  runner.period_ = Duration(plant.period());
  runner.lead_ = bench.lead;
  runner.latency_ = bench.latency;
  runner.sink_ = &sink;
  RIG_TRY_ASSIGN(runner.model_, MakePlant(plant, context));
  const auto missing = [&](const std::string& signal) {
    return MakeError(Code::kNotFound,
                     fmt::format("plant {}: the bench has no signal {} of the kind "
                                 "the plant needs",
                                 plant.name(), signal));
  };
  for (const std::string& signal : runner.model_->inputs()) {
    const double* count = capture.FindCount(signal);
    if (count == nullptr) return missing(signal);
    runner.counts_.push_back(count);
  }
  runner.capture_ = &capture;
  for (const std::string& signal : runner.model_->levels()) {
    const auto line = capture.FindLevel(signal);
    if (!line) return missing(signal);
    runner.levels_.push_back({*line});
  }
  const auto outputs = runner.model_->outputs();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].line) {
      const LinePort* port = FindPort(bench.lines, outputs[i].signal);
      if (port == nullptr) return missing(outputs[i].signal);
      RIG_TRY_ASSIGN(const auto id,
                     sink.Declare("commanded." + port->signal, "1", ChannelKind::kStep));
      runner.lines_.emplace(i, Line{*port, id});
    } else {
      const StimulusPort* port = FindPort(bench.stimuli, outputs[i].signal);
      if (port == nullptr) return missing(outputs[i].signal);
      RIG_TRY_ASSIGN(auto output, StimulusOutput::Create(*port, sink));
      runner.stimuli_.emplace(i, std::move(output));
    }
  }
  for (const PlantModel::State& state : runner.model_->states()) {
    RIG_TRY_ASSIGN(const auto id, sink.Declare("plant." + plant.name() + "." + state.name,
                                               state.unit, ChannelKind::kSampled, runner.period_));
    runner.state_channels_.push_back(id);
  }
  runner.inputs_.resize(runner.counts_.size() + runner.levels_.size());
  runner.outputs_.resize(outputs.size());
  runner.states_.resize(runner.state_channels_.size());
  return runner;
}

Status PlantRunner::Step(RunTime now) { return Advance(period_, now); }

Status PlantRunner::Advance(Duration step, RunTime now) {
  for (std::size_t i = 0; i < counts_.size(); ++i) inputs_[i] = *counts_[i];
  // Later edges may be on their way yet.
  const RunTime known = now - std::min(latency_, now.time_since_epoch());
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const Duration active = capture_->ActiveTime(levels_[i].line, known);
    inputs_[counts_.size() + i] =
        step > Duration(0) ? Seconds(active - levels_[i].active) / Seconds(step) : 0.0;
    levels_[i].active = active;
  }
  model_->Step(step, inputs_, outputs_, states_);
  for (auto& [i, output] : stimuli_) {
    const RunTime until = now + lead_ + period_;
    const auto missing =
        (until - output.written_until() + output.period() - Duration(1)) / output.period();
    if (missing <= 0) continue;
    block_.assign(static_cast<std::size_t>(missing), outputs_[i]);
    RIG_TRY(output.Write(block_));
  }
  for (auto& [i, line] : lines_) RIG_TRY(SetLine(line, now + lead_, outputs_[i]));
  for (std::size_t i = 0; i < states_.size(); ++i) {
    RIG_TRY(sink_->AppendSamples(state_channels_[i], std::span(&states_[i], 1)));
  }
  return {};
}

Status PlantRunner::SetLine(Line& line, RunTime at, double active) {
  if (active == line.active) return {};
  line.active = active;
  RIG_TRY(line.port.driver->Set(line.port.channel, active > 0.5, at));
  return sink_->AppendStep(line.channel, at, active);
}

}  // namespace rig
