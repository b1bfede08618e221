#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/check/alarm/infer.h"
#include "rig/check/alarm/measure/limits.h"
#include "rig/check/uncertainty/budget.h"
#include "rig/record/trace_reader.h"
#include "rig/v1/record.pb.h"

namespace rig::check {

// What was heard and seen in a span.
struct ObservedAlarm {
  Span span;
  std::optional<SoundTrack> sound;  // none: not asked for
  std::vector<Lamp> lamps;
};

// Holds one limit against what was measured.
//
// FAIL: a value outside by more than its uncertainty, or a violation seen. INCONCLUSIVE: something
// could not be measured. PASS: everything was measured and lies inside. Where the uncertainty
// straddles the limit, `rule` decides (rig/check/uncertainty/decision_rule.h).
v1::CheckResult JudgeAlarmLimit(const AlarmLimit& limit, const Measured& measured,
                                v1::DecisionRule rule);

// Every selected limit, and last the priority inferred from sound and from light; ids are those of
// AlarmResultNames.
std::vector<v1::CheckResult> JudgeAlarm(const v1::AlarmSignalCheck& check,
                                        const ObservedAlarm& observed, v1::DecisionRule rule);

}  // namespace rig::check

namespace rig {

// What the bench file says of the captured sound.
enum class SoundForm { kGate, kToneEdges };
struct SoundSource {
  SoundForm form = SoundForm::kGate;
  Duration hold{};  // kGate: the wire's tone_hold
};

// Names and texts of the results of a check, in the order of JudgeAlarmSignal: "ALM-5.count", …,
// "priority". Errors: INVALID_ARGUMENT, as SelectAlarmLimits, for what the check's clauses need and
// it does not name, for an empty span; `field` is the field of the check that is wrong.
struct AlarmResultName {
  std::string name;
  std::string text;
};
Result<std::vector<AlarmResultName>> AlarmResultNames(const v1::AlarmSignalCheck& check,
                                                      std::string& field);

// Judges a check over a trace; the signals' channels are "observed.<signal>". A sound channel of
// kind SAMPLED is analysed as a waveform whatever `source` says. `check` has an alarm_signal.
// Errors: DATA_LOSS.
Result<std::vector<v1::CheckResult>> JudgeAlarmSignal(const v1::AlarmSignalCheck& check,
                                                      const SoundSource& source,
                                                      const TraceReader& trace,
                                                      const uncertainty::Budgets& budgets,
                                                      v1::DecisionRule rule);

}  // namespace rig
