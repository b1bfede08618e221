#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "sim_signals/body/rhythms.h"

namespace rig {

// Whether the ventricles contract: not in asystole, in ventricular fibrillation, and where the
// pulses of a pacemaker do not capture.
bool HasBeats(const v1::Rhythm& rhythm);

// What the heart does over a run, cycle after cycle: a pure function of the body's course and seed,
// so that each signal may hold a schedule of its own and all agree beat by beat. A rhythm ends at
// the instant the next one begins: no beat of it comes later.
class BeatSchedule {
 public:
  // `course` outlives this and is not empty.
  BeatSchedule(const BodyCourse& course, std::uint64_t seed) : course_(&course), seed_(seed) {}
  // The next cycle, ordered by at(); none when there will be no other.
  std::optional<HeartCycle> Next();

 private:
  const BodyCourse* course_;
  std::uint64_t seed_;
  std::size_t rhythm_ = 0;
  std::unique_ptr<RhythmModel> model_;  // of the rhythm, once it has begun
  std::optional<RunTime> last_r_;
  bool stood_still_ = false;  // since then
};

}  // namespace rig
