#pragma once

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "rig/v1/scenario.pb.h"
#include "sim_signals/ecg_truth.h"
#include "sim_signals/heart_rate_variability.h"
#include "sim_signals/source.h"

namespace rig {

// Sinus rhythm after ECGSYN: each beat is five Gaussian events, P Q R S T, at fixed phases of the
// interval that led to it, summed in closed form over all beats; so the trace has no joints. Volts.
//
// Source: McSharry et al. 2003, IEEE TBME 50:289, table I; phases and widths scaled with the mean
// rate as in PhysioNet's ecgsyn.c. Left out: the pull towards a baseline (z - z0), which only adds
// a slow wander; Baseline noise does that.
class SinusSource : public SignalSource {
 public:
  // The first R peak lies 0.4 of an interval after `start`. `stream` places the spectral lines of
  // the intervals.
  SinusSource(const v1::Sinus& sinus, RandomStream stream, RunTime start);

  std::string unit() const override { return "V"; }
  // Truth: "beat" and "rate" (1 / the interval that just ended) at each R peak.
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  static constexpr std::size_t kWaves = 5;
  struct Shape {  // of one wave, in turns of the beat's interval, relative to the R peak
    double phase, width, height;
  };
  struct Wave {  // of one beat, alive within [begin, end)
    RunTime r_peak, begin, end;
    double offset_s, falloff, height_v;  // height_v * exp(-falloff * (t - offset_s)^2)
  };

  void ScheduleUntil(RunTime t);
  void EmitBeats(RunTime until, std::vector<TruthEvent>& truth);

  std::array<Shape, kWaves> shapes_;
  HeartRateVariability variability_;
  TruthAtStart truth_at_start_;
  double rate_hz_;
  Duration lead_;  // no wave begins earlier than this before its R peak
  RunTime next_r_;
  double next_interval_s_;
  double beats_ = 0.0;
  std::deque<TruthEvent> pending_;  // beats scheduled, not told yet
  std::vector<Wave> waves_;         // in schedule order
};

}  // namespace rig
