#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "rig/check/therapy/judge.h"

namespace rig::therapy {

inline constexpr std::int64_t kSecond = 1'000'000'000;

inline RunTime T(double s) { return AtNanoseconds(static_cast<std::int64_t>(s * 1e9)); }

template <typename F>
void Put(check::Signals& signals, const std::string& name, F at, int until_s, int step_s = 1) {
  std::vector<StepPoint> points;
  for (int s = 0; s <= until_s; s += step_s) points.push_back({T(s), at(s)});
  check::Signal signal;
  signal.Add(points);
  signals.channels[name] = std::move(signal);
  signals.end = T(until_s);
}

// A channel whose value is known to `expanded` and whose time stamps to `time_s`, k = 2.
inline uncertainty::Budgets Known(const std::string& channel, double expanded, double time_s = 0) {
  uncertainty::Budgets budgets;
  budgets[channel].set_expanded(expanded);
  budgets[channel].set_time_standard_s(time_s / 2);
  return budgets;
}

inline v1::PulseTrainCheck Pulses() {
  v1::PulseTrainCheck check;
  check.set_channel("observed.lamp");
  check.set_to(10 * kSecond);
  check.set_rate_min(1.4);
  check.set_rate_max(2.8);
  check.set_width_min(kSecond / 20);
  check.set_width_max(kSecond / 5);
  return check;
}

}  // namespace rig::therapy
