#pragma once

#include <vector>

#include "rig/check/alarm/alarm_judge.h"
#include "rig/check/alarm/measure/light.h"
#include "rig/check/alarm/measure/sound.h"

namespace rig::check {

// Sound and light of an alarm as written down in a test, in milliseconds.
struct PulseTrain {
  std::vector<std::int64_t> pulse_ms;  // of one burst: on, off, on, ..., the last off is the rest
  std::int64_t first_ms = 3000;
};

inline std::int64_t Ns(std::int64_t ms) { return ms * 1'000'000; }

// 148 ms pulses 100 ms apart, 3-2-3-2, as the standard has it.
inline PulseTrain HighBurst(std::int64_t width = 148, std::int64_t x = 100,
                            std::int64_t rest = 4000, std::int64_t fives = 800) {
  const std::int64_t g = 2 * x + width;
  return {{width, x, width, x, width, g, width, x, width, fives,
           width, x, width, x, width, g, width, x, width, rest}};
}

inline PulseTrain MediumBurst(std::int64_t width = 200, std::int64_t y = 200,
                              std::int64_t rest = 6000) {
  return {{width, y, width, y, width, rest}};
}

inline PulseTrain LowBurst(std::int64_t width = 200, std::int64_t y = 200,
                           std::int64_t rest = 20'000) {
  return {{width, y, width, rest}};
}

// The train repeated until `end_ms`.
inline Steps StepsOf(const PulseTrain& train, std::int64_t end_ms) {
  Steps steps{{0, 0}};
  std::int64_t t = train.first_ms;
  for (std::size_t i = 0; t < end_ms; i = (i + 1) % train.pulse_ms.size()) {
    Append(steps, 2 * Ns(t), i % 2 == 0 ? 1 : 0);
    t += train.pulse_ms[i];
  }
  return steps;
}

inline Steps FlashSteps(std::int64_t on_ms, std::int64_t off_ms, std::int64_t end_ms) {
  return StepsOf({{on_ms, off_ms}, 0}, end_ms);
}

inline v1::AlarmSignalCheck CheckOf(AlarmPriority priority, std::vector<std::string> clauses = {},
                                    std::int64_t until_ms = 60'000) {
  v1::AlarmSignalCheck check;
  check.set_priority(priority);
  check.set_edition(v1::AlarmSignalCheck::IEC_60601_1_8_2012);
  check.set_sound("buzzer");
  check.set_from(0);
  check.set_until(Ns(until_ms));
  for (std::string& clause : clauses) check.add_clauses(std::move(clause));
  return check;
}

inline Lamp LampOf(LampColour colour, const Steps& steps, std::int64_t until_ms = 60'000) {
  return {colour, "observed.lamp", ReadOnTimes(steps, Ns(until_ms), {0, Ns(until_ms)})};
}

// The result of one limit, VERDICT_UNSET when there is none of that name.
inline v1::CheckResult ResultOf(const std::vector<v1::CheckResult>& results,
                                std::string_view name) {
  for (const v1::CheckResult& result : results) {
    if (result.id() == name) return result;
  }
  return {};
}

// A sound judged by one limit over [0, until].
inline v1::CheckResult JudgeSound(const Steps& steps, AlarmPriority priority,
                                  const std::string& name, std::int64_t until_ms = 60'000) {
  const Span span{0, Ns(until_ms)};
  const ObservedAlarm observed{
      .span = span, .sound = TrackGate(steps, span.until_ns, span, Duration(0)), .lamps = {}};
  return ResultOf(JudgeAlarm(CheckOf(priority, {}, until_ms), observed, v1::GUARD_BAND), name);
}

inline v1::CheckResult JudgeLamps(const std::vector<Lamp>& lamps, AlarmPriority priority,
                                  const std::string& name) {
  const ObservedAlarm observed{.span = {0, Ns(60'000)}, .sound = {}, .lamps = lamps};
  return ResultOf(JudgeAlarm(CheckOf(priority), observed, v1::GUARD_BAND), name);
}

}  // namespace rig::check
