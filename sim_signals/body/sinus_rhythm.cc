#include "sim_signals/body/sinus_rhythm.h"

#include <algorithm>
#include <cmath>

#include "sim_signals/deterministic_math.h"
#include "sim_signals/random.h"

namespace rig {

SinusRhythm::SinusRhythm(const RhythmStart& start, const v1::Sinus& sinus)
    : course_(&start.course),
      mean_s_(1.0 / sinus.rate()),
      sd_s_(sinus.rate_sd() * mean_s_ * mean_s_),  // d(1/f) = df / f^2
      mayer_share_(sinus.lf_hf() / (1.0 + sinus.lf_hf())),
      mayer_waves_(RandomStream(start.seed, "body/mayer_waves")),
      breaths_(BreathSchedule(start.course, start.seed)),
      ectopy_key_(StreamKey(start.seed, "body/ectopy")),
      next_interval_s_(IntervalAt(start.begin)) {
  next_ = FirstBeat(start, next_interval_s_);
}

double SinusRhythm::IntervalAt(RunTime t) {
  // Intervals are shortest in the middle of the inspiration.
  const Breath* breath = breaths_.At(t);
  const double respiratory =
      breath == nullptr
          ? 0.0
          : -std::sqrt(2.0) * CosTurns(breath->PhaseAt(t) - 0.5 * breath->inspiration);
  const double swing = std::sqrt(mayer_share_) * mayer_waves_.At(Seconds(t)) +
                       std::sqrt(1.0 - mayer_share_) * respiratory;
  return std::clamp(mean_s_ + sd_s_ * swing, 0.3 * mean_s_, 3.0 * mean_s_);
}

HeartCycle SinusRhythm::Next() {
  if (premature_left_ > 0) return NextPremature();
  HeartCycle cycle;
  cycle.r = next_;
  cycle.p = next_ - SinusConduction(next_interval_s_);
  cycle.usual_s = mean_s_;
  ++sinus_beats_;
  next_interval_s_ = IntervalAt(next_);
  PlanPremature(next_, next_interval_s_);
  if (premature_left_ == 0) next_ += FromSeconds(next_interval_s_);
  return cycle;
}

std::uint32_t SinusRhythm::PrematureAfter(const v1::Ectopy& ectopy) {
  const auto at_random = [&](std::uint32_t beats) {
    const double probability = ectopy.per_minute() * mean_s_;
    return UniformAt(ectopy_key_, sinus_beats_) < probability ? beats : 0u;
  };
  switch (ectopy.pattern()) {
    case v1::Ectopy::BIGEMINY:
      return 1;
    case v1::Ectopy::TRIGEMINY:
      return ++since_premature_ % 2 == 0 ? 1 : 0;
    case v1::Ectopy::ISOLATED:
      return at_random(1);
    case v1::Ectopy::COUPLETS:
      return at_random(2);
    case v1::Ectopy::RUNS:
      return at_random(ectopy.run_length());
    default:
      return 0;
  }
}

void SinusRhythm::PlanPremature(RunTime r, double interval_s) {
  const v1::Ectopy& ectopy = At(course_->ectopy, r);
  premature_left_ = PrematureAfter(ectopy);
  if (premature_left_ == 0) return;
  constexpr double kTachycardiaHz = 100.0 / 60.0;
  in_run_ = premature_left_ >= 3 && ectopy.run_rate() >= kTachycardiaHz;
  premature_ = r + FromSeconds(ectopy.coupling() * interval_s);
  premature_interval_ = FromSeconds(1.0 / ectopy.run_rate());
  const RunTime last =
      premature_ + premature_interval_ * static_cast<std::int64_t>(premature_left_ - 1);
  // The sinus node goes on unseen: its first beat that finds the ventricles ready is conducted,
  // which makes the pause after one premature beat a compensatory one.
  constexpr double kReady = 0.6;
  const Duration interval = FromSeconds(interval_s);
  while (next_ < last + FromSeconds(kReady * interval_s)) next_ += interval;
}

HeartCycle SinusRhythm::NextPremature() {
  HeartCycle cycle;
  cycle.r = premature_;
  cycle.origin = HeartCycle::Origin::kVentricular;
  cycle.usual_s = mean_s_;
  cycle.in_run = in_run_;
  premature_ += premature_interval_;
  --premature_left_;
  return cycle;
}

}  // namespace rig
