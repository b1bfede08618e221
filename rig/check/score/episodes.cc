#include "rig/check/score/episodes.h"

#include <algorithm>
#include <functional>

namespace rig::score {
namespace {

using Is = std::function<bool(Label)>;

bool IsRhythm(Label label) {
  return label == Label::kRhythmAf || label == Label::kRhythmAfOther || label == Label::kRhythmVf ||
         label == Label::kRhythmOther;
}

std::vector<Interval> Between(const Annotations& annotations, const Is& begins, const Is& ends,
                              std::int64_t record_end) {
  std::vector<Interval> episodes;
  bool on = false;
  for (const Annotation& annotation : annotations) {
    if (!on && begins(annotation.label)) {
      episodes.push_back({annotation.time, annotation.time});
      on = true;
    } else if (on && ends(annotation.label)) {
      episodes.back().end = annotation.time;
      on = false;
    }
  }
  if (on) episodes.back().end = std::max(record_end, annotations.back().time);
  return episodes;
}

std::vector<Interval> RhythmEpisodes(const Annotations& annotations, Label rhythm,
                                     std::int64_t record_end) {
  return Between(
      annotations, [=](Label label) { return label == rhythm; },
      [=](Label label) { return IsRhythm(label) && label != rhythm; }, record_end);
}

// Those that end within the period, cut to it.
std::vector<Interval> Cut(const std::vector<Interval>& episodes, Period period) {
  std::vector<Interval> cut;
  for (Interval episode : episodes) {
    if (episode.end < period.start) continue;
    if (period.end > 0 && episode.begin >= period.end) continue;
    episode.begin = std::max(episode.begin, period.start);
    if (period.end > 0) episode.end = std::min(episode.end, period.end);
    cut.push_back(episode);
  }
  return cut;
}

// What is left of each episode outside of the excluded intervals; none of one wholly within.
std::vector<std::vector<Interval>> Outside(const std::vector<Interval>& episodes,
                                           const std::vector<Interval>& excluded) {
  std::vector<std::vector<Interval>> kept;
  for (const Interval& episode : episodes) {
    std::vector<Interval> parts;
    std::int64_t from = episode.begin;
    bool ended = false;
    for (const Interval& hole : excluded) {
      if (hole.end < from || hole.begin > episode.end) continue;
      if (hole.begin > from) parts.push_back({from, hole.begin});
      from = hole.end;
      ended = hole.end >= episode.end;
    }
    if (!ended) parts.push_back({from, episode.end});
    if (!parts.empty()) kept.push_back(std::move(parts));
  }
  return kept;
}

struct Direction {
  Fraction episodes;
  Fraction duration;
};

Direction Compare(const std::vector<std::vector<Interval>>& episodes,
                  const std::vector<Interval>& others) {
  Direction direction;
  for (const std::vector<Interval>& parts : episodes) {
    std::int64_t overlap = 0;
    for (const Interval& part : parts) {
      direction.duration.trials += part.end - part.begin;
      for (const Interval& other : others) {
        overlap += std::max<std::int64_t>(
            0, std::min(part.end, other.end) - std::max(part.begin, other.begin));
      }
    }
    ++direction.episodes.trials;
    direction.episodes.hits += overlap > 0 ? 1 : 0;
    direction.duration.hits += overlap;
  }
  return direction;
}

}  // namespace

std::vector<Interval> EpisodesOf(const Annotations& annotations, EpisodeKind kind,
                                 std::int64_t record_end) {
  switch (kind) {
    case EpisodeKind::kVf:
      return Between(
          annotations, [](Label label) { return label == Label::kVfOn; },
          [](Label label) { return label == Label::kVfOff; }, record_end);
    case EpisodeKind::kVfRhythm:
      return RhythmEpisodes(annotations, Label::kRhythmVf, record_end);
    case EpisodeKind::kAf:
      return RhythmEpisodes(annotations, Label::kRhythmAf, record_end);
  }
  return {};
}

EpisodeScore ScoreEpisodes(const Annotations& reference, const Annotations& test, EpisodeKind kind,
                           Period period) {
  const std::vector<Interval> reference_episodes = EpisodesOf(reference, kind, period.end);
  const std::vector<Interval> test_episodes = EpisodesOf(test, kind, period.end);
  std::vector<Interval> excluded;
  if (kind == EpisodeKind::kAf) {
    excluded = RhythmEpisodes(reference, Label::kRhythmAfOther, period.end);
  }
  const Direction sensitivity =
      Compare(Outside(Cut(reference_episodes, period), {}), test_episodes);
  const Direction predictivity =
      Compare(Outside(Cut(test_episodes, period), excluded), reference_episodes);
  return {sensitivity.episodes, predictivity.episodes, sensitivity.duration, predictivity.duration};
}

}  // namespace rig::score
