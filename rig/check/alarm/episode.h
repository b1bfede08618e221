#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/check/uncertainty/budget.h"
#include "rig/record/trace_reader.h"
#include "rig/v1/record.pb.h"
#include "rig/v1/scenario.pb.h"

namespace rig {

// One statement on an alarm's course, as a formula of rig/check/README.md.
struct AlarmStatement {
  std::string name;  // "ALM-12.silent"
  std::string text;
  std::string formula;
};

// What the declaration amounts to, ALM-11 to ALM-18. Errors: INVALID_ARGUMENT for times that leave
// nothing to look at and for a declaration without parts; `field` is the field that is wrong.
Result<std::vector<AlarmStatement>> AlarmStatements(const v1::AlarmEpisodeCheck& check,
                                                    std::string& field);

// The longest period of a lamp: 0.4 Hz, medium priority (ALM-3). A signal off for that long is off.
inline constexpr std::int64_t kLampPeriodNs = 2'500'000'000;

// ALM-11: the mean of the times from each onset of the condition within the span until both sound
// and lamp have been on, against the declared mean. No onset is no pass, nor is one at which sound
// or lamp was on already; signals that never come make the mean at least what was seen. Errors:
// DATA_LOSS.
inline constexpr char kMeanDelay[] = "ALM-11.mean";
Result<v1::CheckResult> JudgeMeanDelay(const v1::AlarmEpisodeCheck& check, const TraceReader& trace,
                                       const uncertainty::Budgets& budgets, v1::DecisionRule rule);

}  // namespace rig
