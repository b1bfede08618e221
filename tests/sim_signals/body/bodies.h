#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "sim_signals/body/beats.h"

namespace rig {

inline BodyCourse CourseOf(const std::vector<std::pair<double, std::string>>& steps) {
  BodyCourse course;
  for (const auto& [at_s, yaml] : steps) {
    v1::Body body;
    const auto loaded = LoadYamlText(yaml, "test", body);
    if (!loaded) throw std::runtime_error(loaded.error().message);  // GoogleTest reports it
    course.Add(AtNanoseconds(static_cast<std::int64_t>(at_s * 1e9)), body);
  }
  return course;
}
inline BodyCourse CourseOf(const std::string& yaml) { return CourseOf({{0.0, yaml}}); }

// The cycles before an instant.
inline std::vector<HeartCycle> Cycles(const BodyCourse& course, double until_s,
                                      std::uint64_t seed = 1) {
  BeatSchedule schedule(course, seed);
  std::vector<HeartCycle> cycles;
  while (auto cycle = schedule.Next()) {
    if (Seconds(cycle->at()) >= until_s) break;
    cycles.push_back(*cycle);
  }
  return cycles;
}

// Intervals between R peaks, in seconds.
inline std::vector<double> Intervals(const std::vector<HeartCycle>& cycles) {
  std::vector<double> intervals;
  std::optional<RunTime> last;
  for (const HeartCycle& cycle : cycles) {
    if (!cycle.r) continue;
    if (last) intervals.push_back(Seconds(*cycle.r - *last));
    last = cycle.r;
  }
  return intervals;
}

}  // namespace rig
