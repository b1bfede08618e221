#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "rig/check/score/annotation.h"

namespace rig::score {

// Rows: the reference's class; columns: the test's. O: no beat there; X: none, and the other side's
// signals were unreadable (shutdown).
enum BeatClass { kClassN, kClassS, kClassV, kClassF, kClassQ, kClassO, kClassX, kBeatClasses };
inline constexpr char kBeatClassNames[] = "NSVFQOX";

struct BeatScore {
  std::array<std::array<std::int64_t, kBeatClasses>, kBeatClasses> counts{};
  std::int64_t test_shutdown = 0;  // ticks, within the whole test file
  // Sums over the matrix as `bxb` forms them: fusions and unclassifiable beats called ventricular
  // are no false positives of the ventricular class.
  Fraction QrsSensitivity() const;
  Fraction QrsPredictivity() const;
  Fraction VentricularSensitivity() const;
  Fraction VentricularPredictivity() const;
  Fraction VentricularFalsePositives() const;  // of all that is not ventricular
  Fraction SupraventricularSensitivity() const;
  Fraction SupraventricularPredictivity() const;

 private:
  std::int64_t Row(BeatClass reference) const;       // all pairs of a reference class
  std::int64_t Detected(BeatClass reference) const;  // paired with a beat
  std::int64_t Extra(BeatClass test) const;          // paired with O or X of the reference
  std::int64_t Sum(std::span<const BeatClass> references, BeatClass test) const;
};

// Beat by beat, after EC57 with the pairing rule of WFDB's `bxb` (10.5.25 and later): in time
// order, the earlier of the two next beats is paired with the other side's next one if that lies
// within the window and there is no better candidate; beats during reference fibrillation are not
// counted. `window`: ticks.
BeatScore ScoreBeats(const Annotations& reference, const Annotations& test, Period period,
                     std::int64_t window);

}  // namespace rig::score
