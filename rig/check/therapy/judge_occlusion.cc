#include <fmt/format.h>

#include <cmath>

#include "rig/base/units.h"
#include "rig/check/therapy/findings.h"
#include "rig/check/therapy/judge.h"
#include "rig/check/therapy/occlusion.h"

namespace rig::therapy {
namespace {

// The first instant from the clamp on at which the alarm is active.
Result<std::optional<RunTime>> FirstAlarm(const check::Steps& alarm, RunTime clamped, RunTime end) {
  if (alarm.empty() || alarm.front().begin > check::At(clamped)) {
    return MakeError(Code::kDataLoss, "the alarm is not known at the clamp");
  }
  if (check::ValueAt(alarm, check::At(clamped)) > 0) {
    return MakeError(Code::kFailedPrecondition, "the alarm is on before the clamp closes");
  }
  for (const check::Step& step : check::Slice(alarm, {check::At(clamped), check::At(end)}, 0)) {
    if (!std::isfinite(step.value)) {
      return MakeError(Code::kDataLoss, "the alarm is not known all the time until it comes");
    }
    if (step.value > 0) return AtNanoseconds(check::ToNanoseconds(step.begin));
  }
  return std::nullopt;
}

LineModel LineOf(const v1::OcclusionCheck& check) {
  return {.compliance = {check.compliance_min(), check.compliance_max()},
          .flow = {check.flow_min(), check.flow_max()},
          .alarm_pressure = {check.alarm_pressure_min(), check.alarm_pressure_max()},
          .latency = {0, static_cast<double>(check.latency_max()) * 1e-9}};
}

std::string ExpectedText(const v1::OcclusionCheck& check) {
  return fmt::format("an alarm {:g} s to {:g} s after the clamp, at no more than {}",
                     static_cast<double>(check.time_min()) * 1e-9,
                     static_cast<double>(check.time_max()) * 1e-9,
                     Display(check.pressure_max(), "Pa"));
}

std::string SeenText(const OcclusionFinding& finding) {
  return fmt::format("{} {:.6g} s after it, highest {}",
                     finding.alarmed ? "an alarm" : "none up to", finding.time_s,
                     Display(finding.highest, "Pa"));
}

}  // namespace

v1::CheckResult JudgeOcclusion(const v1::OcclusionCheck& check, const check::Signals& signals,
                               const uncertainty::Budgets& budgets, v1::DecisionRule rule) {
  for (const std::string& name : {check.pressure(), check.alarm()}) {
    if (!signals.channels.contains(name)) return Undecided("the trace has no channel " + name);
  }
  OcclusionTimes times{
      .clamped = AtNanoseconds(check.clamped()), .alarmed = {}, .until = signals.end};
  const auto alarm =
      FirstAlarm(signals.channels.find(check.alarm())->second.steps(), times.clamped, signals.end);
  if (!alarm) return Undecided(check.alarm() + ": " + alarm.error().message);
  times.alarmed = *alarm;
  const auto finding = ExamineOcclusion(signals.channels.find(check.pressure())->second.steps(),
                                        times, LineOf(check));
  const double waited = Seconds(times.until - times.clamped);
  const double longest = static_cast<double>(check.time_max()) * 1e-9;
  const auto time = [&](double span_s) {
    return uncertainty::TimeUncertainty(budgets, std::vector{check.alarm()}, span_s);
  };
  if (!times.alarmed && waited > longest) {
    // Waited for longer than allowed: a failure whatever the model says.
    return Decide(rule,
                  {{"time without an alarm", longest, waited, longest - waited, "s", time(waited)}},
                  ExpectedText(check), fmt::format("none up to {:.6g} s after it", waited));
  }
  if (!finding) return Undecided(check.pressure() + ": " + finding.error().message);
  const Finding pressure{"highest pressure",
                         check.pressure_max(),
                         finding->highest,
                         check.pressure_max() - finding->highest,
                         "Pa",
                         uncertainty::Expanded(budgets, check.pressure())};
  if (!finding->alarmed && pressure.margin >= 0) {
    return Undecided(fmt::format(
        "the run ends {:.6g} s after the clamp at {}, before an alarm; predicted from the line's "
        "compliance: at least {:.6g} s and at most {:.6g} s, allowed {:g} s",
        finding->time_s, Display(finding->pressure, "Pa"), finding->alarm_time.low,
        finding->alarm_time.high, longest));
  }
  const double shortest = static_cast<double>(check.time_min()) * 1e-9;
  std::vector<Finding> findings{pressure};
  if (finding->alarmed) {
    findings.push_back({"time to the alarm", longest, finding->time_s, longest - finding->time_s,
                        "s", time(finding->time_s)});
  }
  if (finding->alarmed && shortest > 0) {
    findings.push_back({"time to the alarm", shortest, finding->time_s, finding->time_s - shortest,
                        "s", time(finding->time_s)});
  }
  v1::CheckResult result = Decide(rule, findings, ExpectedText(check), SeenText(*finding));
  result.set_decided_at_ns(Nanoseconds(times.alarmed.value_or(times.until)));
  return result;
}

}  // namespace rig::therapy
