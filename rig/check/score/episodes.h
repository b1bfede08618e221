#pragma once

#include <cstdint>
#include <vector>

#include "rig/check/score/annotation.h"
#include "rig/check/score/beat_series.h"

namespace rig::score {

enum class EpisodeKind {
  kVf,        // between the marks "[" and "]"
  kVfRhythm,  // rhythm changes to (VF…, for records that annotate VF in no other way
  kAf,        // rhythm changes to (AFIB
};

struct EpisodeScore {
  Fraction sensitivity;           // episodes of the reference that overlap one of the test
  Fraction predictivity;          // episodes of the test that overlap one of the reference
  Fraction duration_sensitivity;  // ticks of overlap of the reference's
  Fraction duration_predictivity;
};

// Episode by episode, after EC57 with the rules of WFDB's `epicmp`: any overlap is a match;
// episodes that end before the period do not count, what lies outside of it is cut off; an episode
// without an end lasts to the record's end, or to the last annotation. Test episodes of AF are
// scored only outside of the reference's atrial flutter.
EpisodeScore ScoreEpisodes(const Annotations& reference, const Annotations& test, EpisodeKind kind,
                           Period period);

// The episodes themselves, before anything is cut off.
std::vector<Interval> EpisodesOf(const Annotations& annotations, EpisodeKind kind,
                                 std::int64_t record_end);

}  // namespace rig::score
