#pragma once

#include <string>
#include <vector>

#include "rig/v1/signals.pb.h"
#include "sim_signals/respiration/breath_truth.h"

namespace rig {

// Partial pressure of carbon dioxide at the airway, in Pa, as a sidestream capnograph sees it:
// later by the sampling line's delay and smoothed by its rise. Without breaths, and behind a shut
// airway, the line draws air.
//
// Calculated at every millisecond of run time and joined by straight lines, so that it does not
// depend on how it is sampled.
class CapnogramSource : public SignalSource {
 public:
  // `course` outlives this and is not empty.
  CapnogramSource(const v1::Capnogram& capnogram, const BodyCourse& course, std::uint64_t seed,
                  RunTime start);
  std::string unit() const override { return "Pa"; }
  // Truth: see BreathTruth; "end_tidal" where it is set. Not delayed: it is the patient's.
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  double AirwayAt(RunTime t);
  void StepTo(RunTime t);

  const BodyCourse* course_;
  BreathCursor breaths_;
  BreathTruth truth_;
  RunTime start_;
  Duration delay_;
  double keep_;                                     // of the smoothed value per step
  RunTime step_;                                    // of the last step done
  double airway_ = 0.0, before_ = 0.0, now_ = 0.0;  // smoothed values at the last two steps
  std::size_t gas_ = 0;                             // the next setting to tell
};

}  // namespace rig
