#pragma once

#include <memory>
#include <string>

#include "rig/v1/lung.pb.h"
#include "sim_signals/source.h"

namespace rig {

// Airway pressure, flow or volume of a lung under a ventilator that holds PEEP plus `pressure` for
// the inspiratory time and PEEP for the rest of each breath: steps of pressure, so that a volume is
// the exponential of the textbook. Pa, m3/s, m3. At rest at PEEP when it begins, with a first
// breath.
//
// Exact for a passive lung; effort is taken as straight lines of at most 1 ms.
// Truth: "breath" (a count) and "inspiration" (1 until the expiratory valve opens, then 0), of the
// ventilator.
class AirwaySource : public SignalSource {
 public:
  // Errors: INVALID_ARGUMENT for a lung or breath that cannot be, a quantity not named.
  static Result<std::unique_ptr<AirwaySource>> Create(const v1::Airway& airway, RunTime start);

  std::string unit() const override;
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  AirwaySource(const v1::Airway& airway, RunTime start);
  // The breath phase that holds from an instant on.
  struct Phase {
    std::int64_t breath;
    bool inspiration;
    Duration until;
  };
  Phase PhaseAt(Duration t) const;
  double PressurePa(const Phase& phase) const;
  void AdvanceTo(Duration t);
  double At(Duration t);
  void EmitTruth(RunTime first, RunTime end, std::vector<TruthEvent>& truth);

  v1::Airway airway_;
  RunTime start_;
  Duration breath_;
  Duration reached_{};  // the last instant that the volume is known at: a multiple of 1 ms or a
                        // phase's end
  double volume_m3_;
  Duration told_until_{-1};
};

}  // namespace rig
