#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim_signals/source.h"

namespace rig {

// From one value to another in a straight line, then steady; a constant is a ramp that has arrived.
// Any unit; nothing is true of it but its value.
class LevelSource : public SignalSource {
 public:
  struct Course {
    double from, to;
    Duration over;  // 0: at `to` from the start
  };
  LevelSource(std::string unit, const Course& course, RunTime start)
      : unit_(std::move(unit)), course_(course), start_(start) {}
  std::string unit() const override { return unit_; }
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  std::string unit_;
  Course course_;
  RunTime start_;
};

}  // namespace rig
