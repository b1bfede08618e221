#include "sim_signals/sinus.h"

#include <algorithm>
#include <cmath>

#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

constexpr double kTwoPi = 6.283185307179586476925;
// A Gaussian is left out where its exponent is below -30: 1e-13 of its height.
constexpr double kCutExponent = 30.0;
constexpr double kReachInWidths = 7.745966692414834;  // sqrt(2 * kCutExponent)

Duration FromSeconds(double s) {
  return Duration(static_cast<std::int64_t>(std::floor(s * 1e9 + 0.5)));
}

// Heights at phase zero of the sum of the shapes; its slope and curvature.
struct Jet {
  double value = 0.0, slope = 0.0, curvature = 0.0;
};

template <typename Shapes>
Jet EvaluateAt(const Shapes& shapes, double phase) {
  Jet jet;
  for (const auto& s : shapes) {
    const double u = (phase - s.phase) / s.width;
    const double g = s.height * Exp(-0.5 * u * u);
    jet.value += g;
    jet.slope -= g * u / s.width;
    jet.curvature += g * (u * u - 1.0) / (s.width * s.width);
  }
  return jet;
}

// Moves the shapes so that their sum peaks at phase zero with height `amplitude`: Q and S pull the
// peak of R aside.
template <typename Shapes>
void PutPeakAtZero(Shapes& shapes, double amplitude) {
  constexpr double kFarthest = 0.01;  // turns
  double peak = 0.0;
  for (int i = 0; i < 4; ++i) {
    const Jet jet = EvaluateAt(shapes, peak);
    if (!(jet.curvature < 0.0)) break;
    peak = std::clamp(peak - jet.slope / jet.curvature, -kFarthest, kFarthest);
  }
  const double scale = amplitude / EvaluateAt(shapes, peak).value;
  for (auto& s : shapes) {
    s.phase -= peak;
    s.height *= scale;
  }
}

}  // namespace

SinusSource::SinusSource(const v1::Sinus& sinus, RandomStream stream, RunTime start)
    : variability_(sinus.rate(), sinus.rate_sd(), sinus.lf_hf(), sinus.respiration(), stream),
      truth_at_start_(start),
      rate_hz_(sinus.rate()) {
  // ecgsyn.c: b *= sqrt(HR/60), theta_Q and theta_S likewise, theta_P by its square root, theta_T
  // not at all. A wave's height is a b^2, the integral of its event; all b scale alike, so the
  // heights' ratios are those at 60 bpm.
  const double stretch = std::sqrt(sinus.rate());
  const double p_stretch = std::sqrt(stretch);
  constexpr double kDegree = 1.0 / 360.0;
  shapes_ = {{{-60.0 * kDegree * p_stretch, 0.25 / kTwoPi * stretch, 1.2 * 0.0625},
              {-15.0 * kDegree * stretch, 0.1 / kTwoPi * stretch, -5.0 * 0.01},
              {0.0, 0.1 / kTwoPi * stretch, 30.0 * 0.01},
              {15.0 * kDegree * stretch, 0.1 / kTwoPi * stretch, -7.5 * 0.01},
              {90.0 * kDegree, 0.4 / kTwoPi * stretch, 0.75 * 0.16 * sinus.t_wave()}}};
  PutPeakAtZero(shapes_, sinus.amplitude());
  double lead_turns = 0.0;
  for (const Shape& s : shapes_)
    lead_turns = std::max(lead_turns, kReachInWidths * s.width - s.phase);
  lead_ = FromSeconds(lead_turns * 3.0 / rate_hz_ + 1e-6);  // 3: the longest interval there is
  next_interval_s_ = variability_.IntervalAt(Seconds(start));
  next_r_ = start + FromSeconds(0.4 * next_interval_s_);
}

void SinusSource::ScheduleUntil(RunTime t) {
  while (next_r_ < t) {
    const double interval = next_interval_s_;
    for (const Shape& s : shapes_) {
      const double offset = s.phase * interval;
      const double width = s.width * interval;
      const double reach = kReachInWidths * width;
      waves_.push_back({next_r_, next_r_ + FromSeconds(offset - reach),
                        next_r_ + FromSeconds(offset + reach), offset, 0.5 / (width * width),
                        s.height});
    }
    beats_ += 1.0;
    pending_.push_back({next_r_, "beat", beats_});
    pending_.push_back({next_r_, "rate", 1.0 / interval});
    const Duration to_next = FromSeconds(variability_.IntervalAt(Seconds(next_r_)));
    next_r_ += to_next;
    next_interval_s_ = Seconds(to_next);
  }
}

void SinusSource::EmitBeats(RunTime until, std::vector<TruthEvent>& truth) {
  while (!pending_.empty() && pending_.front().t < until) {
    truth.push_back(std::move(pending_.front()));
    pending_.pop_front();
  }
}

Status SinusSource::Render(RunTime start, Duration period, std::span<double> values,
                           std::vector<TruthEvent>& truth) {
  truth_at_start_.Emit({.rate_hz = rate_hz_}, start, truth);
  const RunTime end = start + period * static_cast<std::int64_t>(values.size());
  ScheduleUntil(end + lead_);
  EmitBeats(end, truth);
  std::erase_if(waves_, [&](const Wave& w) { return w.end <= start; });
  std::fill(values.begin(), values.end(), 0.0);
  const auto index_of = [&](RunTime t) {  // of the first sample at or after t
    const std::int64_t n = (t - start + period - Duration(1)) / period;
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>(n, 0, static_cast<std::int64_t>(values.size())));
  };
  for (const Wave& w : waves_) {
    if (w.begin >= end) continue;
    const std::size_t last = index_of(w.end);
    for (std::size_t i = index_of(w.begin); i < last; ++i) {
      const double dt =
          Seconds(start + period * static_cast<std::int64_t>(i) - w.r_peak) - w.offset_s;
      values[i] += w.height_v * Exp(-w.falloff * dt * dt);
    }
  }
  return {};
}

}  // namespace rig
