#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "rig/base/units.h"
#include "rig/check/therapy/findings.h"
#include "rig/check/therapy/judge.h"
#include "rig/check/therapy/pulses.h"

namespace rig::therapy {
namespace {

struct Extremes {
  double least = check::kInfinity;
  double most = -check::kInfinity;
  void Add(double value) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
};

struct Train {
  // Hz, of every interval. From the beginning of the span to the first pulse, and from the last one
  // to its end, it is at most the inverse of that time: a train that starts late or stops is slow.
  Extremes rate;
  Extremes width;  // s; of a pulse that is still on at the end what was seen of it
  bool width_open = false;
  bool imbalance_open = false;
  double imbalance = 0;
  double imbalance_uncertainty = 0;
};

// How well a pulse's value and the time between two of its edges are known, k = 2.
struct PulseUncertainty {
  double value;
  double time_s;
};

// First order. An offset of the value acts on both phases alike, and does not cancel in their sum;
// the widths of the two phases are off by a time each.
double ImbalanceUncertainty(const Pulse& pulse, PulseUncertainty u) {
  const double larger = std::max(std::fabs(pulse.first_charge), std::fabs(pulse.second_charge));
  const double by_value = u.value * Seconds(pulse.first_width + pulse.second_width);
  const double first = std::fabs(pulse.amplitude) * u.time_s;
  const double second =
      pulse.second_width.count() == 0
          ? 0
          : std::fabs(pulse.second_charge) / Seconds(pulse.second_width) * u.time_s;
  return std::hypot(by_value, first, second) / larger;
}

// `pulses` not empty.
Train MeasureTrain(const std::vector<Pulse>& pulses, const PulseRules& rules,
                   PulseUncertainty uncertainty) {
  Train train;
  for (std::size_t i = 0; i < pulses.size(); ++i) {
    const Pulse& pulse = pulses[i];
    const double width = Seconds(pulse.first_width);
    train.width.most = std::max(train.width.most, width);
    if (!pulse.width_open) train.width.least = std::min(train.width.least, width);
    train.width_open = train.width_open || pulse.width_open;
    train.imbalance_open = train.imbalance_open || pulse.charge_open;
    if (i > 0) train.rate.Add(1 / Seconds(pulse.begin - pulses[i - 1].begin));
    if (pulse.charge_open) continue;
    train.imbalance = std::max(train.imbalance, pulse.Imbalance());
    train.imbalance_uncertainty =
        std::max(train.imbalance_uncertainty, ImbalanceUncertainty(pulse, uncertainty));
  }
  for (const Duration silent :
       {pulses.front().begin - rules.from, rules.to - pulses.back().begin}) {
    if (silent.count() > 0) train.rate.least = std::min(train.rate.least, 1 / Seconds(silent));
  }
  return train;
}

// Why a train whose limits all hold is still no pass: a pulse that the end of what is known cuts
// may have become anything.
std::string WhatIsOpen(const v1::PulseTrainCheck& check, const Train& train) {
  const bool width = check.width_min() > 0 || check.width_max() > 0;
  if (train.width_open && width) return "the last pulse is still on where the record ends";
  if (train.imbalance_open && check.imbalance_max() > 0) {
    return "the charge of the last pulse is not known where the record ends";
  }
  return "";
}

// A limit of 0 is none.
void AddLimits(const std::string& what, Extremes measured, double least, double most,
               const std::string& unit, const std::function<double(double)>& uncertainty,
               std::vector<Finding>& findings) {
  if (least > 0) {
    findings.push_back({"lowest " + what, least, measured.least, measured.least - least, unit,
                        uncertainty(measured.least)});
  }
  if (most > 0) {
    findings.push_back({"highest " + what, most, measured.most, most - measured.most, unit,
                        uncertainty(measured.most)});
  }
}

std::string Between(double least, double most, const std::string& unit) {
  if (least > 0 && most > 0) {
    return fmt::format("{} to {}", Display(least, unit), Display(most, unit));
  }
  return least > 0 ? "at least " + Display(least, unit) : "at most " + Display(most, unit);
}

std::string ExpectedText(const v1::PulseTrainCheck& check) {
  std::string text =
      fmt::format("pulses from {:g} s to {:g} s", static_cast<double>(check.from()) * 1e-9,
                  static_cast<double>(check.to()) * 1e-9);
  if (check.rate_min() > 0 || check.rate_max() > 0) {
    text += " at " + Between(check.rate_min(), check.rate_max(), "Hz");
  }
  const double ns = 1e-9;
  if (check.width_min() > 0 || check.width_max() > 0) {
    text += ", wide " + Between(static_cast<double>(check.width_min()) * ns,
                                static_cast<double>(check.width_max()) * ns, "s");
  }
  if (check.imbalance_max() > 0) {
    text += fmt::format(", charge balanced to {:g} %", 100 * check.imbalance_max());
  }
  return text;
}

PulseRules RulesOf(const v1::PulseTrainCheck& check) {
  PulseRules rules{AtNanoseconds(check.from()), AtNanoseconds(check.to())};
  rules.longest_gap = Duration(check.gap_max());
  if (!check.threshold().empty()) {
    const auto threshold = ParseQuantity(check.threshold());
    rules.threshold = threshold ? threshold->si : check::kUnknown;
  }
  return rules;
}

}  // namespace

v1::CheckResult JudgePulses(const v1::PulseTrainCheck& check, const check::Signals& signals,
                            const uncertainty::Budgets& budgets, v1::DecisionRule rule) {
  const auto channel = signals.channels.find(check.channel());
  if (channel == signals.channels.end()) {
    return Undecided("the trace has no channel " + check.channel());
  }
  const PulseRules rules = RulesOf(check);
  const auto pulses = FindPulses(channel->second.steps(), signals.end, rules);
  if (!pulses) return Undecided(check.channel() + ": " + pulses.error().message);
  const auto count = static_cast<double>(pulses->size());
  const auto least = static_cast<double>(std::max(2u, check.at_least()));
  std::vector<Finding> findings;
  std::string seen = fmt::format("{} pulses", pulses->size());
  std::string open;
  if (count < least) {
    findings.push_back({"pulses", least, count, count - least, "1"});
  } else {
    const std::vector<std::string> edges = {check.channel(), check.channel()};
    const auto time = [&](double span_s) {
      return uncertainty::TimeUncertainty(budgets, edges, span_s);
    };
    const Train train =
        MeasureTrain(*pulses, rules, {uncertainty::Expanded(budgets, check.channel()), time(0)});
    open = WhatIsOpen(check, train);
    // A rate is the inverse of a time between two edges.
    AddLimits(
        "rate", train.rate, check.rate_min(), check.rate_max(), "Hz",
        [&](double rate) { return time(1 / rate) * rate * rate; }, findings);
    AddLimits("width", train.width, static_cast<double>(check.width_min()) * 1e-9,
              static_cast<double>(check.width_max()) * 1e-9, "s", time, findings);
    if (check.imbalance_max() > 0) {
      findings.push_back({"charge imbalance", check.imbalance_max(), train.imbalance,
                          check.imbalance_max() - train.imbalance, "1",
                          train.imbalance_uncertainty});
    }
    seen += fmt::format(" at {} to {}, wide {} to {}", Display(train.rate.least, "Hz"),
                        Display(train.rate.most, "Hz"), Display(train.width.least, "s"),
                        Display(train.width.most, "s"));
    if (check.imbalance_max() > 0) {
      seen += fmt::format(", out of balance by {:.3g} %", 100 * train.imbalance);
    }
  }
  v1::CheckResult result = Decide(rule, findings, ExpectedText(check), seen);
  if (!open.empty() && result.verdict() != v1::FAIL) result = Undecided(open + "; seen " + seen);
  result.set_decided_at_ns(check.to());
  return result;
}

}  // namespace rig::therapy
