#include "sim_signals/circulation/ppg_source.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim_signals/circulation/pulse_shape.h"
#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

constexpr Duration kLead(2'000'000'000);
constexpr Duration kGrid(2'000'000);  // on which the truth of the pulses is measured

using Oxygenations = BodyCourse::Timeline<v1::Oxygenation>;

std::int64_t OverOf(const v1::Oxygenation& oxygenation) { return oxygenation.over(); }
double SaturationAt(const Oxygenations& timeline, RunTime t) {
  return Reached(
      timeline, t, [](const v1::Oxygenation& o) { return o.saturation(); }, OverOf);
}
double PerfusionAt(const Oxygenations& timeline, RunTime t) {
  return Reached(
      timeline, t, [](const v1::Oxygenation& o) { return o.perfusion(); }, OverOf);
}

// The saturation, not known while it moves.
PulseTruth::Settings SettingsOf(const BodyCourse& course) {
  std::vector<std::pair<RunTime, double>> told;
  const auto& timeline = course.oxygenation;
  for (std::size_t i = 0; i < timeline.size(); ++i) {
    const auto& [begin, oxygenation] = timeline[i];
    const double saturation = oxygenation.saturation();
    const RunTime reached = begin + Duration(oxygenation.over());
    const bool moves = i > 0 && reached > begin && SaturationAt(timeline, begin) != saturation;
    if (!moves) {
      told.emplace_back(begin, saturation);
      continue;
    }
    told.emplace_back(begin, std::numeric_limits<double>::quiet_NaN());
    const bool replaced = i + 1 < timeline.size() && timeline[i + 1].first < reached;
    if (!replaced) told.emplace_back(reached, saturation);
  }
  return {{"saturation", told}};
}

double PerfusionOf(const PulseTruth::Extent& light) { return 1.0 - light.smallest / light.largest; }

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
      metered_breaths_(BreathSchedule(course, seed)),
      metered_(std::max(course.rhythm.front().first, start - start.time_since_epoch() % kGrid)),
      truth_(SettingsOf(course), {{"perfusion", PerfusionOf}}, start) {
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

double PpgSource::InfraredDepthAt(RunTime t) const {
  return -Log(1.0 - PerfusionAt(course_->oxygenation, t));
}

// Breathing in moves blood into the chest: lower pulses, and a baseline that moves by as much.
double PpgSource::AbsorptionOf(double pulses, BreathCursor& breaths, RunTime t) const {
  const double breath = respiration_ * LungFilling(breaths.At(t), t);
  return pulses * (1.0 - breath) + breath;
}

void PpgSource::AddPulse(const HeartCycle& cycle) {
  const RunTime foot = *cycle.r + Duration(At(course_->circulation, *cycle.r).transit());
  truth_.Add(foot, LossAfter(cycle));
  const double root = PulseStretch(cycle.interval_s);
  const double stroke = StrokeOf(cycle);
  for (const PulsePeak& peak : kPulsePeaks) {
    const Duration offset(static_cast<std::int64_t>(std::floor(peak.offset * root * 1e9)));
    for (GaussianSum* pulses : {&pulses_, &metered_pulses_}) {
      pulses->Add(foot + offset, {peak.width * root, 1.0}, stroke * peak.height);
    }
  }
}

void PpgSource::MeterUntil(RunTime end) {
  for (; metered_ < end; metered_ += kGrid) {
    double pulses = 0.0;
    metered_pulses_.Render(metered_, kGrid, std::span(&pulses, 1));
    const double absorption = AbsorptionOf(pulses, metered_breaths_, metered_);
    truth_.Sample(metered_, Exp(-InfraredDepthAt(metered_) * absorption));
  }
}

Status PpgSource::Render(RunTime start, Duration period, std::span<double> values,
                         std::vector<TruthEvent>& truth) {
  const RunTime end = start + period * static_cast<std::int64_t>(values.size());
  for (; next_ && next_->at() < end + kLead; next_ = beats_.Next()) {
    if (next_->r) AddPulse(*next_);
  }
  MeterUntil(end);
  truth_.Emit(start, end, truth);
  std::fill(values.begin(), values.end(), 0.0);
  pulses_.Render(start, period, values);
  RunTime t = start;
  for (double& v : values) {
    const double ratio = red_ ? RatioAt(SaturationAt(course_->oxygenation, t)) : 1.0;
    v = level_v_ * Exp(-ratio * InfraredDepthAt(t) * AbsorptionOf(v, breaths_, t));
    t += period;
  }
  return {};
}

}  // namespace rig
