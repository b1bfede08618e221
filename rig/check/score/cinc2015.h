#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rig/base/result.h"

namespace rig::score {

struct AlarmDecisions {
  std::int64_t true_positives = 0;   // a true alarm, kept
  std::int64_t true_negatives = 0;   // a false alarm, suppressed
  std::int64_t false_positives = 0;  // a false alarm, kept
  std::int64_t false_negatives = 0;  // a true alarm, suppressed
  std::int64_t total() const {
    return true_positives + true_negatives + false_positives + false_negatives;
  }
};

// The score of the PhysioNet/CinC Challenge 2015, in percent: (TP + TN) / (TP + TN + FP + 5 FN).
// Errors: INVALID_ARGUMENT for no decision at all.
Result<double> Cinc2015Score(const AlarmDecisions& decisions);

struct LabelledAlarm {
  std::string record;
  std::string type;  // "Asystole"; empty where the file tells none
  bool is_true;
};

// Lines "record,type,0|1" (the challenge's ALARMS) or "record,0|1" (an entry's answers). Errors:
// INVALID_ARGUMENT as "name:line: what, expected what", also for a record named twice.
Result<std::vector<LabelledAlarm>> ParseAlarmList(std::string_view text, const std::string& name);

// By set: "gross", each alarm type, and the challenge's two events: "real-time" (records whose name
// ends in s: the signal ends with the alarm) and "retrospective" (ends in l: 30 s more).
// Every record of `truth` needs an answer and no other may have one. Errors: INVALID_ARGUMENT.
Result<std::map<std::string, AlarmDecisions>> DecideAlarms(
    const std::vector<LabelledAlarm>& truth, const std::vector<LabelledAlarm>& answers);

}  // namespace rig::score
