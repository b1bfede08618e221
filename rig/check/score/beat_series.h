#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "rig/check/score/annotation.h"

namespace rig::score {

struct Interval {
  std::int64_t begin;
  std::int64_t end;  // belongs to it
};

// Far after every annotation, and small enough that differences do not overflow.
inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max() / 4;

// One side of a beat-by-beat comparison.
struct BeatSeries {
  Annotations beats;                   // only beats, those within fibrillation left out
  std::vector<Interval> fibrillation;  // open at the end of the file: to kNever
  std::vector<Interval> shutdown;      // likewise
};

// Reads a series as `bxb` does: shutdown lasts from "unreadable" to a "readable" that follows at
// once; where another annotation follows (AHA database: one mark in the middle), from `window`
// after the last beat or end of fibrillation to `window` before that annotation.
BeatSeries ReadBeatSeries(const Annotations& annotations, std::int64_t window);

bool Contains(const std::vector<Interval>& intervals, std::int64_t time);

}  // namespace rig::score
