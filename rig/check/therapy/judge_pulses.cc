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
  bool charge_open = false;
  double imbalance = 0;
  double imbalance_uncertainty = 0;
  Extremes gap;        // s, of pulses of two phases
  Extremes amplitude;  // of phases
  double charge = 0;   // of the largest phase
  double charge_uncertainty = 0;
  double net_charge = 0;
  double net_by_value = 0;  // uncertainties of it: an offset adds up, times do not
  double net_by_time = 0;   // squared
  double bursts = 0;
  Extremes burst_pulses;
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

void AddPhase(double charge, Duration width, PulseUncertainty u, Train& train) {
  if (width.count() == 0) return;
  const double amplitude = std::fabs(charge) / Seconds(width);
  const double by_value = u.value * Seconds(width);
  const double by_time = amplitude * u.time_s;
  train.amplitude.Add(amplitude);
  if (std::fabs(charge) > train.charge) {
    train.charge = std::fabs(charge);
    train.charge_uncertainty = std::hypot(by_value, by_time);
  }
  train.net_charge += charge;
  train.net_by_value += by_value;
  train.net_by_time += by_time * by_time;
}

// How many pulses in how many bursts.
void CountBursts(const std::vector<Pulse>& pulses, Duration burst_gap, Train& train) {
  double inside = 0;
  for (std::size_t i = 0; i < pulses.size(); ++i) {
    if (i > 0 && pulses[i].begin - pulses[i - 1].begin > burst_gap) {
      train.burst_pulses.Add(inside);
      inside = 0;
    }
    if (inside == 0) ++train.bursts;
    ++inside;
  }
  train.burst_pulses.Add(inside);
}

// `pulses` not empty. `burst_gap` 0: one train.
Train MeasureTrain(const std::vector<Pulse>& pulses, const PulseRules& rules, Duration burst_gap,
                   PulseUncertainty uncertainty) {
  Train train;
  const bool in_bursts = burst_gap.count() > 0;
  if (in_bursts) CountBursts(pulses, burst_gap, train);
  for (std::size_t i = 0; i < pulses.size(); ++i) {
    const Pulse& pulse = pulses[i];
    const double width = Seconds(pulse.first_width);
    train.width.most = std::max(train.width.most, width);
    if (!pulse.width_open) train.width.least = std::min(train.width.least, width);
    train.width_open = train.width_open || pulse.width_open;
    train.charge_open = train.charge_open || pulse.charge_open;
    const Duration since = i > 0 ? pulse.begin - pulses[i - 1].begin : Duration(0);
    if (i > 0 && !(in_bursts && since > burst_gap)) train.rate.Add(1 / Seconds(since));
    if (pulse.second_width.count() > 0) train.gap.Add(Seconds(pulse.gap));
    if (pulse.charge_open) continue;
    AddPhase(pulse.first_charge, pulse.first_width, uncertainty, train);
    AddPhase(pulse.second_charge, pulse.second_width, uncertainty, train);
    train.imbalance = std::max(train.imbalance, pulse.Imbalance());
    train.imbalance_uncertainty =
        std::max(train.imbalance_uncertainty, ImbalanceUncertainty(pulse, uncertainty));
  }
  if (in_bursts) return train;
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
  const bool charge = check.imbalance_max() > 0 || !check.amplitude_min().empty() ||
                      !check.amplitude_max().empty() || !check.charge_max().empty() ||
                      !check.net_charge_max().empty();
  if (train.charge_open && charge) {
    return "the charge of the last pulse is not known where the record ends";
  }
  return "";
}

// An empty text is no limit: 0.
double Si(const std::string& quantity) {
  if (quantity.empty()) return 0;
  const auto parsed = ParseQuantity(quantity);
  return parsed ? parsed->si : check::kUnknown;
}

double S(std::int64_t ns) { return static_cast<double>(ns) * 1e-9; }

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

// Amplitude and charge of the phases, gap between them. Units are SI: of a current, A and C.
void AddPhaseLimits(const v1::PulseTrainCheck& check, const Train& train, PulseUncertainty u,
                    std::vector<Finding>& findings) {
  const auto by_value = [&](double /*amplitude*/) { return u.value; };
  const auto unit_of = [](const std::string& a, const std::string& b) {
    const auto quantity = ParseQuantity(a.empty() ? b : a);
    return quantity ? SiUnit(quantity->dimension) : std::string("1");
  };
  AddLimits("amplitude", train.amplitude, Si(check.amplitude_min()), Si(check.amplitude_max()),
            unit_of(check.amplitude_min(), check.amplitude_max()), by_value, findings);
  if (check.gap_min() > 0) {
    // Without a second phase there is no gap.
    const double gap = std::isfinite(train.gap.least) ? train.gap.least : 0;
    findings.push_back(
        {"shortest gap", S(check.gap_min()), gap, gap - S(check.gap_min()), "s", u.time_s});
  }
  if (!check.charge_max().empty()) {
    const double limit = Si(check.charge_max());
    findings.push_back({"charge of a phase", limit, train.charge, limit - train.charge,
                        unit_of(check.charge_max(), ""), train.charge_uncertainty});
  }
  if (!check.net_charge_max().empty()) {
    const double limit = Si(check.net_charge_max());
    const double net = std::fabs(train.net_charge);
    findings.push_back({"net charge", limit, net, limit - net, unit_of(check.net_charge_max(), ""),
                        train.net_by_value + std::sqrt(train.net_by_time)});
  }
}

void AddBurstLimits(const v1::PulseTrainCheck& check, const Train& train,
                    std::vector<Finding>& findings) {
  if (check.bursts() > 0) {
    const double limit = check.bursts();
    findings.push_back({"bursts", limit, train.bursts, -std::fabs(train.bursts - limit), "1"});
  }
  if (check.pulses_per_burst() > 0) {
    const double limit = check.pulses_per_burst();
    const Extremes& pulses = train.burst_pulses;
    findings.push_back(
        {"pulses of the shortest burst", limit, pulses.least, pulses.least - limit, "1"});
    findings.push_back(
        {"pulses of the longest burst", limit, pulses.most, limit - pulses.most, "1"});
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
  for (const auto& [what, limit] : {std::pair(", phases of at least ", check.amplitude_min()),
                                    std::pair(", phases of at most ", check.amplitude_max()),
                                    std::pair(", charge of a phase at most ", check.charge_max()),
                                    std::pair(", net charge at most ", check.net_charge_max())}) {
    if (!limit.empty()) text += what + limit;
  }
  if (check.gap_min() > 0)
    text += ", phases at least " + Display(S(check.gap_min()), "s") + " apart";
  if (check.bursts() > 0) text += fmt::format(", in {} bursts", check.bursts());
  if (check.pulses_per_burst() > 0)
    text += fmt::format(", {} in each burst", check.pulses_per_burst());
  return text;
}

PulseRules RulesOf(const v1::PulseTrainCheck& check) {
  PulseRules rules{AtNanoseconds(check.from()), AtNanoseconds(check.to())};
  rules.longest_gap = Duration(check.gap_max());
  rules.threshold = Si(check.threshold());
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
    const PulseUncertainty u{uncertainty::Expanded(budgets, check.channel()), time(0)};
    const Train train = MeasureTrain(*pulses, rules, Duration(check.burst_gap()), u);
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
    AddPhaseLimits(check, train, u, findings);
    AddBurstLimits(check, train, findings);
    if (check.burst_gap() > 0) seen += fmt::format(" in {:g} bursts", train.bursts);
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
