#include "rig/check/score/beat_series.h"

#include <algorithm>

namespace rig::score {
namespace {

Interval AhaShutdown(const BeatSeries& series, std::int64_t next, std::int64_t window) {
  const std::int64_t beat = series.beats.empty() ? 0 : series.beats.back().time;
  const std::int64_t vf = series.fibrillation.empty() ? -1 : series.fibrillation.back().end;
  const std::int64_t end = next - window;
  return {std::min(std::max(beat, vf) + window, end), end};
}

}  // namespace

BeatSeries ReadBeatSeries(const Annotations& annotations, std::int64_t window) {
  BeatSeries series;
  for (std::size_t i = 0; i < annotations.size(); ++i) {
    const Annotation& annotation = annotations[i];
    if (IsBeat(annotation.label)) {
      series.beats.push_back(annotation);
    } else if (annotation.label == Label::kUnreadable) {
      if (i + 1 == annotations.size()) {
        series.shutdown.push_back({annotation.time, kNever});
      } else if (annotations[i + 1].label == Label::kReadable) {
        series.shutdown.push_back({annotation.time, annotations[++i].time});
      } else {
        series.shutdown.push_back(AhaShutdown(series, annotations[i + 1].time, window));
      }
    } else if (annotation.label == Label::kVfOn) {
      while (i + 1 < annotations.size() && annotations[i].label != Label::kVfOff) ++i;
      const bool ended = annotations[i].label == Label::kVfOff;
      series.fibrillation.push_back({annotation.time, ended ? annotations[i].time : kNever});
    }
  }
  return series;
}

bool Contains(const std::vector<Interval>& intervals, std::int64_t time) {
  const auto after =
      std::upper_bound(intervals.begin(), intervals.end(), time,
                       [](std::int64_t t, const Interval& interval) { return t < interval.begin; });
  // Neighbours may touch or, around AHA shutdowns, overlap by a window.
  for (auto it = after; it != intervals.begin() && after - it < 3;) {
    if (time <= (--it)->end) return true;
  }
  return false;
}

}  // namespace rig::score
