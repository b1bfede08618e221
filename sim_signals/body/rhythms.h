#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sim_signals/body/course.h"

namespace rig {

// One cycle of the heart. A blocked atrial beat has no `r`, a ventricular one no `p`, a pulse that
// does not capture neither.
struct HeartCycle {
  enum class Origin { kSinus, kVentricular };
  std::optional<RunTime> p;  // peak of the P wave
  std::optional<RunTime> r;  // peak of the R wave in lead II
  Origin origin = Origin::kSinus;
  double usual_s = 1.0;        // the rhythm's own interval: a beat that comes earlier pumps less
  double interval_s = 1.0;     // that ended with `r`, or the usual one across a standstill
  std::optional<double> rr_s;  // since the beat before; none across a standstill
  // One of three or more ventricular beats at 100/min or more that interrupt another rhythm.
  bool in_run = false;
  Origin usual_origin = Origin::kSinus;  // of the rhythm's regular beats
  double longest_s = 0.0;  // the rhythm's longest regular interval, where that is not usual_s
  std::optional<RunTime> atrial_pulse, ventricular_pulse;  // of a pacemaker

  // By which cycles are ordered.
  RunTime at() const {
    if (r) return *r;
    return p ? *p : ventricular_pulse ? *ventricular_pulse : *atrial_pulse;
  }
};

Duration FromSeconds(double s);  // to the nearest nanosecond

// What a rhythm begins with.
struct RhythmStart {
  const BodyCourse& course;  // outlives the rhythm
  std::uint64_t seed;        // of the body
  std::size_t index;         // of the rhythm in the course: names its random numbers
  RunTime begin;
  std::optional<RunTime> last_r;  // of what went before
};

// Cycles of one rhythm in the order of at(), without end; interval_s and rr_s are left to the
// schedule.
class RhythmModel {
 public:
  virtual ~RhythmModel() = default;
  virtual HeartCycle Next() = 0;
};

// The intervals of a rhythm's regular beats, in seconds; none of one without beats.
std::vector<double> UsualIntervals(const v1::Rhythm& rhythm);

// Null for rhythms without beats.
std::unique_ptr<RhythmModel> MakeRhythm(const v1::Rhythm& rhythm, const RhythmStart& start);

}  // namespace rig
