#include "rig/check/alarm/measure/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "rig/base/names.h"

namespace rig::check {
namespace {

using Check = v1::AlarmSignalCheck;
using Q = AlarmQuantity;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr auto kHigh = Check::HIGH;
constexpr auto kMedium = Check::MEDIUM;
constexpr auto kLow = Check::LOW;
constexpr auto kNone = Check::NONE;

// The standard is sold and was not read. "recall": from memory, to be confirmed against the text.
// "class IEC_60601_1_8_Pulse": a public script that checks pulses against the 2007 text.
#define LIGHT "IEC 60601-1-8, 6.3.2.2.2 (recall)"
#define TABLE3 "IEC 60601-1-8, 6.3.3.1, Table 3 (recall)"
#define TABLE3_COUNT "IEC 60601-1-8, 6.3.3.1, Table 3 (recall; counts also in public pulse scripts)"
#define TABLE3_Y "IEC 60601-1-8, 6.3.3.1, Table 3 (public class IEC_60601_1_8_Pulse)"
#define TABLE4_TONE "IEC 60601-1-8, Table 4 (public class IEC_60601_1_8_Pulse; puiaudio.com)"
#define TABLE4_WIDTH "IEC 60601-1-8, Table 4 (recall)"
#define TABLE4_RISE "IEC 60601-1-8:2006, Table 4 (public class IEC_60601_1_8_Pulse)"
#define TABLE4_RISE_A1 "IEC 60601-1-8:2006+A1:2012, Table 4 (recall)"

constexpr std::array kLimits = {
    // clang-format off
    // Light.
    AlarmLimit{"ALM-2.colour", kHigh, Q::kLampColour, -kInf, kInf, "", "the red lamp, no other", "all", LIGHT},
    AlarmLimit{"ALM-2.rate", kHigh, Q::kFlashRate, 1.4, 2.8, "Hz", "flash rate", "all", LIGHT},
    AlarmLimit{"ALM-2.duty", kHigh, Q::kFlashDuty, 0.2, 0.6, "%", "flash duty", "all", LIGHT},
    AlarmLimit{"ALM-3.colour", kMedium, Q::kLampColour, -kInf, kInf, "", "the yellow lamp, no other", "all", LIGHT},
    AlarmLimit{"ALM-3.rate", kMedium, Q::kFlashRate, 0.4, 0.8, "Hz", "flash rate", "all", LIGHT},
    AlarmLimit{"ALM-3.duty", kMedium, Q::kFlashDuty, 0.2, 0.6, "%", "flash duty", "all", LIGHT},
    AlarmLimit{"ALM-4.colour", kLow, Q::kLampColour, -kInf, kInf, "", "the yellow or cyan lamp, not red", "all", LIGHT},
    AlarmLimit{"ALM-4.steady", kLow, Q::kLampSteady, -kInf, kInf, "", "a steady lamp", "all", LIGHT},
    // Bursts.
    AlarmLimit{"ALM-5.count", kHigh, Q::kPulseCount, 10, 10, "1", "pulses of a burst", "all", TABLE3_COUNT},
    AlarmLimit{"ALM-5.count", kMedium, Q::kPulseCount, 3, 3, "1", "pulses of a burst", "all", TABLE3_COUNT},
    AlarmLimit{"ALM-5.count", kLow, Q::kPulseCount, 1, 2, "1", "pulses of a burst", "all", TABLE3_COUNT},
    AlarmLimit{"ALM-5.groups", kHigh, Q::kPulseGroups, -kInf, kInf, "", "pulses in groups of 3-2-3-2", "all", TABLE3},
    AlarmLimit{"ALM-6.spacing", kHigh, Q::kPulseSpacing, 0.050, 0.125, "s", "pulse spacing x", "all", TABLE3},
    AlarmLimit{"ALM-6.spacing", kMedium, Q::kPulseSpacing, 0.125, 0.250, "s", "pulse spacing y", "all", TABLE3_Y},
    AlarmLimit{"ALM-6.spacing", kLow, Q::kPulseSpacing, 0.125, 0.250, "s", "pulse spacing y", "all", TABLE3_Y},
    AlarmLimit{"ALM-6.fives_gap", kHigh, Q::kFivesGap, 0.35, 1.3, "s", "gap between 5th and 6th pulse", "all", TABLE3},
    AlarmLimit{"ALM-7.interval", kHigh, Q::kBurstInterval, 2.5, 15, "s", "interburst interval", "all", TABLE3},
    AlarmLimit{"ALM-7.interval", kMedium, Q::kBurstInterval, 2.5, 30, "s", "interburst interval", "all", TABLE3},
    AlarmLimit{"ALM-7.interval", kLow, Q::kBurstInterval, 15, kInf, "s", "interburst interval", "all", TABLE3},
    // Pulses.
    AlarmLimit{"ALM-8.fundamental", kHigh, Q::kFundamental, 150, 1000, "Hz", "fundamental of a pulse", "all", TABLE4_TONE},
    AlarmLimit{"ALM-8.fundamental", kMedium, Q::kFundamental, 150, 1000, "Hz", "fundamental of a pulse", "all", TABLE4_TONE},
    AlarmLimit{"ALM-8.fundamental", kLow, Q::kFundamental, 150, 1000, "Hz", "fundamental of a pulse", "all", TABLE4_TONE},
    AlarmLimit{"ALM-8.harmonics", kHigh, Q::kHarmonics, 4, kInf, "1", "harmonics from 300 to 4000 Hz within 15 dB of the fundamental", "all", TABLE4_TONE},
    AlarmLimit{"ALM-8.harmonics", kMedium, Q::kHarmonics, 4, kInf, "1", "harmonics from 300 to 4000 Hz within 15 dB of the fundamental", "all", TABLE4_TONE},
    AlarmLimit{"ALM-8.harmonics", kLow, Q::kHarmonics, 4, kInf, "1", "harmonics from 300 to 4000 Hz within 15 dB of the fundamental", "all", TABLE4_TONE},
    AlarmLimit{"ALM-9.width", kHigh, Q::kPulseWidth, 0.075, 0.200, "s", "pulse width", "all", TABLE4_WIDTH},
    AlarmLimit{"ALM-9.width", kMedium, Q::kPulseWidth, 0.125, 0.250, "s", "pulse width", "all", TABLE4_WIDTH},
    AlarmLimit{"ALM-9.width", kLow, Q::kPulseWidth, 0.125, 0.250, "s", "pulse width", "all", TABLE4_WIDTH},
    AlarmLimit{"ALM-9.rise", kHigh, Q::kRiseShare, 0.10, 0.20, "%", "rise time over pulse width", "2006", TABLE4_RISE},
    AlarmLimit{"ALM-9.rise", kMedium, Q::kRiseShare, 0.10, 0.20, "%", "rise time over pulse width", "2006", TABLE4_RISE},
    AlarmLimit{"ALM-9.rise", kLow, Q::kRiseShare, 0.10, 0.20, "%", "rise time over pulse width", "2006", TABLE4_RISE},
    AlarmLimit{"ALM-9.rise", kHigh, Q::kRiseShare, 0.10, 0.40, "%", "rise time over pulse width", "2012", TABLE4_RISE_A1},
    AlarmLimit{"ALM-9.rise", kMedium, Q::kRiseShare, 0.10, 0.40, "%", "rise time over pulse width", "2012", TABLE4_RISE_A1},
    AlarmLimit{"ALM-9.rise", kLow, Q::kRiseShare, 0.10, 0.40, "%", "rise time over pulse width", "2012", TABLE4_RISE_A1},
    AlarmLimit{"ALM-9.rise_fall", kHigh, Q::kRiseAndFallShare, -kInf, 1.0, "%", "fall time and next rise time over the spacing between", "all", TABLE4_RISE},
    AlarmLimit{"ALM-9.rise_fall", kMedium, Q::kRiseAndFallShare, -kInf, 1.0, "%", "fall time and next rise time over the spacing between", "all", TABLE4_RISE},
    AlarmLimit{"ALM-9.rise_fall", kLow, Q::kRiseAndFallShare, -kInf, 1.0, "%", "fall time and next rise time over the spacing between", "all", TABLE4_RISE},
    // No alarm: nothing lights, nothing sounds.
    AlarmLimit{"none.light", kNone, Q::kLampsDark, -kInf, kInf, "", "no alarm lamp", "all", "expected priority none"},
    AlarmLimit{"none.sound", kNone, Q::kSilence, -kInf, kInf, "", "no alarm sound", "all", "expected priority none"},
    // clang-format on
};

std::string_view EditionText(AlarmEdition edition) {
  switch (edition) {
    case Check::IEC_60601_1_8_2006:
      return "2006";
    case Check::IEC_60601_1_8_2012:
      return "2012";
    default:
      return "";
  }
}

bool Names(std::string_view clause, std::string_view name) {
  return clause == name || clause == name.substr(0, name.find('.'));
}

}  // namespace

std::span<const AlarmLimit> AllAlarmLimits() { return kLimits; }

Result<std::vector<const AlarmLimit*>> SelectAlarmLimits(AlarmPriority priority,
                                                         AlarmEdition edition,
                                                         const std::vector<std::string>& clauses,
                                                         int& bad) {
  const std::string_view year = EditionText(edition);
  std::vector<const AlarmLimit*> applicable;
  std::vector<std::string> known;
  for (const AlarmLimit& limit : kLimits) {
    const bool applies =
        limit.priority == priority && (limit.edition == "all" || limit.edition == year);
    if (!applies) continue;
    applicable.push_back(&limit);
    known.emplace_back(limit.name);
  }
  bad = -1;
  std::vector<bool> wanted(applicable.size(), clauses.empty());
  for (std::size_t c = 0; c < clauses.size(); ++c) {
    bool found = false;
    for (std::size_t i = 0; i < applicable.size(); ++i) {
      if (!Names(clauses[c], applicable[i]->name)) continue;
      wanted[i] = true;
      found = true;
    }
    if (found) continue;
    bad = static_cast<int>(c);
    return MakeError(Code::kInvalidArgument,
                     fmt::format("no clause \"{}\" for priority {}; expected {}", clauses[c],
                                 PriorityText(priority), OneOf(clauses[c], known)));
  }
  std::vector<const AlarmLimit*> selected;
  for (std::size_t i = 0; i < applicable.size(); ++i) {
    if (wanted[i]) selected.push_back(applicable[i]);
  }
  return selected;
}

std::string PriorityText(AlarmPriority priority) {
  switch (priority) {
    case Check::HIGH:
      return "high";
    case Check::MEDIUM:
      return "medium";
    case Check::LOW:
      return "low";
    case Check::NONE:
      return "none";
    default:
      return "unset";
  }
}

bool IsOfLight(AlarmQuantity quantity) {
  return quantity == Q::kLampColour || quantity == Q::kFlashRate || quantity == Q::kFlashDuty ||
         quantity == Q::kLampSteady || quantity == Q::kLampsDark;
}

std::string ShowAlarmValue(double si, std::string_view unit) {
  if (unit == "%") return fmt::format("{:.4g} %", 100 * si);
  if (unit == "s" && std::fabs(si) < 1) return fmt::format("{:.4g} ms", 1000 * si);
  if (unit == "1" || unit.empty()) return fmt::format("{:.6g}", si);
  return fmt::format("{:.4g} {}", si, unit);
}

std::string ShowAlarmRange(const AlarmLimit& limit) {
  std::string low = ShowAlarmValue(limit.low, limit.unit);
  const std::string high = ShowAlarmValue(limit.high, limit.unit);
  if (limit.low == limit.high) return low;
  if (std::isinf(limit.high)) return "at least " + low;
  if (std::isinf(limit.low)) return "at most " + high;
  return low + " to " + high;
}

}  // namespace rig::check
