#include <algorithm>

#include "sim_signals/artefact/artefact.h"

namespace rig {

DisturbedSource::DisturbedSource(std::unique_ptr<SignalSource> source, std::vector<Layer> layers,
                                 RunTime start)
    : source_(std::move(source)), layers_(std::move(layers)), start_(start) {
  for (Layer& layer : layers_) layer.from = std::max(layer.from, start);
}

void DisturbedSource::Tell(RunTime first_sample, RunTime end, std::size_t first_event,
                           std::vector<TruthEvent>& truth) {
  const RunTime begin = std::max(start_, first_sample);
  const auto holds = [&](RunTime t, bool Layer::*kind) {
    return std::any_of(layers_.begin(), layers_.end(), [&](const Layer& layer) {
      return layer.*kind && layer.from <= t && t < layer.until;
    });
  };
  std::vector<RunTime> changes;
  if (!begun_) changes.push_back(begin);
  for (const Layer& layer : layers_) {
    if (!layer.is_fault) continue;
    for (const RunTime t : {layer.from, layer.until}) {
      const bool new_here = t >= first_sample && t < end && (begun_ || t > begin);
      if (new_here) changes.push_back(t);
    }
  }
  begun_ = true;
  std::sort(changes.begin(), changes.end());
  const bool electrode = std::any_of(layers_.begin(), layers_.end(),
                                     [](const Layer& layer) { return layer.is_electrode_off; });
  for (const RunTime t : changes) {
    truth.push_back({t, "fault", static_cast<double>(holds(t, &Layer::is_fault))});
    if (electrode) {
      truth.push_back(
          {t, "electrode_off", static_cast<double>(holds(t, &Layer::is_electrode_off))});
    }
  }
  // The source's own events of an instant come first: what lies above them decides.
  std::stable_sort(truth.begin() + static_cast<std::ptrdiff_t>(first_event), truth.end(),
                   [](const TruthEvent& a, const TruthEvent& b) { return a.t < b.t; });
}

Status DisturbedSource::Render(RunTime start, Duration period, std::span<double> values,
                               std::vector<TruthEvent>& truth) {
  const std::size_t first_event = truth.size();
  RIG_TRY(source_->Render(start, period, values, truth));
  const RunTime end = start + period * static_cast<std::int64_t>(values.size());
  Tell(start, end, first_event, truth);
  for (Layer& layer : layers_) {
    if (layer.until <= start || layer.from >= end) continue;
    RIG_TRY(layer.model->ApplyTo(values, start, period, layer.from, layer.until));
  }
  return {};
}

void DisturbedSource::TakePulses(RunTime end, std::vector<Pulse>& pulses) {
  const std::size_t first = pulses.size();
  source_->TakePulses(end, pulses);
  std::size_t kept = first;
  for (std::size_t i = first; i < pulses.size(); ++i) {
    std::optional<Pulse> pulse = pulses[i];
    const RunTime begin = pulse->begin;
    for (Layer& layer : layers_) {
      if (!pulse || begin < layer.from || begin >= layer.until) continue;
      pulse = layer.model->Pass(*pulse);
      // One that is delayed beyond the artefact's end is gone, as the values are.
      if (pulse && pulse->begin >= layer.until) pulse.reset();
    }
    if (pulse) pulses[kept++] = *pulse;
  }
  pulses.resize(kept);
}

}  // namespace rig
