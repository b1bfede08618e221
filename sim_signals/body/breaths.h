#pragma once

#include <cstdint>
#include <optional>

#include "sim_signals/body/course.h"

namespace rig {

// One breath: inspiration, then expiration until the next one or a pause.
struct Breath {
  RunTime begin;  // of the inspiration
  Duration period;
  double inspiration;    // its share of the period
  double depth_m3;       // tidal volume
  bool shut;             // effort without flow
  std::uint64_t number;  // from 1 on

  RunTime end() const { return begin + period; }
  // 0 at the begin, 1 at the end.
  double PhaseAt(RunTime t) const { return Seconds(t - begin) / Seconds(period); }
};

// The breaths of a body, one after the other: a pure function of its course and seed, so that each
// signal may hold a schedule of its own and all agree. A breath that has begun goes on to its end
// when the breathing changes.
class BreathSchedule {
 public:
  // `course` outlives this and is not empty.
  BreathSchedule(const BodyCourse& course, std::uint64_t seed);
  // The next breath; none when there will be no other.
  std::optional<Breath> Next();

 private:
  const BodyCourse* course_;
  std::uint64_t key_;
  std::size_t section_ = 0;
  RunTime free_;  // no breath begins before
  std::uint64_t number_ = 0;
};

// Which breath an instant lies in, for instants that do not decrease.
class BreathCursor {
 public:
  explicit BreathCursor(BreathSchedule schedule) : schedule_(schedule), next_(schedule_.Next()) {}
  // None between breaths: apnoea.
  const Breath* At(RunTime t) {
    while (next_ && next_->begin <= t) {
      current_ = next_;
      next_ = schedule_.Next();
    }
    return current_ && t < current_->end() ? &*current_ : nullptr;
  }

 private:
  BreathSchedule schedule_;
  std::optional<Breath> current_, next_;
};

}  // namespace rig
