#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rig/v1/artefacts.pb.h"
#include "sim_signals/source.h"

namespace rig {

// What one artefact makes of a signal's values.
class ArtefactModel {
 public:
  virtual ~ArtefactModel() = default;
  // `begin`: when it begins; instants come in time order, sample by sample, from then on.
  virtual double Apply(RunTime t, RunTime begin, double value) = 0;
  // Applies it to a block of values from `start` on, to those from `from` to `until`, which the
  // block reaches; blocks follow each other without gap. Errors: those of a source it needs.
  virtual Status ApplyTo(std::span<double> values, RunTime start, Duration period, RunTime from,
                         RunTime until);
  // What it makes of a pulse that begins while it lasts; none: it does not get through.
  virtual std::optional<Pulse> Pass(const Pulse& pulse) { return pulse; }
};

// `unit`: SI unit of the signal; `name`: of the random numbers. Errors: INVALID_ARGUMENT for a
// value of another dimension, and for saturation whose limits cross.
Result<std::unique_ptr<ArtefactModel>> MakeArtefact(const v1::Artefact& artefact,
                                                    const std::string& unit, std::uint64_t seed,
                                                    const std::string& name);

// Whether the sensor is faulty while it lasts, rather than disturbed.
bool IsFault(const v1::Artefact& artefact);

// A source seen through artefacts, each from its begin to its end. Disturbances are functions of
// run time alone, so they run on unbroken when the source below is replaced by the next step.
class DisturbedSource : public SignalSource {
 public:
  struct Layer {
    RunTime from, until;
    std::unique_ptr<ArtefactModel> model;
    bool is_fault, is_electrode_off;
  };
  // `start`: of the play step.
  DisturbedSource(std::unique_ptr<SignalSource> source, std::vector<Layer> layers, RunTime start);
  std::string unit() const override { return source_->unit(); }
  // Truth: that of the source below; "electrode_off" while that lasts; "fault" (0 or 1) from the
  // first sample on.
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;
  void TakePulses(RunTime end, std::vector<Pulse>& pulses) override;

 private:
  // What begins or ends within a block; sorted into the truth.
  void Tell(RunTime first_sample, RunTime end, std::size_t first_event,
            std::vector<TruthEvent>& truth);

  std::unique_ptr<SignalSource> source_;
  std::vector<Layer> layers_;
  RunTime start_;
  bool begun_ = false;
};

}  // namespace rig
