#include "sim_signals/respiration/impedance_source.h"

#include <algorithm>

#include "sim_signals/respiration/breath_shape.h"

namespace rig {
namespace {

constexpr double kUsualDepth = 500e-6;  // m3
// The wave of a beat: the blood's way into the chest (recall).
constexpr Duration kWaveDelay(200'000'000);
constexpr double kWaveWidthS = 0.06;
constexpr Duration kLead(1'000'000'000);

}  // namespace

ImpedanceSource::ImpedanceSource(const v1::Impedance& impedance, const BodyCourse& course,
                                 std::uint64_t seed, RunTime start)
    : base_(impedance.base()),
      ohm_per_m3_(impedance.swing() / kUsualDepth),
      cardiac_(impedance.cardiac()),
      breaths_(BreathSchedule(course, seed)),
      truth_(course, seed, start),
      beats_(course, seed),
      next_(beats_.Next()) {}

Status ImpedanceSource::Render(RunTime start, Duration period, std::span<double> values,
                               std::vector<TruthEvent>& truth) {
  const RunTime end = start + period * static_cast<std::int64_t>(values.size());
  truth_.Emit(start, end, truth);
  for (; next_ && next_->at() < end + kLead; next_ = beats_.Next()) {
    if (next_->r) waves_.Add(*next_->r + kWaveDelay, {kWaveWidthS, cardiac_}, cardiac_);
  }
  RunTime t = start;
  for (double& v : values) {
    const Breath* breath = breaths_.At(t);
    v = base_;
    if (breath != nullptr) v += ohm_per_m3_ * breath->depth_m3 * LungFilling(breath, t);
    t += period;
  }
  waves_.Render(start, period, values);
  return {};
}

}  // namespace rig
