#include "sim_signals/ecg/ecg_source.h"

#include <algorithm>
#include <cmath>

namespace rig {
namespace {

// No wave of a beat begins earlier than this before its R peak: T waves are slow, at the longest
// interval they are scaled with 1.3 s.
constexpr Duration kLead(2'000'000'000);
// Beyond these a T wave moves no further.
constexpr double kShortestS = 0.15;
constexpr double kLongestS = 2.5;

double Norm(const Dipole& d) { return std::sqrt(d.x * d.x + d.y * d.y + d.z * d.z); }

}  // namespace

EcgSource::EcgSource(const v1::Ecg& ecg, const Dipole& lead, const BodyCourse& course,
                     std::uint64_t seed, RunTime start)
    : schedule_(course, seed),
      normal_peak_s_(RPeakOf(HeartCycle::Origin::kSinus).offset_s),
      ventricular_peak_s_(RPeakOf(HeartCycle::Origin::kVentricular).offset_s),
      t_wave_(ecg.t_wave()),
      next_(schedule_.Next()),
      fibrillation_(course, seed),
      pulses_(course, lead, start),
      truth_(course, start) {
  const double volts_per_mv = ecg.amplitude() / RPeakOf(HeartCycle::Origin::kSinus).height_mv;
  lead_ = {lead.x * volts_per_mv, lead.y * volts_per_mv, lead.z * volts_per_mv};
  // Fibrillation is given by its height in lead II, whose axes it may all reach at once.
  const Dipole ii = LeadVector(v1::Ecg::II);
  const double largest = std::abs(ii.x) + std::abs(ii.y) + std::abs(ii.z);
  unscaled_ = {lead.x / largest, lead.y / largest, lead.z / largest};
}

void EcgSource::AddBeat(const HeartCycle& cycle) {
  const double root = std::sqrt(std::clamp(cycle.interval_s, kShortestS, kLongestS));
  const bool ventricular = cycle.origin == HeartCycle::Origin::kVentricular;
  const double peak_s = ventricular ? ventricular_peak_s_ : normal_peak_s_;
  for (const DipoleWave& wave : WavesOf(cycle.origin)) {
    const bool is_p = wave.part == DipoleWave::Part::kP;
    if (is_p) continue;
    const bool is_t = wave.part == DipoleWave::Part::kT;
    const double stretch = is_t ? root : 1.0;
    const double scale = is_t ? t_wave_ : 1.0;
    AddWave(*cycle.r + FromSeconds(wave.offset_s * stretch - peak_s), stretch, scale, wave);
  }
}

void EcgSource::AddAtrialBeat(RunTime p) {
  for (const DipoleWave& wave : WavesOf(HeartCycle::Origin::kSinus)) {
    if (wave.part != DipoleWave::Part::kP) continue;
    AddWave(p + FromSeconds(wave.offset_s - kPPeakS), 1.0, 1.0, wave);
  }
}

void EcgSource::AddWave(RunTime centre, double stretch, double scale, const DipoleWave& wave) {
  // The cut depends on the dipole alone, so that leads add up.
  const GaussianSum::Shape shape = {wave.width_s * stretch, scale * 1e-3 * Norm(wave.height)};
  waves_.Add(centre, shape, scale * Project(lead_, wave.height));
}

void EcgSource::ScheduleUntil(RunTime t) {
  while (next_ && next_->at() < t) {
    if (next_->r) AddBeat(*next_);
    if (next_->p) AddAtrialBeat(*next_->p);
    pulses_.Add(*next_);
    truth_.Add(*next_);
    next_ = schedule_.Next();
  }
}

Status EcgSource::Render(RunTime start, Duration period, std::span<double> values,
                         std::vector<TruthEvent>& truth) {
  const RunTime end = start + period * static_cast<std::int64_t>(values.size());
  ScheduleUntil(end + kLead);
  truth_.Emit(start, end, truth);
  std::fill(values.begin(), values.end(), 0.0);
  waves_.Render(start, period, values);
  if (!fibrillation_.Within(start, end)) return {};
  RunTime t = start;
  for (double& v : values) {
    v += Project(unscaled_, fibrillation_.At(t));
    t += period;
  }
  return {};
}

}  // namespace rig
