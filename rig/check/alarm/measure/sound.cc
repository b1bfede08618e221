#include "rig/check/alarm/measure/sound.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rig::check {
namespace {

using Q = AlarmQuantity;

constexpr std::int64_t kToneHoldNs = 10'000'000;

double ToSeconds(std::int64_t ns) { return 1e-9 * static_cast<double>(ns); }

double GapSeconds(const Pulse& a, const Pulse& b) {
  return ToSeconds(b.time.begin_ns - a.time.end_ns);
}

// One pulse out of the high phases [first, last) of a square wave.
Pulse MergeTone(const std::vector<OnTime>& on, std::size_t first, std::size_t last) {
  Pulse pulse;
  pulse.time = on[first];
  pulse.time.end_ns = on[last - 1].end_ns;
  pulse.time.end_seen = on[last - 1].end_seen;
  const std::size_t begin = on[first].begin_seen ? first : first + 1;
  if (last < begin + 2) return pulse;
  const double periods = static_cast<double>(last - 1 - begin);
  const double length_s = ToSeconds(on[last - 1].begin_ns - on[begin].begin_ns);
  pulse.fundamental_hz = periods / length_s;
  return pulse;
}

}  // namespace

SoundTrack TrackGate(const Steps& steps, std::int64_t end_ns, Span span, Duration hold) {
  SoundTrack track;
  OnTimes times = ReadOnTimes(steps, end_ns, span);
  track.unknown = std::move(times.unknown);
  for (const OnTime& on : times.on) track.pulses.push_back({.time = on});
  track.uncertainty_s = 2 * Seconds(hold);
  track.no_tone = "not measured: the trace holds when it sounds, not the tone";
  track.no_envelope = "not measured: the sound is recorded from a digital pin, without a waveform";
  return track;
}

SoundTrack TrackToneEdges(const Steps& steps, std::int64_t end_ns, Span span) {
  SoundTrack track;
  const OnTimes times = ReadOnTimes(steps, end_ns, span);
  track.unknown = times.unknown;
  const auto& on = times.on;
  for (std::size_t first = 0; first < on.size();) {
    std::size_t last = first + 1;
    while (last < on.size() && on[last].begin_ns - on[last - 1].end_ns <= kToneHoldNs) ++last;
    track.pulses.push_back(MergeTone(on, first, last));
    // The tone's own period: its level at either end of the pulse may be the low one.
    const double tone_hz = track.pulses.back().fundamental_hz;
    if (tone_hz > 0) track.uncertainty_s = std::max(track.uncertainty_s, 1 / tone_hz);
    first = last;
  }
  track.no_tone = "not measured: no pulse has two whole periods";
  track.no_envelope = "not measured: the sound is recorded from a digital pin, without a waveform";
  return track;
}

std::vector<Burst> GroupBursts(const SoundTrack& track, Span span) {
  std::vector<Burst> bursts;
  const auto& pulses = track.pulses;
  for (std::size_t first = 0; first < pulses.size();) {
    std::size_t last = first + 1;
    while (last < pulses.size() &&
           pulses[last].time.begin_ns - pulses[last - 1].time.end_ns < kBurstSilenceNs) {
      ++last;
    }
    const std::int64_t before = first == 0 ? span.from_ns : pulses[first - 1].time.end_ns;
    const std::int64_t after = last == pulses.size() ? span.until_ns : pulses[last].time.begin_ns;
    const bool complete = pulses[first].time.begin_seen && pulses[last - 1].time.end_seen &&
                          pulses[first].time.begin_ns - before >= kBurstSilenceNs &&
                          after - pulses[last - 1].time.end_ns >= kBurstSilenceNs;
    bursts.push_back({{pulses.begin() + static_cast<std::ptrdiff_t>(first),
                       pulses.begin() + static_cast<std::ptrdiff_t>(last)},
                      complete});
    first = last;
  }
  return bursts;
}

std::string GroupsOf(const Burst& burst) {
  std::vector<double> gaps;
  for (std::size_t i = 0; i + 1 < burst.pulses.size(); ++i) {
    gaps.push_back(GapSeconds(burst.pulses[i], burst.pulses[i + 1]));
  }
  std::vector<double> sorted = gaps;
  std::sort(sorted.begin(), sorted.end());
  const double limit = sorted.empty() ? 0 : 1.5 * sorted[sorted.size() / 2];
  std::string text;
  int size = 1;
  for (const double gap : gaps) {
    if (gap > limit) {
      text += fmt::format("{}-", size);
      size = 0;
    }
    ++size;
  }
  return text + std::to_string(size);
}

namespace {

// The limits of one track, measured.
class SoundMeasurement {
 public:
  SoundMeasurement(const AlarmLimit& limit, const SoundTrack& track,
                   const std::vector<Burst>& bursts, Span span)
      : limit_(limit), track_(track), bursts_(bursts), span_(span) {}

  Measured Do() {
    switch (limit_.quantity) {
      case Q::kPulseCount:
        Counts();
        break;
      case Q::kPulseGroups:
        Groups();
        break;
      case Q::kPulseSpacing:
      case Q::kFivesGap:
        Spacings();
        break;
      case Q::kBurstInterval:
        Intervals();
        break;
      case Q::kPulseWidth:
        Widths();
        break;
      case Q::kFundamental:
      case Q::kHarmonics:
      case Q::kRiseShare:
        EachPulse();
        break;
      case Q::kRiseAndFallShare:
        RiseAndFall();
        break;
      case Q::kSilence:
        Silence();
        break;
      default:
        result_.missing = "is not of sound";
    }
    return std::move(result_);
  }

 private:
  void Add(double value, std::int64_t at_ns, double uncertainty, Bound bound = Bound::kExact) {
    result_.values.push_back({value, at_ns, uncertainty, bound});
  }

  void Counts() {
    bool any = false;
    for (const Burst& burst : bursts_) {
      any = any || burst.complete;
      Add(static_cast<double>(burst.pulses.size()), burst.pulses[0].time.begin_ns, 0,
          burst.complete ? Bound::kExact : Bound::kAtLeast);
    }
    if (!any) result_.missing = NoBurst();
  }

  void Groups() {
    for (const Burst& burst : bursts_) {
      if (!burst.complete) continue;
      const std::string groups = GroupsOf(burst);
      if (groups != "3-2-3-2") {
        result_.violation = groups;
        result_.violation_ns = burst.pulses[0].time.begin_ns;
        return;
      }
      result_.observation = groups;
    }
    if (result_.observation.empty()) result_.missing = NoBurst();
  }

  bool IsAsked(std::size_t gap) const {
    if (limit_.quantity == Q::kFivesGap) return gap == 4;
    const bool between_groups = gap == 2 || gap == 4 || gap == 7;
    return limit_.priority != v1::AlarmSignalCheck::HIGH || !between_groups;
  }

  // Which gap is which is only known in a burst of the right size.
  bool HasRightSize(const Burst& burst) const {
    switch (limit_.priority) {
      case v1::AlarmSignalCheck::HIGH:
        return burst.pulses.size() == 10;
      case v1::AlarmSignalCheck::MEDIUM:
        return burst.pulses.size() == 3;
      default:
        return burst.pulses.size() <= 2;
    }
  }

  void Spacings() {
    for (const Burst& burst : bursts_) {
      if (!burst.complete) continue;
      if (!HasRightSize(burst)) {
        result_.missing = fmt::format("which gap is which is not known in a burst of {} pulses",
                                      burst.pulses.size());
        continue;
      }
      for (std::size_t i = 0; i + 1 < burst.pulses.size(); ++i) {
        if (!IsAsked(i)) continue;
        Add(GapSeconds(burst.pulses[i], burst.pulses[i + 1]), burst.pulses[i].time.end_ns,
            track_.uncertainty_s);
      }
    }
    if (result_.missing.empty() && result_.values.empty()) {
      result_.missing = bursts_.empty() ? NoBurst() : "no whole burst with two pulses";
    }
  }

  void Intervals() {
    const bool has_longest = std::isfinite(limit_.high);
    std::int64_t since = span_.from_ns;
    bool silent = true;
    bool open = false;  // whether an end of the span says something of the limit
    std::size_t whole = 0;
    for (const Burst& burst : bursts_) {
      const OnTime& first = burst.pulses.front().time;
      const OnTime& last = burst.pulses.back().time;
      const bool is_first = &burst == &bursts_.front();
      if (!is_first || (has_longest && first.begin_seen)) {
        Add(ToSeconds(first.begin_ns - since), since, track_.uncertainty_s,
            is_first ? Bound::kAtLeast : Bound::kExact);
        whole += is_first ? 0 : 1;
      }
      since = last.end_ns;
      silent = last.end_seen;
    }
    if (silent && (has_longest || !bursts_.empty())) {
      const double rest_s = ToSeconds(span_.until_ns - since);
      Add(rest_s, since, track_.uncertainty_s, Bound::kAtLeast);
      open = !has_longest && rest_s >= limit_.low;
    }
    if (whole == 0 && !open) {
      result_.missing = bursts_.empty() ? "no burst within the span" : "no burst but one is seen";
    }
  }

  void Widths() {
    bool any = false;
    for (const Pulse& pulse : track_.pulses) {
      const bool whole = pulse.time.begin_seen && pulse.time.end_seen;
      any = any || whole;
      Add(ToSeconds(pulse.time.end_ns - pulse.time.begin_ns), pulse.time.begin_ns,
          track_.uncertainty_s, whole ? Bound::kExact : Bound::kAtLeast);
    }
    if (!any) result_.missing = "no whole pulse within the span";
  }

  void EachPulse() {
    const bool of_tone = limit_.quantity == Q::kFundamental;
    for (const Pulse& pulse : track_.pulses) {
      if (!pulse.time.begin_seen || !pulse.time.end_seen) continue;
      const MeasuredValue value = ValueOf(pulse);
      if (std::isfinite(value.value)) {
        result_.values.push_back(value);
      } else {
        result_.missing = of_tone ? track_.no_tone : track_.no_envelope;
      }
    }
    if (result_.missing.empty() && result_.values.empty()) {
      const std::string& why = of_tone ? track_.no_tone : track_.no_envelope;
      result_.missing = why.empty() ? "no whole pulse within the span" : why;
    }
  }

  MeasuredValue ValueOf(const Pulse& pulse) const {
    const std::int64_t at_ns = pulse.time.begin_ns;
    const double width_s = ToSeconds(pulse.time.end_ns - pulse.time.begin_ns);
    if (limit_.quantity == Q::kFundamental) {
      return {pulse.fundamental_hz, at_ns, pulse.fundamental_uncertainty_hz, Bound::kExact};
    }
    if (limit_.quantity == Q::kHarmonics) {
      return {pulse.harmonics < 0 ? kNotMeasured : pulse.harmonics, at_ns, 0, Bound::kExact};
    }
    return {pulse.rise_s / width_s, at_ns, track_.uncertainty_s / width_s, Bound::kExact};
  }

  void RiseAndFall() {
    for (const Burst& burst : bursts_) {
      for (std::size_t i = 0; i + 1 < burst.pulses.size(); ++i) {
        const Pulse& a = burst.pulses[i];
        const Pulse& b = burst.pulses[i + 1];
        const double gap_s = GapSeconds(a, b);
        const double share = (a.fall_s + b.rise_s) / gap_s;
        if (std::isfinite(share)) {
          Add(share, a.time.end_ns, 2 * track_.uncertainty_s / gap_s);
        } else {
          result_.missing = track_.no_envelope;
        }
      }
    }
    if (!result_.missing.empty() || !result_.values.empty()) return;
    result_.missing = track_.no_envelope.empty() ? "no two pulses of a burst" : track_.no_envelope;
  }

  void Silence() {
    if (track_.pulses.empty()) {
      result_.observation = "it was silent";
      return;
    }
    result_.violation = "it sounded";
    result_.violation_ns = track_.pulses.front().time.begin_ns;
  }

  std::string NoBurst() const {
    return bursts_.empty()
               ? "no burst within the span"
               : "no whole burst within the span, with 1.9 s of silence before and after";
  }

  const AlarmLimit& limit_;
  const SoundTrack& track_;
  const std::vector<Burst>& bursts_;
  const Span span_;
  Measured result_;
};

}  // namespace

Measured MeasureSound(const AlarmLimit& limit, const SoundTrack& track,
                      const std::vector<Burst>& bursts, Span span) {
  if (!track.unknown.empty()) {
    Measured measured;
    measured.missing = fmt::format("{} is {}", track.channel, track.unknown);
    return measured;
  }
  return SoundMeasurement(limit, track, bursts, span).Do();
}

}  // namespace rig::check
