#include "sim_signals/body/beats.h"

namespace rig {

bool HasBeats(const v1::Rhythm& rhythm) {
  const bool no_capture = rhythm.has_paced() && !rhythm.paced().capture();
  return !no_capture && !rhythm.has_asystole() && !rhythm.has_ventricular_fibrillation();
}

std::optional<HeartCycle> BeatSchedule::Next() {
  const auto& rhythms = course_->rhythm;
  for (; rhythm_ < rhythms.size(); ++rhythm_, model_ = nullptr) {
    const auto& [begin, rhythm] = rhythms[rhythm_];
    if (model_ == nullptr) {
      stood_still_ = stood_still_ || !HasBeats(rhythm);
      model_ = MakeRhythm(rhythm, {*course_, seed_, rhythm_, begin, last_r_});
      if (model_ == nullptr) continue;
    }
    HeartCycle cycle = model_->Next();
    const bool last = rhythm_ + 1 == rhythms.size();
    if (!last && cycle.at() >= rhythms[rhythm_ + 1].first) continue;
    if (!cycle.r) return cycle;
    // An interval that spans an arrest is none: the first beat has the rhythm's own.
    constexpr double kLongest = 3.0;
    const double gap = last_r_ ? Seconds(*cycle.r - *last_r_) : 0.0;
    cycle.interval_s = last_r_ && gap <= kLongest * cycle.usual_s ? gap : cycle.usual_s;
    if (last_r_ && !stood_still_) cycle.rr_s = gap;
    stood_still_ = false;
    last_r_ = cycle.r;
    return cycle;
  }
  return std::nullopt;
}

}  // namespace rig
