#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "rig/check/alarm/alarm_judge.h"
#include "rig/check/alarm/episode.h"
#include "rig/check/alarm/measure/measured.h"
#include "rig/check/formula/signal.h"

namespace rig {
namespace {

using check::OnTime;
using check::OnTimes;

// When a signal is on for the first time from `from_ns` on.
std::optional<std::int64_t> FirstOn(const OnTimes& times, std::int64_t from_ns) {
  for (const OnTime& on : times.on) {
    if (on.end_ns > from_ns) return std::max(on.begin_ns, from_ns);
  }
  return std::nullopt;
}

// Whether a signal was on just before `at_ns`.
bool WasOn(const OnTimes& times, std::int64_t at_ns) {
  return std::any_of(times.on.begin(), times.on.end(), [&](const OnTime& on) {
    return on.begin_ns < at_ns && on.end_ns > at_ns - kLampPeriodNs;
  });
}

check::Measured MeanDelay(const OnTimes& condition, const OnTimes& sound, const OnTimes& lamp,
                          std::int64_t until_ns, double uncertainty_s) {
  check::Measured measured;
  double sum_s = 0;
  std::size_t count = 0;
  std::int64_t first_ns = 0;
  check::Bound bound = check::Bound::kExact;
  std::size_t standing = 0;
  for (const OnTime& on : condition.on) {
    if (!on.begin_seen) continue;
    ++count;
    if (count == 1) first_ns = on.begin_ns;
    if (WasOn(sound, on.begin_ns) || WasOn(lamp, on.begin_ns)) {
      ++standing;  // its delay is not known, and at least 0
      bound = check::Bound::kAtLeast;
      continue;
    }
    const auto heard = FirstOn(sound, on.begin_ns);
    const auto lit = FirstOn(lamp, on.begin_ns);
    if (!heard || !lit) bound = check::Bound::kAtLeast;
    const std::int64_t there_ns = std::max(heard.value_or(until_ns), lit.value_or(until_ns));
    sum_s += 1e-9 * static_cast<double>(there_ns - on.begin_ns);
  }
  if (count == 0) {
    measured.missing = "the condition never began within the span";
    return measured;
  }
  measured.values.push_back({sum_s / static_cast<double>(count), first_ns, uncertainty_s, bound});
  if (standing > 0) {
    measured.missing = fmt::format("sound or lamp was on before {} of {} onsets", standing, count);
  } else if (bound == check::Bound::kAtLeast) {
    measured.missing = "sound or lamp did not come on";
  }
  return measured;
}

}  // namespace

Result<v1::CheckResult> JudgeMeanDelay(const v1::AlarmEpisodeCheck& check, const TraceReader& trace,
                                       const uncertainty::Budgets& budgets, v1::DecisionRule rule) {
  const std::string sound = "observed." + check.sound();
  const std::string lamp = "observed." + check.lamp();
  RIG_TRY_ASSIGN(const check::Signals signals,
                 check::LoadSignals(trace, {check.condition(), sound, lamp}));
  std::string missing;
  const auto read = [&](const std::string& channel) {
    const auto found = signals.channels.find(channel);
    OnTimes times;
    if (found == signals.channels.end() || found->second.steps().empty()) {
      times.unknown = "not in the trace";
    } else {
      times = check::ReadOnTimes(found->second.steps(), Nanoseconds(signals.end),
                                 {check.from(), check.until()});
    }
    if (!times.unknown.empty()) missing = channel + " is " + times.unknown;
    return times;
  };
  const OnTimes condition = read(check.condition());
  const OnTimes heard = read(sound);
  const OnTimes lit = read(lamp);
  check::Measured measured;
  if (missing.empty()) {
    // What is wrong with one time stamp may be wrong with all of them: a mean is known no better.
    const double span_s = 1e-9 * static_cast<double>(check.until() - check.from());
    const double uncertainty_s =
        uncertainty::TimeUncertainty(budgets, std::vector{check.condition(), sound, lamp}, span_s);
    measured = MeanDelay(condition, heard, lit, check.until(), uncertainty_s);
  } else {
    measured.missing = missing;
  }
  const check::AlarmLimit limit{kMeanDelay,
                                v1::AlarmSignalCheck::PRIORITY_UNSET,
                                check::AlarmQuantity::kBurstInterval,
                                -std::numeric_limits<double>::infinity(),
                                1e-9 * static_cast<double>(check.delay().mean()),
                                "s",
                                "mean delay from condition to sound and lamp",
                                "all",
                                "IEC 60601-1-8, 6.4 (recall)"};
  return check::JudgeAlarmLimit(limit, measured, rule);
}

}  // namespace rig
