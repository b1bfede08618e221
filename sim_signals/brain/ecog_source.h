#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rig/v1/brain.pb.h"
#include "sim_signals/brain/electrode.h"
#include "sim_signals/source.h"

namespace rig {

// The electrocorticogram at one electrode, stated seizures included. Volts. Computed on a grid of 1
// ms from its start, in straight lines between.
//
// Truth: "seizure" (0 or 1) at its exact onset and end at this electrode, the focus's plus the
// spread's delay; "recorded" 0. Onset and end: see SeizureFocus.
class EcogSource : public SignalSource {
 public:
  struct Keys {
    std::uint64_t seizure;     // equal for all electrodes of a brain
    std::uint64_t background;  // each electrode's own
  };
  // Errors: INVALID_ARGUMENT for seizures that run into each other, a delay that is no whole number
  // of milliseconds.
  static Result<std::unique_ptr<EcogSource>> Create(const v1::Ecog& ecog, const Keys& keys,
                                                    RunTime start);

  std::string unit() const override { return "V"; }
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  EcogSource(const v1::Ecog& ecog, const SeizureSchedule& schedule, const Keys& keys,
             RunTime start);
  double At(Duration since_start);
  void EmitTruth(RunTime first, RunTime end, std::vector<TruthEvent>& truth);

  RunTime start_;
  Duration delay_;
  SeizureSchedule schedule_;
  SeizureFocus focus_;
  BrainElectrode electrode_;
  std::int64_t grid_ = 0;  // milliseconds since the start that `after_` stands for
  double before_, after_;
  bool told_ = false;         // the truth at the start
  bool seizing_ = false;      // as told
  std::int64_t seizure_ = 0;  // index of the one whose onset or end is told next
};

}  // namespace rig
