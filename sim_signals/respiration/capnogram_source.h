#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "rig/v1/signals.pb.h"
#include "sim_signals/respiration/breath_truth.h"
#include "sim_signals/truth_queue.h"

namespace rig {

// Partial pressure of carbon dioxide at the airway itself, in Pa.
class AirwayGas {
 public:
  AirwayGas(const BodyCourse& course, std::uint64_t seed)
      : course_(&course), breaths_(BreathSchedule(course, seed)) {}
  // A millisecond after the instant before.
  double At(RunTime t);

 private:
  const BodyCourse* course_;
  BreathCursor breaths_;
  double pressure_pa_ = 0.0;
};

// Truth "end_tidal" (Pa): what the gas at the airway was at the end of each breath, from then on;
// not known before the first breath's end, of a shut airway, and where no breath follows.
class EndTidal {
 public:
  EndTidal(const BodyCourse& course, std::uint64_t seed);
  // Hands over what lies between `begin`, of the block, and `end`, and at first what holds.
  void Emit(RunTime begin, RunTime end, std::vector<TruthEvent>& truth);

 private:
  void AdvanceTo(RunTime end);

  AirwayGas airway_;
  BreathCursor breaths_;
  std::optional<Breath> last_;
  RunTime step_;              // of the last step done
  double pressure_pa_ = 0.0;  // then
  bool begun_ = false;
  double held_pa_ = std::numeric_limits<double>::quiet_NaN();  // before the first sample
  TruthQueue pending_;
};

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
  // Truth: see BreathTruth and EndTidal. Not delayed: it is the patient's.
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  void StepTo(RunTime t);

  AirwayGas airway_;
  BreathTruth truth_;
  EndTidal end_tidal_;
  RunTime start_;
  Duration delay_;
  double keep_;                      // of the smoothed value per step
  RunTime step_;                     // of the last step done
  double before_ = 0.0, now_ = 0.0;  // smoothed values at the last two steps
};

}  // namespace rig
