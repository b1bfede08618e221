#pragma once

#include <cstdint>

#include "rig/base/result.h"
#include "rig/base/run_time.h"
#include "rig/v1/brain.pb.h"
#include "sim_signals/brain/epileptor.h"

namespace rig {

// When seizures begin and end, if nothing shortens them. Times since the source or plant began.
class SeizureSchedule {
 public:
  // Errors: INVALID_ARGUMENT for a duration that is not above zero, an interval that leaves less
  // than 5 s between two seizures.
  static Result<SeizureSchedule> Create(const v1::SeizureCourse& course);
  // None at all.
  SeizureSchedule() = default;

  bool HasOnset(std::int64_t index) const { return some_ && (index == 0 || interval_.count() > 0); }
  Duration Onset(std::int64_t index) const { return onset_ + interval_ * index; }
  Duration duration() const { return duration_; }

 private:
  bool some_ = false;
  Duration onset_{}, duration_{}, interval_{};
};

// The seizures of one brain at their focus, on a grid of 1 ms: an Epileptor whose slow variable is
// put to kFirstZ at an onset, rises to kLastZ in the seizure's duration, and is put to kRestZ at
// its end. Between seizures it is at rest and silent. Volts, as an electrode's amplifier passes
// them on: first-order high-pass at 0.5 Hz.
//
// Onset: the slow variable is put below the saddle-node, with a push of 100 ms, at the first
// millisecond at or after the scheduled instant; the first discharge follows within 0.15 s. End:
// the slow variable leaves the discharging range; the last discharge ends within 0.15 s.
class SeizureFocus {
 public:
  // `key`: of the noise in the second population, as in Jirsa et al. 2014, while it seizes.
  SeizureFocus(const SeizureSchedule& schedule, double amplitude_v, std::uint64_t key);

  void StepMillisecond();
  // Moves the seizure on by a part of its natural course; nothing between seizures.
  void Shorten(Duration by);

  double volts() const { return amplitude_v_ / Epileptor::kDischarge * passed_; }
  bool seizing() const { return seizing_; }
  // How much of its natural course the seizure has behind it, 0 to 1; 0 between seizures.
  double progress() const;
  Duration since_onset() const { return now_ - begun_; }
  std::int64_t seizures() const { return seizures_; }  // that have begun

 private:
  void BeginOrEnd();

  SeizureSchedule schedule_;
  double amplitude_v_;
  std::uint64_t key_;
  Epileptor epileptor_;
  double passed_ = 0.0;  // behind the high-pass
  bool seizing_ = false;
  Duration now_{}, begun_{}, course_{};  // course_: how far its natural course has come
  std::int64_t seizures_ = 0;
};

}  // namespace rig
