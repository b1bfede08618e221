#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rig/base/result.h"
#include "rig/v1/scenario.pb.h"

// The limits of alarm signals as rows of data: one row, one named check.
namespace rig::check {

using AlarmPriority = v1::AlarmSignalCheck::Priority;
using AlarmEdition = v1::AlarmSignalCheck::Edition;

// What a limit is held against; each is one measurement of light.h or sound.h.
enum class AlarmQuantity {
  kLampColour,
  kFlashRate,
  kFlashDuty,
  kLampSteady,
  kLampsDark,
  kPulseCount,
  kPulseGroups,
  kPulseSpacing,
  kFivesGap,
  kBurstInterval,
  kFundamental,
  kHarmonics,
  kPulseWidth,
  kRiseShare,
  kRiseAndFallShare,
  kSilence,
};

struct AlarmLimit {
  std::string_view name;  // "ALM-5.count": clause and what of it
  AlarmPriority priority;
  AlarmQuantity quantity;
  double low;   // SI, inclusive; -inf: none
  double high;  // SI, inclusive; +inf: none
  std::string_view unit;
  std::string_view what;     // "pulses of a burst"
  std::string_view edition;  // "all", or the one edition of IEC 60601-1-8 it holds for
  std::string_view source;
};

// Every row. The clause is the name up to the dot.
std::span<const AlarmLimit> AllAlarmLimits();

// Rows of a priority and edition; `clauses` narrows them to whole clauses ("ALM-9") or single
// limits ("ALM-9.width"), empty: all. Errors: INVALID_ARGUMENT naming the clause that does not
// apply to the priority, with its index in `clauses` in `bad`.
Result<std::vector<const AlarmLimit*>> SelectAlarmLimits(AlarmPriority priority,
                                                         AlarmEdition edition,
                                                         const std::vector<std::string>& clauses,
                                                         int& bad);

// "high"
std::string PriorityText(AlarmPriority priority);
bool IsOfLight(AlarmQuantity quantity);
// "75 ms", "1.4 Hz", "20 %", "10"
std::string ShowAlarmValue(double si, std::string_view unit);
// "75 ms to 200 ms", "at least 15 s", "10"
std::string ShowAlarmRange(const AlarmLimit& limit);

}  // namespace rig::check
