#include <algorithm>

#include "sim_signals/artefact/artefact.h"
#include "sim_signals/truth_queue.h"

namespace rig {

DisturbedSource::DisturbedSource(std::unique_ptr<SignalSource> source, std::vector<Layer> layers,
                                 RunTime start)
    : source_(std::move(source)), layers_(std::move(layers)), start_(start) {}

void DisturbedSource::AppendChanges(RunTime first, RunTime end,
                                    std::vector<RunTime>& changes) const {
  const auto append = [&](RunTime t) {
    if (t >= first && t < end) changes.push_back(t);
  };
  for (const Layer& layer : layers_) {
    if (!layer.is_fault) continue;
    append(layer.from);
    append(layer.until);
    if (layer.on == Duration(0)) continue;
    const Duration both = layer.on + layer.off;
    const std::int64_t turn = std::max<std::int64_t>(0, (first - layer.from) / both);
    for (RunTime t = layer.from + turn * both; t < std::min(end, layer.until); t += both) {
      append(t);
      append(t + layer.on);
    }
  }
  std::sort(changes.begin(), changes.end());
}

void DisturbedSource::Tell(RunTime first_sample, RunTime end, std::size_t first_event,
                           std::vector<TruthEvent>& truth) {
  const auto holds = [&](RunTime t, bool Layer::*kind) {
    return std::any_of(layers_.begin(), layers_.end(),
                       [&](const Layer& layer) { return layer.*kind && layer.At(t); });
  };
  changes_.clear();
  RunTime from = first_sample;
  if (!begun_) {
    from = std::max(start_, first_sample);
    changes_.push_back(from);
    from += Duration(1);
  }
  begun_ = true;
  AppendChanges(from, end, changes_);
  const bool electrode = std::any_of(layers_.begin(), layers_.end(),
                                     [](const Layer& layer) { return layer.is_electrode_off; });
  for (const RunTime t : changes_) {
    truth.push_back({t, "fault", static_cast<double>(holds(t, &Layer::is_fault))});
    if (electrode) {
      truth.push_back(
          {t, "electrode_off", static_cast<double>(holds(t, &Layer::is_electrode_off))});
    }
  }
  // The source's own events of an instant come first: what lies above them decides.
  SortByTime(truth, first_event);
}

Status DisturbedSource::Mix(Layer& layer, RunTime start, Duration period,
                            std::span<double> values) {
  mixed_.resize(values.size());
  unheard_.clear();
  RIG_TRY(layer.source->Render(start, period, mixed_, unheard_));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = layer.replaces ? mixed_[i] : values[i] + layer.gain * mixed_[i];
  }
  return {};
}

Status DisturbedSource::CheckPeriod(Duration period) {
  if (period == period_) return {};
  for (const Layer& layer : layers_) {
    if (layer.model) RIG_TRY(layer.model->CheckPeriod(period));
  }
  period_ = period;
  return {};
}

Status DisturbedSource::Render(RunTime start, Duration period, std::span<double> values,
                               std::vector<TruthEvent>& truth) {
  RIG_TRY(CheckPeriod(period));
  const std::size_t first_event = truth.size();
  RIG_TRY(source_->Render(start, period, values, truth));
  const RunTime end = start + period * static_cast<std::int64_t>(values.size());
  Tell(start, end, first_event, truth);
  for (Layer& layer : layers_) {
    if (layer.until <= start || layer.from >= end) continue;
    const RunTime begin = std::max(layer.from, start_);
    const auto at = [&](std::size_t i) { return start + period * static_cast<std::int64_t>(i); };
    for (std::size_t i = 0; i < values.size();) {
      std::size_t stop = i;
      for (; stop < values.size() && layer.At(at(stop)); ++stop) {
        if (layer.model) values[stop] = layer.model->Apply(at(stop), begin, values[stop]);
      }
      if (layer.source && stop > i) {
        RIG_TRY(Mix(layer, at(i), period, values.subspan(i, stop - i)));
      }
      i = stop + 1;
    }
  }
  return {};
}

Status DisturbanceAlone::Render(RunTime start, Duration period, std::span<double> values,
                                std::vector<TruthEvent>& /*truth*/) {
  RunTime t = start;
  for (double& v : values) {
    v = model_->Apply(t, begin_, 0.0);
    t += period;
  }
  return {};
}

// The pulse at an instant as the source that replaces this one has it.
std::optional<Pulse> DisturbedSource::Replacing(Layer& layer, RunTime begin) {
  replacing_.clear();
  layer.source->TakePulses(begin + Duration(1), replacing_);
  const auto same = std::find_if(replacing_.begin(), replacing_.end(),
                                 [&](const Pulse& p) { return p.begin == begin; });
  if (same == replacing_.end()) return std::nullopt;
  return *same;
}

void DisturbedSource::TakePulses(RunTime end, std::vector<Pulse>& pulses) {
  const std::size_t first = pulses.size();
  source_->TakePulses(end, pulses);
  std::size_t kept = first;
  for (std::size_t i = first; i < pulses.size(); ++i) {
    std::optional<Pulse> pulse = pulses[i];
    const RunTime begin = pulse->begin;
    for (Layer& layer : layers_) {
      if (!pulse || !layer.At(begin)) continue;
      if (layer.model) pulse = layer.model->Pass(*pulse);
      if (layer.replaces) pulse = Replacing(layer, begin);
      // One that is delayed beyond the artefact's end is gone, as the values are.
      if (pulse && !layer.At(pulse->begin)) pulse.reset();
    }
    if (pulse) pulses[kept++] = *pulse;
  }
  pulses.resize(kept);
}

}  // namespace rig
