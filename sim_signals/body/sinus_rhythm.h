#pragma once

#include "sim_signals/body/breaths.h"
#include "sim_signals/body/mayer_waves.h"
#include "sim_signals/body/rhythms.h"

namespace rig {

// When a rhythm's first beat comes: 0.4 of an interval after its begin, or a whole one after the
// last beat before it, whichever is later.
RunTime FirstBeat(const RhythmStart& start, double interval_s);
// From the P peak to the R peak: 167 ms at 60 bpm, less at higher rates.
Duration SinusConduction(double interval_s);

// Sinus beats with heart rate variability, and the premature ventricular beats of the course's
// ectopy among them.
class SinusRhythm : public RhythmModel {
 public:
  SinusRhythm(const RhythmStart& start, const v1::Sinus& sinus);
  HeartCycle Next() override;

 private:
  double IntervalAt(RunTime t);
  // Premature beats that follow the sinus beat at `r`.
  std::uint32_t PrematureAfter(const v1::Ectopy& ectopy);
  void PlanPremature(RunTime r, double interval_s);
  HeartCycle NextPremature();

  const BodyCourse* course_;
  double mean_s_, sd_s_, mayer_share_;
  MayerWaves mayer_waves_;
  BreathCursor breaths_;
  std::uint64_t ectopy_key_;
  RunTime next_;  // sinus beat
  double next_interval_s_;
  std::uint64_t sinus_beats_ = 0;
  std::uint32_t since_premature_ = 0;
  std::uint32_t premature_left_ = 0;
  bool in_run_ = false;  // they are a tachycardia
  RunTime premature_;    // the next one
  Duration premature_interval_{};
};

}  // namespace rig
