#include "rig/controller/judge_formula.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rig/bench/uncertainty_components.h"
#include "rig/check/uncertainty/decision_rule.h"

namespace rig {
namespace {

using uncertainty::Budgets;
using uncertainty::Expanded;

std::set<std::string> Observed(std::initializer_list<std::string> signals) {
  std::set<std::string> channels;
  for (const std::string& signal : signals) {
    if (!signal.empty()) channels.insert("observed." + signal);
  }
  return channels;
}

std::set<std::string> MeasuredChannels(const PreparedCheck& check) {
  if (check.formula) return check.formula->channels();
  const v1::Check& message = check.message;
  if (message.has_flow()) return {message.flow().volume()};
  if (message.has_bolus()) return {message.bolus().volume()};
  if (message.has_pulses()) return {message.pulses().channel()};
  if (message.has_occlusion()) {
    return {message.occlusion().pressure(), message.occlusion().alarm()};
  }
  if (message.has_alarm_signal()) {
    const v1::AlarmSignalCheck& alarm = message.alarm_signal();
    return Observed({alarm.sound(), alarm.red(), alarm.yellow(), alarm.cyan()});
  }
  if (message.has_alarm_episode()) {  // the formulas it amounts to are checks of their own
    std::set<std::string> channels =
        Observed({message.alarm_episode().sound(), message.alarm_episode().lamp()});
    channels.insert(message.alarm_episode().condition());
    return channels;
  }
  std::set<std::string> channels;
  if (check.golden) {
    for (const v1::GoldenChannel& channel : check.golden->channels()) {
      channels.insert(channel.channel());
    }
  }
  return channels;
}

}  // namespace

Budgets BudgetsOf(const PreparedRun& run) {
  Budgets budgets;
  for (const PreparedCheck& check : run.checks) {
    for (const std::string& channel : MeasuredChannels(check)) {
      if (budgets.contains(channel)) continue;
      v1::UncertaintyBudget budget = UncertaintyComponents(run.bench.message, channel);
      uncertainty::Complete(budget);
      budgets.emplace(channel, std::move(budget));
    }
  }
  return budgets;
}

UncertaintyOf ChannelUncertainty(const Budgets& budgets) {
  return {[budgets](std::string_view channel) { return Expanded(budgets, channel); },
          [budgets](const std::set<std::string>& channels, double span_s) {
            // Both ends of the span may be changes of the same channel.
            std::vector<std::string> ends(channels.begin(), channels.end());
            ends.insert(ends.end(), channels.begin(), channels.end());
            return uncertainty::TimeUncertainty(budgets, ends, span_s);
          }};
}

Result<v1::CheckResult> JudgeFormula(const PreparedCheck& check, const TraceReader& trace,
                                     const Budgets& budgets, TraceExtent extent) {
  RIG_TRY_ASSIGN(v1::CheckResult result,
                 Judge(*check.formula, trace, ChannelUncertainty(budgets), extent));
  v1::CheckResult nominal = result;
  const auto& channels = check.formula->channels();
  const bool uncertain = std::any_of(channels.begin(), channels.end(), [&](const auto& channel) {
    constexpr double kAnySpan = 1;  // a clock shows in a span only
    return Expanded(budgets, channel) != 0 ||
           uncertainty::TimeUncertainty(budgets, std::vector{channel}, kAnySpan) != 0;
  });
  // Only then may it be the uncertainty that leaves the verdict open.
  if (result.verdict() == v1::INCONCLUSIVE && uncertain) {
    RIG_TRY_ASSIGN(nominal,
                   Judge(*check.formula, trace, {[](std::string_view) { return 0.0; }}, extent));
  }
  uncertainty::ApplyDecisionRule(check.message.decision_rule(), nominal, result);
  return result;
}

v1::CheckResult Reconciled(std::optional<v1::Verdict> decided, const std::string& stopped,
                           v1::CheckResult judged) {
  v1::CheckResult instead;
  if (!decided) {
    if (stopped.empty()) return judged;
    instead.set_verdict(v1::INCONCLUSIVE);
    instead.set_reason("not decided: the run was stopped " + stopped);
    return instead;
  }
  if (judged.verdict() == *decided) return judged;
  // On the way nobody looks whether the premise of a pass ever held.
  if (*decided == v1::PASS && judged.verdict() == v1::INCONCLUSIVE) return judged;
  instead.set_verdict(v1::ERROR);
  instead.set_reason(fmt::format("rig: online {}, offline {}: {}", v1::Verdict_Name(*decided),
                                 v1::Verdict_Name(judged.verdict()), judged.reason()));
  return instead;
}

}  // namespace rig
