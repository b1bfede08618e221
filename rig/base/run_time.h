#pragma once

#include <chrono>
#include <cstdint>

namespace rig {

// Nanoseconds since the run began. Its own clock type, so that it never mixes with wall time.
struct RunClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<RunClock>;
  static constexpr bool is_steady = true;
};

using Duration = RunClock::duration;
using RunTime = RunClock::time_point;

constexpr RunTime AtNanoseconds(std::int64_t ns) { return RunTime(Duration(ns)); }
constexpr std::int64_t Nanoseconds(RunTime t) { return t.time_since_epoch().count(); }
constexpr double Seconds(Duration d) { return static_cast<double>(d.count()) * 1e-9; }
constexpr double Seconds(RunTime t) { return Seconds(t.time_since_epoch()); }

}  // namespace rig
