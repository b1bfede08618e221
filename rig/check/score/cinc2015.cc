#include "rig/check/score/cinc2015.h"

#include <fmt/format.h>

#include <set>

namespace rig::score {
namespace {

constexpr char kGross[] = "gross";
constexpr char kRealTime[] = "real-time";
constexpr char kRetrospective[] = "retrospective";

std::vector<std::string_view> Split(std::string_view line, char separator) {
  std::vector<std::string_view> fields;
  while (true) {
    const auto at = line.find(separator);
    fields.push_back(line.substr(0, at));
    if (at == std::string_view::npos) return fields;
    line.remove_prefix(at + 1);
  }
}

void Count(bool is_true, bool kept, AlarmDecisions& decisions) {
  if (is_true) {
    ++(kept ? decisions.true_positives : decisions.false_negatives);
  } else {
    ++(kept ? decisions.false_positives : decisions.true_negatives);
  }
}

std::string EventOf(const std::string& record) {
  if (record.ends_with('s')) return kRealTime;
  return record.ends_with('l') ? kRetrospective : "";
}

}  // namespace

Result<double> Cinc2015Score(const AlarmDecisions& decisions) {
  const std::int64_t right = decisions.true_positives + decisions.true_negatives;
  const std::int64_t weighted = right + decisions.false_positives + 5 * decisions.false_negatives;
  if (weighted <= 0) {
    return MakeError(Code::kInvalidArgument, "no alarm was decided; expected at least one");
  }
  return 100.0 * static_cast<double>(right) / static_cast<double>(weighted);
}

Result<std::vector<LabelledAlarm>> ParseAlarmList(std::string_view text, const std::string& name) {
  std::vector<LabelledAlarm> alarms;
  std::set<std::string_view> seen;
  int number = 0;
  for (std::string_view line : Split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const std::vector<std::string_view> fields = Split(line, ',');
    const bool valid = (fields.size() == 2 || fields.size() == 3) && !fields[0].empty() &&
                       (fields.back() == "0" || fields.back() == "1");
    if (!valid) {
      return MakeError(
          Code::kInvalidArgument,
          fmt::format("{}:{}: expected \"record,type,0|1\" or \"record,0|1\"", name, number));
    }
    if (!seen.insert(fields[0]).second) {
      return MakeError(
          Code::kInvalidArgument,
          fmt::format("{}:{}: record {} again; expected it once", name, number, fields[0]));
    }
    // The names of sets that the score forms by itself.
    const bool taken = fields.size() == 3 && (fields[1] == kGross || fields[1] == kRealTime ||
                                              fields[1] == kRetrospective);
    if (taken) {
      return MakeError(Code::kInvalidArgument,
                       fmt::format("{}:{}: type {} is the name of a set; expected an alarm's type",
                                   name, number, fields[1]));
    }
    alarms.push_back({std::string(fields[0]),
                      fields.size() == 3 ? std::string(fields[1]) : std::string(),
                      fields.back() == "1"});
  }
  return alarms;
}

Result<std::map<std::string, AlarmDecisions>> DecideAlarms(
    const std::vector<LabelledAlarm>& truth, const std::vector<LabelledAlarm>& answers) {
  std::map<std::string, bool> kept;
  for (const LabelledAlarm& answer : answers) kept[answer.record] = answer.is_true;
  std::map<std::string, AlarmDecisions> sets;
  for (const LabelledAlarm& alarm : truth) {
    const auto answer = kept.find(alarm.record);
    if (answer == kept.end()) {
      return MakeError(Code::kInvalidArgument,
                       alarm.record + ": has no answer; expected one for every record");
    }
    for (const std::string& set : {std::string(kGross), alarm.type, EventOf(alarm.record)}) {
      if (!set.empty()) Count(alarm.is_true, answer->second, sets[set]);
    }
    kept.erase(answer);
  }
  if (!kept.empty()) {
    return MakeError(Code::kInvalidArgument,
                     kept.begin()->first + ": is answered and not among the labelled records");
  }
  return sets;
}

}  // namespace rig::score
