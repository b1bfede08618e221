#include "sim_signals/brain/stimulated_brain.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim_signals/random.h"

namespace rig {
namespace {

constexpr Duration kMillisecond = std::chrono::milliseconds(1);

bool IsUsable(const v1::Electrode& electrode) {
  return electrode.background() >= 0.0 && electrode.rhythm() >= 0.0 && electrode.rhythm() <= 1.0 &&
         electrode.spread_gain() >= 0.0 && electrode.spread_delay() >= 0 &&
         electrode.spread_delay() % kMillisecond.count() == 0;
}

}  // namespace

Result<std::unique_ptr<PlantModel>> StimulatedBrain::Create(const v1::Plant& plant) {
  const v1::StimulatedBrain& brain = plant.brain();
  bool usable = brain.electrodes_size() > 0 && brain.advance() >= 0 && brain.responsive() >= 0 &&
                brain.seizure().amplitude() >= 0.0;
  for (const v1::Electrode& electrode : brain.electrodes()) usable &= IsUsable(electrode);
  if (!usable) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("plant {}: expected at least one electrode, a spread_delay in "
                                 "whole milliseconds, and nothing below 0",
                                 plant.name()));
  }
  auto schedule = SeizureSchedule::Create(brain.seizure());
  if (!schedule) return WithContext(schedule.error(), "plant " + plant.name());
  return std::unique_ptr<PlantModel>(new StimulatedBrain(plant, *schedule));
}

StimulatedBrain::StimulatedBrain(const v1::Plant& plant, const SeizureSchedule& schedule)
    : name_(plant.name()),
      brain_(plant.brain()),
      focus_(schedule, brain_.seizure().amplitude(), StreamKey(brain_.seed(), "seizure")) {
  for (const v1::Electrode& e : brain_.electrodes()) {
    electrodes_.emplace_back(BrainElectrode::Place{e.background(), e.rhythm(), e.spread_gain(),
                                                   Duration(e.spread_delay())},
                             StreamKey(brain_.seed(), e.signal() + "/background"));
  }
}

std::vector<PlantModel::Output> StimulatedBrain::outputs() const {
  std::vector<Output> list;
  for (const v1::Electrode& e : brain_.electrodes()) list.push_back({e.signal(), false, "V"});
  return list;
}

std::vector<PlantModel::State> StimulatedBrain::states() const {
  return {{"seizing", "1"}, {"progress", "1"}, {"effective_pulses", "1"}, {"seizures", "1"}};
}

Status StimulatedBrain::Apply(const v1::PlantSetting&) {
  return MakeError(Code::kInvalidArgument, fmt::format("plant {}: a brain has no settings", name_));
}

void StimulatedBrain::Step(Duration step, std::span<const double> inputs, std::span<double> outputs,
                           std::span<double> states) {
  for (pending_ += step; pending_ >= kMillisecond; pending_ -= kMillisecond) {
    focus_.StepMillisecond();
    for (BrainElectrode& electrode : electrodes_) electrode.StepMillisecond(focus_);
  }
  const double pulses = pulses_.Since(inputs[0]);
  const bool answers = focus_.seizing() && focus_.since_onset() < Duration(brain_.responsive());
  if (answers && pulses > 0.0) {
    constexpr double kMost = 1e6;  // of a step: more would end any seizure
    const auto acting = static_cast<std::int64_t>(std::min(pulses, kMost));
    focus_.Shorten(Duration(brain_.advance()) * acting);
    effective_pulses_ += pulses;
  }
  for (std::size_t i = 0; i < electrodes_.size(); ++i) {
    outputs[i] = electrodes_[i].volts() + (pulses > 0.0 ? brain_.artefact() : 0.0);
  }
  states[0] = focus_.seizing() ? 1.0 : 0.0;
  states[1] = focus_.progress();
  states[2] = effective_pulses_;
  states[3] = static_cast<double>(focus_.seizures());
}

}  // namespace rig
