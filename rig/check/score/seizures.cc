#include "rig/check/score/seizures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rig/check/score/beat_series.h"

namespace rig::score {
namespace {

Status CheckEvents(const std::vector<TimedEvent>& events, double recorded_s, const char* side) {
  double last = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const TimedEvent& event = events[i];
    const bool valid =
        event.onset_s >= last && event.end_s >= event.onset_s && event.end_s <= recorded_s;
    if (!valid) {
      return MakeError(Code::kInvalidArgument,
                       fmt::format("{} event {}: {} s to {} s; expected time order within 0 s to "
                                   "{} s",
                                   side, i + 1, event.onset_s, event.end_s, recorded_s));
    }
    last = event.onset_s;
  }
  return {};
}

std::vector<TimedEvent> Merge(const std::vector<TimedEvent>& events, double least_gap_s) {
  std::vector<TimedEvent> merged;
  for (const TimedEvent& event : events) {
    if (!merged.empty() && event.onset_s - merged.back().end_s < least_gap_s) {
      merged.back().end_s = std::max(merged.back().end_s, event.end_s);
    } else {
      merged.push_back(event);
    }
  }
  return merged;
}

std::vector<TimedEvent> Split(const std::vector<TimedEvent>& events, double longest_s) {
  std::vector<TimedEvent> parts;
  for (TimedEvent event : events) {
    while (event.end_s - event.onset_s > longest_s) {
      parts.push_back({event.onset_s, event.onset_s + longest_s});
      event.onset_s += longest_s;
    }
    parts.push_back(event);
  }
  return parts;
}

// Tenths of a second, half to even as numpy rounds; the end does not belong to it.
Interval TenthsOf(const TimedEvent& event) {
  return {static_cast<std::int64_t>(std::nearbyint(event.onset_s * 10)),
          static_cast<std::int64_t>(std::nearbyint(event.end_s * 10))};
}

// Whether all of `event` lies within the union of `found`, which is sorted by beginning.
bool Covered(Interval event, const std::vector<Interval>& found) {
  for (const Interval& interval : found) {
    if (interval.begin <= event.begin && event.begin < interval.end) event.begin = interval.end;
  }
  return event.begin >= event.end;
}

}  // namespace

Result<EventScore> ScoreEvents(const std::vector<TimedEvent>& reference,
                               const std::vector<TimedEvent>& test, double recorded_s,
                               const EventRules& rules) {
  const bool recorded = recorded_s > 0 && std::isfinite(recorded_s);
  if (!recorded) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("recording of {} s: expected a duration above 0", recorded_s));
  }
  RIG_TRY(CheckEvents(reference, recorded_s, "reference"));
  RIG_TRY(CheckEvents(test, recorded_s, "test"));
  std::vector<Interval> test_parts;
  for (const TimedEvent& event : Split(Merge(test, rules.least_gap_s), rules.longest_s)) {
    test_parts.push_back(TenthsOf(event));
  }
  EventScore score;
  score.recorded_s = recorded_s;
  std::vector<Interval> found;
  for (const TimedEvent& event : Split(Merge(reference, rules.least_gap_s), rules.longest_s)) {
    const Interval extended =
        TenthsOf({std::max(0.0, event.onset_s - rules.tolerance_before_s),
                  std::min(recorded_s, event.end_s + rules.tolerance_after_s)});
    const bool overlaps =
        std::any_of(test_parts.begin(), test_parts.end(), [&](const Interval& part) {
          return std::min(part.end, extended.end) > std::max(part.begin, extended.begin);
        });
    ++score.sensitivity.trials;
    if (!overlaps) continue;
    ++score.sensitivity.hits;
    found.push_back(extended);
  }
  for (const Interval& part : test_parts) score.false_positives += Covered(part, found) ? 0 : 1;
  score.precision = {score.sensitivity.hits, score.sensitivity.hits + score.false_positives};
  return score;
}

}  // namespace rig::score
