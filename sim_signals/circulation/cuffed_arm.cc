#include "sim_signals/circulation/cuffed_arm.h"

#include <algorithm>

#include "sim_signals/circulation/pulse_shape.h"
#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

// Natural logarithms of 1 / 0.55 and 1 / 0.85.
constexpr double kFallToSystole = 0.5978370007556204;
constexpr double kFallToDiastole = 0.16251892949777494;
constexpr double kLeakAtPa = 200.0 * 133.322387415;

}  // namespace

ArmPulses::ArmPulses(const BodyCourse& course, std::uint64_t seed, PulseTruth* truth)
    : course_(&course), beats_(course, seed), truth_(truth) {
  FindNext();
}

void ArmPulses::FindNext() {
  do {
    next_ = beats_.Next();
  } while (next_ && !next_->r);
}

// Half of the way to the finger.
RunTime ArmPulses::FootOf(const HeartCycle& cycle) const {
  return *cycle.r + Duration(At(course_->circulation, *cycle.r).transit() / 2);
}

ArmPulses::Pressures ArmPulses::PressuresOf(const HeartCycle& cycle) {
  const v1::Circulation& set = At(course_->circulation, *cycle.r);
  const std::array<double, 3> key = {set.systolic(), set.diastolic(), cycle.usual_s};
  auto mean = means_.find(key);
  if (mean == means_.end()) {
    const auto setting = Windkessel::SettingFor({set.systolic(), set.diastolic()}, cycle.usual_s);
    mean = means_.emplace(key, Windkessel::MeanPa(setting, cycle.usual_s)).first;
  }
  const bool ventricular = cycle.usual_origin == HeartCycle::Origin::kVentricular;
  const double stroke = ventricular ? kVentricularStroke : 1.0;
  const auto of = [&](double pa) {
    return Windkessel::kRestPa + stroke * (pa - Windkessel::kRestPa);
  };
  return {of(set.systolic()), of(mean->second), of(set.diastolic())};
}

void ArmPulses::Begin(const HeartCycle& cycle) {
  const Pulse pulse = {FootOf(cycle), LossAfter(cycle), PulseStretch(cycle.interval_s),
                       StrokeOf(cycle), PressuresOf(cycle)};
  pulses_[known_++ % pulses_.size()] = pulse;
  if (truth_ == nullptr) return;
  const Pressures& told = pulse.pressures;
  truth_->Add(pulse.foot, pulse.loss_after, {told.systolic_pa, told.mean_pa, told.diastolic_pa});
}

void ArmPulses::AdvanceTo(RunTime t) {
  constexpr Duration kLead(1'000'000'000);  // a pulse begins to rise before its foot
  now_ = t;
  for (; next_ && FootOf(*next_) <= t + kLead; FindNext()) Begin(*next_);
  if (reached_ > 0) {
    const Pulse& last = pulses_[(reached_ - 1) % pulses_.size()];
    if (last.foot + last.loss_after < t) pressures_.reset();
  }
  for (; reached_ < known_ && pulses_[reached_ % pulses_.size()].foot <= t; ++reached_) {
    pressures_ = pulses_[reached_ % pulses_.size()].pressures;
  }
}

double ArmPulses::PulseAt(double cuff_pa) const {
  double sum = 0.0;
  for (std::size_t i = 0; i < std::min<std::size_t>(known_, pulses_.size()); ++i) {
    const Pulse& pulse = pulses_[i];
    const double since = Seconds(now_ - pulse.foot) / pulse.stretch_s;
    if (since < -1.0 || since > 2.0) continue;  // nothing of it is left: e^-60
    double height = 0.0;
    for (const PulsePeak& peak : kPulsePeaks) {
      const double u = (since - peak.offset) / peak.width;
      height += peak.height * Exp(-0.5 * u * u);
    }
    const Pressures& p = pulse.pressures;
    const bool above = cuff_pa > p.mean_pa;
    const double away =
        (cuff_pa - p.mean_pa) / ((above ? p.systolic_pa : p.diastolic_pa) - p.mean_pa);
    const double fall = above ? kFallToSystole : kFallToDiastole;
    sum += pulse.stroke * height * Exp(-fall * away * away);
  }
  return sum;
}

void CuffAir::Step(Duration step, double inflow_pa_s, double outflow_per_s) {
  const double all_per_s = outflow_per_s + leak_pa_s_ / kLeakAtPa;
  const double h = Seconds(step);
  if (all_per_s > 0.0) {
    const double settled = inflow_pa_s / all_per_s;
    pressure_pa_ = settled + (pressure_pa_ - settled) * Exp(-all_per_s * h);
  } else {
    pressure_pa_ += inflow_pa_s * h;
  }
  pressure_pa_ = std::max(0.0, pressure_pa_);
}

}  // namespace rig
