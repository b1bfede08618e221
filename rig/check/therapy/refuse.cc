#include <fmt/format.h>

#include <cmath>

#include "rig/base/units.h"
#include "rig/check/therapy/flow.h"
#include "rig/check/therapy/flow_check.h"
#include "rig/check/therapy/judge.h"

namespace rig::therapy {
namespace {

double S(std::int64_t ns) { return static_cast<double>(ns) * 1e-9; }

// `unit` empty: any.
std::optional<Refusal> RefuseChannel(const std::string& field, const std::string& channel,
                                     const std::string& unit, const CheckSurroundings& around) {
  const auto found = around.unit_of.find(channel);
  if (found == around.unit_of.end()) {
    return Refusal{field, fmt::format("no channel \"{}\"", channel),
                   "one that the run records, see `rig trace`"};
  }
  if (!around.tells_of_the_device(channel)) {
    return Refusal{
        field, fmt::format("{} tells nothing the device does", channel),
        "a channel of device. or plant., or an observed. one that is no read-back of the "
        "rig's own"};
  }
  const auto actual = ParseUnit(found->second);
  const auto expected = ParseUnit(unit);
  if (unit.empty() || (actual && expected && actual->dimension == expected->dimension)) return {};
  return Refusal{field, fmt::format("{} is in {}", channel, found->second), "one in " + unit};
}

std::optional<Refusal> RefuseEnd(const std::string& field, std::int64_t end_ns,
                                 const CheckSurroundings& around, std::string_view what) {
  if (end_ns <= around.duration_ns) return {};
  return Refusal{field, fmt::format("{} at {:g} s", what, S(end_ns)),
                 fmt::format("one within the scenario's {:g} s", S(around.duration_ns))};
}

std::optional<Refusal> RefuseFlow(const v1::FlowCheck& check, const CheckSurroundings& around) {
  const std::string unit = check.step_volume() > 0 ? "1" : "m3";
  if (auto refusal = RefuseChannel("flow.volume", check.volume(), unit, around)) return refusal;
  const FlowTiming timing = TimingOf(check);
  if (const Status status = CheckFlowTiming(check.set_rate(), timing); !status) {
    const std::string& message = status.error().message;
    const auto at = message.find(": ");
    return Refusal{"flow", message.substr(0, at), message.substr(message.find("expected ") + 9)};
  }
  return RefuseEnd("flow.started", Nanoseconds(timing.to()), around, "the analysis ends");
}

std::optional<Refusal> RefuseBolus(const v1::BolusCheck& check, const CheckSurroundings& around) {
  const std::string unit = check.step_volume() > 0 ? "1" : "m3";
  if (auto refusal = RefuseChannel("bolus.volume", check.volume(), unit, around)) return refusal;
  if (check.to() <= check.from()) {
    return Refusal{"bolus.to", fmt::format("ends at {:g} s", S(check.to())),
                   fmt::format("later than from, {:g} s", S(check.from()))};
  }
  if (check.tolerance() >= check.expected()) {
    return Refusal{"bolus.tolerance", "allows for no bolus at all", "less than expected"};
  }
  return RefuseEnd("bolus.to", check.to(), around, "the bolus ends");
}

// A limit in the channel's unit, or with `times_s` in that times s.
std::optional<Refusal> RefuseLimit(const std::string& field, const std::string& limit, bool times_s,
                                   const std::string& channel, const CheckSurroundings& around) {
  if (limit.empty()) return {};
  const auto quantity = ParseQuantity(limit);
  const bool valid = quantity && quantity->si > 0;
  if (!valid) return Refusal{field, "\"" + limit + "\"", "above 0"};
  const auto found = around.unit_of.find(channel);
  const auto unit = ParseUnit(found == around.unit_of.end() ? std::string() : found->second);
  const auto second = ParseUnit("s");
  if (!unit || !second) return {};  // the channel is refused
  const Dimension expected = times_s ? unit->dimension * second->dimension : unit->dimension;
  if (quantity->dimension == expected) return {};
  return Refusal{field, "\"" + limit + "\"", "a quantity in " + SiUnit(expected)};
}

// What phases and bursts are held against.
std::optional<Refusal> RefusePhases(const v1::PulseTrainCheck& check,
                                    const CheckSurroundings& around) {
  struct Limit {
    const char* field;
    const std::string& text;
    bool times_s;
  };
  for (const Limit& limit : {Limit{"pulses.amplitude_min", check.amplitude_min(), false},
                             Limit{"pulses.amplitude_max", check.amplitude_max(), false},
                             Limit{"pulses.charge_max", check.charge_max(), true},
                             Limit{"pulses.net_charge_max", check.net_charge_max(), true}}) {
    if (auto refusal =
            RefuseLimit(limit.field, limit.text, limit.times_s, check.channel(), around)) {
      return refusal;
    }
  }
  if (check.gap_min() > check.gap_max()) {
    return Refusal{"pulses.gap_min", "above gap_max", "gap_max or less"};
  }
  const bool in_bursts = check.bursts() > 0 || check.pulses_per_burst() > 0;
  if (in_bursts && check.burst_gap() == 0) {
    return Refusal{"pulses.burst_gap", "none, though bursts are counted",
                   "the time that separates two bursts"};
  }
  return {};
}

std::optional<Refusal> RefusePulses(const v1::PulseTrainCheck& check,
                                    const CheckSurroundings& around) {
  std::string unit;
  if (!check.threshold().empty()) {
    const auto threshold = ParseQuantity(check.threshold());
    if (threshold) unit = SiUnit(threshold->dimension);
    const bool valid = threshold && threshold->si >= 0;
    if (!valid) return Refusal{"pulses.threshold", "\"" + check.threshold() + "\"", "0 or more"};
  }
  if (auto refusal = RefuseChannel("pulses.channel", check.channel(), unit, around)) {
    return refusal;
  }
  if (check.to() <= check.from()) {
    return Refusal{"pulses.to", fmt::format("ends at {:g} s", S(check.to())),
                   fmt::format("later than from, {:g} s", S(check.from()))};
  }
  const bool rates = check.rate_min() <= check.rate_max() || check.rate_max() == 0;
  if (!rates) return Refusal{"pulses.rate_max", "below rate_min", "rate_min or more"};
  const bool widths = check.width_min() <= check.width_max() || check.width_max() == 0;
  if (!widths) return Refusal{"pulses.width_max", "below width_min", "width_min or more"};
  const bool limited = check.rate_min() > 0 || check.rate_max() > 0 || check.width_min() > 0 ||
                       check.width_max() > 0 || check.imbalance_max() > 0 ||
                       !check.amplitude_min().empty() || !check.amplitude_max().empty() ||
                       !check.charge_max().empty() || !check.net_charge_max().empty() ||
                       check.gap_min() > 0 || check.bursts() > 0 || check.pulses_per_burst() > 0;
  if (!limited) {
    return Refusal{"pulses", "no limit",
                   "at least one of rate, width, amplitude, gap, charge, balance and bursts"};
  }
  if (auto refusal = RefusePhases(check, around)) return refusal;
  return RefuseEnd("pulses.to", check.to(), around, "the pulses end");
}

std::optional<Refusal> RefuseOcclusion(const v1::OcclusionCheck& check,
                                       const CheckSurroundings& around) {
  if (auto r = RefuseChannel("occlusion.pressure", check.pressure(), "Pa", around)) return r;
  if (auto r = RefuseChannel("occlusion.alarm", check.alarm(), "", around)) return r;
  struct Pair {
    const char* field;
    double low;
    double high;
  };
  for (const Pair& pair :
       {Pair{"occlusion.compliance_max", check.compliance_min(), check.compliance_max()},
        Pair{"occlusion.flow_max", check.flow_min(), check.flow_max()},
        Pair{"occlusion.alarm_pressure_max", check.alarm_pressure_min(),
             check.alarm_pressure_max()}}) {
    const bool ordered = pair.low > 0 && pair.low <= pair.high;
    if (!ordered)
      return Refusal{pair.field, "bounds turned round or not above 0", "0 < min <= max"};
  }
  if (check.time_max() < check.time_min()) {
    return Refusal{"occlusion.time_max", "below time_min", "time_min or more"};
  }
  return RefuseEnd("occlusion.clamped", check.clamped() + 1, around, "the clamp closes");
}

}  // namespace

std::optional<Refusal> Refuse(const v1::Check& check, const CheckSurroundings& around) {
  if (check.has_flow()) return RefuseFlow(check.flow(), around);
  if (check.has_bolus()) return RefuseBolus(check.bolus(), around);
  if (check.has_pulses()) return RefusePulses(check.pulses(), around);
  if (check.has_occlusion()) return RefuseOcclusion(check.occlusion(), around);
  return {};
}

}  // namespace rig::therapy
