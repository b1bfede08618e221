#include "sim_signals/body/breaths.h"

#include <algorithm>
#include <cmath>

#include "sim_signals/random.h"

namespace rig {

BreathSchedule::BreathSchedule(const BodyCourse& course, std::uint64_t seed)
    : course_(&course),
      key_(StreamKey(seed, "body/breaths")),
      free_(course.breathing.front().first) {}

std::optional<Breath> BreathSchedule::Next() {
  const auto& timeline = course_->breathing;
  for (; section_ < timeline.size(); ++section_) {
    const auto& [begin, breathing] = timeline[section_];
    const bool last = section_ + 1 == timeline.size();
    free_ = std::max(free_, begin);
    if (breathing.rate() <= 0.0 || (!last && free_ >= timeline[section_ + 1].first)) continue;
    const double swing = std::clamp(GaussianAt(key_, number_), -3.0, 3.0);
    const double period_s = (1.0 + breathing.variation() * swing) / breathing.rate();
    const Duration period(static_cast<std::int64_t>(std::floor(period_s * 1e9 + 0.5)));
    const Breath breath{
        free_,    period, breathing.inspiration(), breathing.depth(), breathing.airway_shut(),
        ++number_};
    free_ += period;
    return breath;
  }
  return std::nullopt;
}

}  // namespace rig
