#include "rig/check/alarm/measure/waveform.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>
#include <optional>

#include "rig/check/alarm/measure/spectrum.h"

namespace rig::check {
namespace {

// The longest period of a fundamental that is allowed.
constexpr double kWindowS = 1.0 / 150;
constexpr double kLoud = 0.1;

struct EnvelopePoint {
  double index;  // sample, with fraction
  double level;
};

// Largest |x| within `half` samples on either side.
std::vector<double> CoarseEnvelope(const std::vector<double>& x, std::size_t half) {
  std::vector<double> envelope(x.size());
  std::deque<std::size_t> window;
  std::size_t next = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (; next < x.size() && next <= i + half; ++next) {
      while (!window.empty() && std::fabs(x[window.back()]) <= std::fabs(x[next]))
        window.pop_back();
      window.push_back(next);
    }
    while (window.front() + half < i) window.pop_front();
    envelope[i] = std::fabs(x[window.front()]);
  }
  return envelope;
}

// The largest |x| of each period. At a turning point the top of the parabola through it stands for
// what lies between the samples.
std::vector<EnvelopePoint> PeriodPeaks(const std::vector<double>& x, std::size_t first,
                                       std::size_t last, double period) {
  std::vector<EnvelopePoint> peaks;
  for (double begin = static_cast<double>(first); begin + period <= static_cast<double>(last);
       begin += period) {
    const auto low = static_cast<std::size_t>(begin);
    const auto high = static_cast<std::size_t>(begin + period);
    std::size_t top = low;
    for (std::size_t i = low; i < high; ++i) {
      if (std::fabs(x[i]) > std::fabs(x[top])) top = i;
    }
    EnvelopePoint point{static_cast<double>(top), std::fabs(x[top])};
    if (top > 0 && top + 1 < x.size()) {
      const double a = std::fabs(x[top - 1]);
      const double c = std::fabs(x[top + 1]);
      const double bend = a - 2 * point.level + c;
      const bool turns = bend < 0 && a <= point.level && c <= point.level;
      if (turns) {
        const double shift = 0.5 * (a - c) / bend;
        point.level -= 0.25 * (a - c) * shift;
        point.index += shift;
      }
    }
    peaks.push_back(point);
  }
  return peaks;
}

double FullLevel(const std::vector<EnvelopePoint>& envelope) {
  double highest = 0;
  for (const EnvelopePoint& p : envelope) highest = std::max(highest, p.level);
  std::vector<double> top;
  for (const EnvelopePoint& p : envelope) {
    if (p.level >= 0.8 * highest) top.push_back(p.level);
  }
  std::sort(top.begin(), top.end());
  return top.empty() ? 0 : top[top.size() / 2];
}

// The first crossing of a level upwards.
template <typename Iterator>
std::optional<double> FirstCrossing(Iterator begin, Iterator end, double level) {
  for (auto it = begin; it != end; ++it) {
    if (it->level < level) continue;
    if (it == begin) return std::nullopt;
    const auto before = std::prev(it);
    return before->index +
           (level - before->level) / (it->level - before->level) * (it->index - before->index);
  }
  return std::nullopt;
}

class WaveformTracker {
 public:
  WaveformTracker(const Waveform& waveform, Span span) : waveform_(waveform), span_(span) {}

  SoundTrack Do() {
    if (!Cut()) return std::move(track_);
    const double rate_hz = 1e9 / static_cast<double>(waveform_.period_ns);
    half_ = static_cast<std::size_t>(0.5 * kWindowS * rate_hz) + 1;
    const std::vector<double> coarse = CoarseEnvelope(x_, half_);
    const double loudest = *std::max_element(coarse.begin(), coarse.end());
    const double limit = std::max(kLoud * loudest, waveform_.silence);
    for (std::size_t i = 0; i < coarse.size();) {
      if (!(coarse[i] > limit)) {
        ++i;
        continue;
      }
      std::size_t end = i;
      while (end < coarse.size() && coarse[end] > limit) ++end;
      Measure(i, end, coarse);
      i = end;
    }
    track_.no_tone = "not measured: too few periods of a steady tone";
    track_.no_envelope = "not measured: no steady tone, an edge is cut, or sampled below 8 kHz";
    return std::move(track_);
  }

 private:
  // The samples of the span, without their mean.
  bool Cut() {
    const std::int64_t period = waveform_.period_ns;
    const auto size = static_cast<std::int64_t>(waveform_.samples.size());
    const std::int64_t end_ns = waveform_.start_ns + size * period;
    if (period <= 0 || size == 0 || waveform_.start_ns > span_.from_ns || end_ns < span_.until_ns) {
      track_.unknown = "not sampled over the whole span";
      return false;
    }
    const auto first = (span_.from_ns - waveform_.start_ns) / period;
    const auto last = (span_.until_ns - waveform_.start_ns) / period;
    x_.assign(waveform_.samples.begin() + first, waveform_.samples.begin() + std::min(last, size));
    begin_ns_ = waveform_.start_ns + first * period;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      if (std::isfinite(x_[i])) continue;
      track_.unknown = fmt::format("unknown at {:.3f} s", 1e-9 * static_cast<double>(TimeOf(i)));
      return false;
    }
    if (x_.size() < 16) {
      track_.unknown = "not sampled over the whole span";
      return false;
    }
    const double mean = std::accumulate(x_.begin(), x_.end(), 0.0) / static_cast<double>(x_.size());
    for (double& value : x_) value -= mean;
    return true;
  }

  std::int64_t TimeOf(double index) const {
    return begin_ns_ + static_cast<std::int64_t>(
                           std::llround(index * static_cast<double>(waveform_.period_ns)));
  }
  std::int64_t TimeOf(std::size_t index) const { return TimeOf(static_cast<double>(index)); }
  double SecondsOf(double samples) const {
    return samples * 1e-9 * static_cast<double>(waveform_.period_ns);
  }

  // One loud stretch [first, last) of the coarse envelope, which reaches half_ too far on each
  // side.
  void Measure(std::size_t first, std::size_t last, const std::vector<double>& coarse) {
    const bool begin_seen = first > 0;
    const bool end_seen = last < x_.size();
    const std::size_t inner_first = std::min(begin_seen ? first + half_ : first, last - 1);
    const std::size_t inner_last =
        std::max(end_seen && last > half_ ? last - half_ : last, inner_first + 1);
    Pulse pulse;
    pulse.time = {TimeOf(inner_first), TimeOf(inner_last), begin_seen, end_seen};
    const auto tone = ToneOf(inner_first, inner_last, coarse);
    double known_s = kWindowS;
    if (tone) {
      pulse.fundamental_hz = tone->fundamental_hz;
      pulse.fundamental_uncertainty_hz = tone->uncertainty_hz;
      pulse.harmonics = tone->harmonics;
      if (begin_seen && end_seen && FindEdges(first, last, tone->fundamental_hz, pulse)) {
        known_s = 1 / tone->fundamental_hz;
      }
    }
    track_.uncertainty_s = std::max(track_.uncertainty_s, known_s);
    track_.pulses.push_back(pulse);
  }

  std::optional<Tone> ToneOf(std::size_t first, std::size_t last,
                             const std::vector<double>& coarse) const {
    double highest = 0;
    for (std::size_t i = first; i < last; ++i) highest = std::max(highest, coarse[i]);
    while (first < last && coarse[first] < 0.9 * highest) ++first;
    while (last > first && coarse[last - 1] < 0.9 * highest) --last;
    // The coarse envelope is ahead of a rise and behind a fall.
    if (last < first + 2 * half_ + 16) return std::nullopt;
    first += half_;
    last -= half_;
    // A second of a tone tells as much as a minute.
    const auto longest = static_cast<std::size_t>(1e9 / static_cast<double>(waveform_.period_ns));
    if (last - first > longest && longest >= 16) last = first + longest;
    return MeasureTone({x_.data() + first, last - first},
                       1e9 / static_cast<double>(waveform_.period_ns));
  }

  bool FindEdges(std::size_t first, std::size_t last, double fundamental_hz, Pulse& pulse) {
    const double period = 1e9 / (fundamental_hz * static_cast<double>(waveform_.period_ns));
    const auto margin = static_cast<std::size_t>(2 * period) + 1;
    const std::vector<EnvelopePoint> envelope = PeriodPeaks(
        x_, first > margin ? first - margin : 0, std::min(last + margin, x_.size()), period);
    const double full = FullLevel(envelope);
    const auto rise_low = FirstCrossing(envelope.begin(), envelope.end(), 0.1 * full);
    const auto rise_high = FirstCrossing(envelope.begin(), envelope.end(), 0.9 * full);
    const auto fall_low = FirstCrossing(envelope.rbegin(), envelope.rend(), 0.1 * full);
    const auto fall_high = FirstCrossing(envelope.rbegin(), envelope.rend(), 0.9 * full);
    const bool found = rise_low && rise_high && fall_low && fall_high && *rise_high < *fall_high;
    if (!found) return false;
    pulse.rise_s = SecondsOf(*rise_high - *rise_low);
    pulse.fall_s = SecondsOf(*fall_low - *fall_high);
    pulse.time.begin_ns = TimeOf(*rise_high);
    pulse.time.end_ns = TimeOf(*fall_high);
    return true;
  }

  const Waveform& waveform_;
  const Span span_;
  std::vector<double> x_;
  std::int64_t begin_ns_ = 0;
  std::size_t half_ = 0;
  SoundTrack track_;
};

}  // namespace

SoundTrack TrackWaveform(const Waveform& waveform, Span span) {
  return WaveformTracker(waveform, span).Do();
}

}  // namespace rig::check
