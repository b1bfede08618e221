#pragma once

#include <array>
#include <cstdint>

#include "rig/check/score/annotation.h"

namespace rig::score {

enum class RunKind { kVentricular, kSupraventricular };

inline constexpr int kLongRun = 6;  // and longer; episodes of VF or AF count as such
// counts[length in the reference][length in the test], 0 for none.
using RunMatrix = std::array<std::array<std::int64_t, kLongRun + 1>, kLongRun + 1>;

// Runs of consecutive ectopic beats: couplets (2), short (3 to 5), long runs (6 and more, VF, AF).
struct RunScore {
  RunMatrix sensitivity{};   // a row per run of the reference
  RunMatrix predictivity{};  // a column per run of the test
  Fraction CoupletSensitivity() const;
  Fraction CoupletPredictivity() const;
  Fraction ShortSensitivity() const;
  Fraction ShortPredictivity() const;
  Fraction LongSensitivity() const;
  Fraction LongPredictivity() const;
};

// Run by run, after EC57 with the rule of WFDB's `rxr`: for each run of one side, from `window`
// before its first beat to `window` after its last, the longest run of the other side within. Both
// directions are counted. A run that the record's end cuts is not counted. `window`: ticks.
RunScore ScoreRuns(const Annotations& reference, const Annotations& test, RunKind kind,
                   Period period, std::int64_t window);

}  // namespace rig::score
