#include "sim_signals/circulation/ppg_source.h"

#include <algorithm>
#include <cmath>

#include "sim_signals/circulation/pulse_shape.h"

namespace rig {
namespace {

constexpr Duration kLead(2'000'000'000);

PulseTruth::Settings SettingsOf(const BodyCourse& course) {
  PulseTruth::Settings settings = {{"saturation", {}}, {"perfusion", {}}};
  for (const auto& [begin, oxygenation] : course.oxygenation) {
    const RunTime reached = begin + Duration(oxygenation.over());
    settings[0].second.emplace_back(reached, oxygenation.saturation());
    settings[1].second.emplace_back(reached, oxygenation.perfusion());
  }
  return settings;
}

}  // namespace

PpgSource::PpgSource(const v1::Ppg& ppg, const BodyCourse& course, std::uint64_t seed,
                     RunTime start)
    : course_(&course),
      red_(ppg.wavelength() == v1::Ppg::RED),
      level_v_(ppg.level()),
      respiration_(ppg.respiration()),
      breaths_(BreathSchedule(course, seed)),
      beats_(course, seed),
      next_(beats_.Next()),
      truth_(SettingsOf(course), start) {
  for (const v1::OximeterPoint& point : ppg.calibration()) {
    curve_.emplace_back(point.saturation(), point.ratio());
  }
  // 110 % - 25 % R (recall).
  if (curve_.empty()) curve_ = {{1.10, 0.0}, {-0.15, 5.0}};
}

double PpgSource::RatioAt(double saturation) const {
  std::size_t i = 1;
  while (i + 1 < curve_.size() && curve_[i].first > saturation) ++i;
  const auto& [s0, r0] = curve_[i - 1];
  const auto& [s1, r1] = curve_[i];
  return r0 + (r1 - r0) * (saturation - s0) / (s1 - s0);
}

double PpgSource::DepthAt(RunTime t) const {
  const auto& oxygenation = course_->oxygenation;
  const auto over = [](const v1::Oxygenation& o) { return o.over(); };
  const double perfusion = Reached(
      oxygenation, t, [](const v1::Oxygenation& o) { return o.perfusion(); }, over);
  if (!red_) return perfusion;
  return perfusion *
         RatioAt(Reached(
             oxygenation, t, [](const v1::Oxygenation& o) { return o.saturation(); }, over));
}

void PpgSource::AddPulse(const HeartCycle& cycle) {
  const RunTime foot = *cycle.r + Duration(At(course_->circulation, *cycle.r).transit());
  truth_.Add(foot);
  const double root = PulseStretch(cycle.interval_s);
  const double stroke = StrokeOf(cycle);
  for (const PulsePeak& peak : kPulsePeaks) {
    const Duration offset(static_cast<std::int64_t>(std::floor(peak.offset * root * 1e9)));
    pulses_.Add(foot + offset, {peak.width * root, 1.0}, stroke * peak.height);
  }
}

Status PpgSource::Render(RunTime start, Duration period, std::span<double> values,
                         std::vector<TruthEvent>& truth) {
  const RunTime end = start + period * static_cast<std::int64_t>(values.size());
  for (; next_ && next_->at() < end + kLead; next_ = beats_.Next()) {
    if (next_->r) AddPulse(*next_);
  }
  truth_.Emit(start, end, truth);
  std::fill(values.begin(), values.end(), 0.0);
  pulses_.Render(start, period, values);
  RunTime t = start;
  for (double& v : values) {
    // Breathing in moves blood into the chest: lower pulses, and a baseline that moves by as much.
    const double breath = respiration_ * LungFilling(breaths_.At(t), t);
    v = level_v_ * (1.0 - DepthAt(t) * (v * (1.0 - breath) + breath));
    t += period;
  }
  return {};
}

}  // namespace rig
