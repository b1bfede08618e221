#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "sim_signals/artefact/artefact.h"

namespace rig {

// What an ECG shows while electrodes are swapped: the same heart, seen as another lead.
class SwappedLeads : public ArtefactModel {
 public:
  // `seen`: the source of the lead that is then seen.
  explicit SwappedLeads(std::unique_ptr<SignalSource> seen) : seen_(std::move(seen)) {}
  Status ApplyTo(std::span<double> values, RunTime start, Duration period, RunTime from,
                 RunTime until) override;
  double Apply(RunTime, RunTime, double value) override { return value; }
  std::optional<Pulse> Pass(const Pulse& pulse) override;

 private:
  std::unique_ptr<SignalSource> seen_;
  std::vector<double> values_;     // of the block
  std::vector<TruthEvent> truth_;  // the same as that of the source below
  std::vector<Pulse> pulses_;
};

}  // namespace rig
