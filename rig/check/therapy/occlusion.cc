#include "rig/check/therapy/occlusion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rig::therapy {
namespace {

using check::At;
using check::Steps;

bool Ordered(Bounds bounds) {
  return std::isfinite(bounds.low) && std::isfinite(bounds.high) && bounds.low <= bounds.high;
}

Status CheckLine(const LineModel& line) {
  const bool valid = Ordered(line.compliance) && line.compliance.low > 0 && Ordered(line.flow) &&
                     line.flow.low > 0 && Ordered(line.alarm_pressure) && Ordered(line.latency) &&
                     line.latency.low >= 0;
  if (valid) return {};
  return MakeError(Code::kInvalidArgument,
                   "line: expected bounds of compliance, flow, alarm pressure and latency, low "
                   "before high, compliance and flow above 0");
}

// The highest value in [from, to]. Errors: DATA_LOSS where it is not known throughout.
Result<double> Highest(const Steps& pressure, RunTime from, RunTime to) {
  if (pressure.empty() || pressure.front().begin > At(from)) {
    return MakeError(Code::kDataLoss,
                     fmt::format("the pressure is not known at {:g} s", Seconds(from)));
  }
  double highest = check::ValueAt(pressure, At(from));
  for (const check::Step& step : pressure) {
    const bool within = step.begin > At(from) && step.begin <= At(to);
    const double value = within ? step.value : highest;
    if (!std::isfinite(value)) {
      return MakeError(Code::kDataLoss,
                       fmt::format("the pressure is not known from {:g} s on",
                                   Seconds(AtNanoseconds(check::ToNanoseconds(step.begin)))));
    }
    highest = std::max(highest, value);
  }
  return highest;
}

// A clamped line can only rise as its model says; a margin for a pump that delivers in steps is
// the caller's, in the bounds of the flow.
Status CheckAgainstModel(const OcclusionFinding& finding, const LineModel& line) {
  if (!finding.shown_compliance) {
    return MakeError(Code::kFailedPrecondition,
                     "the pressure does not rise behind the clamp: nothing can be predicted");
  }
  const Bounds shown = *finding.shown_compliance;
  if (shown.high >= line.compliance.low && shown.low <= line.compliance.high) return {};
  return MakeError(
      Code::kFailedPrecondition,
      fmt::format("the pressure rises as with a compliance of {:.4g} to {:.4g} mL/kPa; "
                  "the model says {:.4g} to {:.4g}: nothing can be predicted from it",
                  shown.low * 1e9, shown.high * 1e9, line.compliance.low * 1e9,
                  line.compliance.high * 1e9));
}

}  // namespace

Result<Bounds> TimeToAlarm(const LineModel& line, double pressure) {
  RIG_TRY(CheckLine(line));
  if (!std::isfinite(pressure)) return MakeError(Code::kInvalidArgument, "pressure: not known");
  const double least = std::max(0.0, line.alarm_pressure.low - pressure);
  const double most = std::max(0.0, line.alarm_pressure.high - pressure);
  return Bounds{line.compliance.low * least / line.flow.high + line.latency.low,
                line.compliance.high * most / line.flow.low + line.latency.high};
}

Result<Bounds> ReleasedBolus(const LineModel& line, double vein_pressure) {
  RIG_TRY(CheckLine(line));
  if (!std::isfinite(vein_pressure)) {
    return MakeError(Code::kInvalidArgument, "vein pressure: not known");
  }
  return Bounds{line.compliance.low * std::max(0.0, line.alarm_pressure.low - vein_pressure),
                line.compliance.high * std::max(0.0, line.alarm_pressure.high - vein_pressure)};
}

Result<OcclusionFinding> ExamineOcclusion(const Steps& pressure, const OcclusionTimes& times,
                                          const LineModel& line) {
  RIG_TRY(CheckLine(line));
  const RunTime last = times.alarmed.value_or(times.until);
  if (last < times.clamped || last > times.until) {
    return MakeError(Code::kInvalidArgument,
                     "occlusion: expected clamp, alarm and end of watching in this order");
  }
  OcclusionFinding finding;
  finding.alarmed = times.alarmed.has_value();
  finding.time_s = Seconds(last - times.clamped);
  RIG_TRY_ASSIGN(finding.highest, Highest(pressure, times.clamped, last));
  finding.pressure = check::ValueAt(pressure, At(last));
  const double rise = finding.pressure - check::ValueAt(pressure, At(times.clamped));
  if (rise > 0) {
    finding.shown_compliance =
        Bounds{line.flow.low * finding.time_s / rise, line.flow.high * finding.time_s / rise};
  }
  if (finding.alarmed) {
    finding.alarm_time = {finding.time_s, finding.time_s};
    return finding;
  }
  RIG_TRY(CheckAgainstModel(finding, line));
  RIG_TRY_ASSIGN(const Bounds rest, TimeToAlarm(line, finding.pressure));
  finding.alarm_time = {finding.time_s + rest.low, finding.time_s + rest.high};
  return finding;
}

}  // namespace rig::therapy
