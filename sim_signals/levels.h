#pragma once

#include <string>
#include <utility>
#include <vector>

#include "rig/v1/scenario.pb.h"
#include "sim_signals/ecg_truth.h"
#include "sim_signals/random.h"
#include "sim_signals/source.h"

namespace rig {

// From one value to another in a straight line, then steady; a constant is a ramp that has arrived.
// Any unit; on a signal in volts it also states the ECG truth: no beats, no arrest.
class LevelSource : public SignalSource {
 public:
  struct Course {
    double from, to;
    Duration over;  // 0: at `to` from the start
  };
  LevelSource(std::string unit, const Course& course, RunTime start)
      : unit_(std::move(unit)), course_(course), start_(start), truth_at_start_(start) {}
  std::string unit() const override { return unit_; }
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  std::string unit_;
  Course course_;
  RunTime start_;
  TruthAtStart truth_at_start_;
};

// An electrode came off: the input drifts to the rail with a time constant of 50 ms and picks up 50
// Hz mains, 5 % of the rail high, cut off at the rail. Volts.
class ElectrodeOffSource : public SignalSource {
 public:
  ElectrodeOffSource(const v1::ElectrodeOff& parameters, RandomStream stream, RunTime start)
      : start_(start),
        truth_at_start_(start),
        rail_v_(parameters.rail()),
        phase_(stream.Uniform()) {}
  std::string unit() const override { return "V"; }
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  RunTime start_;
  TruthAtStart truth_at_start_;
  double rail_v_, phase_;
};

}  // namespace rig
