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
  // What it makes of a pulse that begins while it lasts; none: it does not get through.
  virtual std::optional<Pulse> Pass(const Pulse& pulse) { return pulse; }
  // Whether it can be applied to samples a period apart. Errors: RESOURCE_EXHAUSTED where it would
  // have to keep too many of them.
  virtual Status CheckPeriod(Duration /*period*/) const { return {}; }
};

// Whether times and ratio of an artefact make sense. Errors: INVALID_ARGUMENT.
Status CheckArtefact(const v1::Artefact& artefact);

// Of all kinds but a record. One whose snr is given has the size 1. `unit`: SI unit of the signal;
// `name`: of the random numbers. Errors: INVALID_ARGUMENT for a value of another dimension, and for
// saturation whose limits cross.
Result<std::unique_ptr<ArtefactModel>> MakeArtefact(const v1::Artefact& artefact,
                                                    const std::string& unit, std::uint64_t seed,
                                                    const std::string& name);

// Whether the sensor is faulty while it lasts, rather than disturbed.
bool IsFault(const v1::Artefact& artefact);

// A source seen through artefacts, each from its begin to its end. Disturbances are functions of
// run time alone, so they run on unbroken when the source below is replaced by the next step.
class DisturbedSource : public SignalSource {
 public:
  // Exactly one of model and source.
  struct Layer {
    RunTime from, until;
    Duration on, off;  // alternately, from `from` on; 0: at work throughout
    std::unique_ptr<ArtefactModel> model;
    std::unique_ptr<SignalSource> source;  // times gain on top, or instead
    double gain;
    bool replaces;
    bool is_fault, is_electrode_off;

    bool At(RunTime t) const {
      if (t < from || t >= until) return false;
      return on == Duration(0) || (t - from) % (on + off) < on;
    }
  };
  // `start`: of the play step.
  DisturbedSource(std::unique_ptr<SignalSource> source, std::vector<Layer> layers, RunTime start);
  std::string unit() const override { return source_->unit(); }
  // Truth: that of the source below; "electrode_off" while that lasts; "fault" (0 or 1) from the
  // first sample on. Errors: those of the source below and of CheckPeriod.
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;
  void TakePulses(RunTime end, std::vector<Pulse>& pulses) override;

 private:
  // Instants of [first, end) at which a fault begins or ends.
  void AppendChanges(RunTime first, RunTime end, std::vector<RunTime>& changes) const;
  Status CheckPeriod(Duration period);
  // The layer's source in these values.
  Status Mix(Layer& layer, RunTime start, Duration period, std::span<double> values);
  std::optional<Pulse> Replacing(Layer& layer, RunTime begin);
  // What begins or ends within a block; sorted into the truth.
  void Tell(RunTime first_sample, RunTime end, std::size_t first_event,
            std::vector<TruthEvent>& truth);

  std::unique_ptr<SignalSource> source_;
  std::vector<Layer> layers_;
  RunTime start_;
  bool begun_ = false;
  Duration period_{};  // that the layers were checked for
  std::vector<RunTime> changes_;
  std::vector<double> mixed_;
  std::vector<Pulse> replacing_;
  std::vector<TruthEvent> unheard_;  // what a layer's source says of itself
};

// A disturbance by itself, on 0.
class DisturbanceAlone : public SignalSource {
 public:
  DisturbanceAlone(std::unique_ptr<ArtefactModel> model, std::string unit, RunTime begin)
      : model_(std::move(model)), unit_(std::move(unit)), begin_(begin) {}
  std::string unit() const override { return unit_; }
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  std::unique_ptr<ArtefactModel> model_;
  std::string unit_;
  RunTime begin_;
};

}  // namespace rig
