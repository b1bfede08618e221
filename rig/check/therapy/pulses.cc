#include "rig/check/therapy/pulses.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace rig::therapy {
namespace {

using check::At;
using check::Steps;

struct Phase {
  std::int64_t begin_ns;
  std::int64_t end_ns;
  int sign;
  double charge;
  double amplitude;
};

// Builds phases from consecutive spans of constant value.
class Phases {
 public:
  explicit Phases(double threshold) : threshold_(threshold) {}

  void Add(std::int64_t begin_ns, std::int64_t end_ns, double value) {
    const int sign = value > threshold_ ? 1 : value < -threshold_ ? -1 : 0;
    if (sign == 0 || end_ns <= begin_ns) return;
    const double charge = value * static_cast<double>(end_ns - begin_ns) * 1e-9;
    const bool goes_on =
        !phases_.empty() && phases_.back().sign == sign && phases_.back().end_ns == begin_ns;
    if (!goes_on) {
      phases_.push_back({begin_ns, end_ns, sign, charge, value});
      return;
    }
    Phase& phase = phases_.back();
    phase.end_ns = end_ns;
    phase.charge += charge;
    if (std::fabs(value) > std::fabs(phase.amplitude)) phase.amplitude = value;
  }
  const std::vector<Phase>& phases() const { return phases_; }

 private:
  double threshold_;
  std::vector<Phase> phases_;
};

Status CheckTime(const Steps& signal, RunTime end, const PulseRules& rules) {
  if (!(rules.threshold >= 0) || rules.longest_gap.count() < 0 || rules.to <= rules.from) {
    return MakeError(Code::kInvalidArgument,
                     "pulses: expected a time of some length, a threshold and a gap of 0 or more");
  }
  if (rules.to > end) {
    return MakeError(Code::kOutOfRange,
                     fmt::format("the signal is known up to {:g} s; expected up to {:g} s",
                                 Seconds(end), Seconds(rules.to)));
  }
  if (signal.empty() || signal.front().begin > At(rules.from)) {
    return MakeError(Code::kDataLoss,
                     fmt::format("the signal is not known at {:g} s", Seconds(rules.from)));
  }
  return {};
}

struct KnownPhases {
  std::vector<Phase> phases;
  std::int64_t end_ns;  // known up to here
};

Result<KnownPhases> PhasesOf(const Steps& signal, RunTime end, const PulseRules& rules) {
  Phases phases(rules.threshold);
  std::int64_t known_ns = Nanoseconds(end);
  for (std::size_t i = 0; i < signal.size(); ++i) {
    const std::int64_t begin = check::ToNanoseconds(signal[i].begin);
    const std::int64_t until =
        i + 1 < signal.size()
            ? std::min(check::ToNanoseconds(signal[i + 1].begin), Nanoseconds(end))
            : Nanoseconds(end);
    if (until <= Nanoseconds(rules.from) && i + 1 < signal.size()) {
      // Before the time asked for; kept so that a pulse that began there is not taken for a new
      // one. What is not known there interrupts it.
      if (std::isfinite(signal[i].value)) phases.Add(begin, until, signal[i].value);
      continue;
    }
    if (!std::isfinite(signal[i].value) && begin < Nanoseconds(rules.to)) {
      return MakeError(Code::kDataLoss, fmt::format("the signal is not known from {:g} s on",
                                                    static_cast<double>(begin) * 1e-9));
    }
    if (!std::isfinite(signal[i].value)) {
      known_ns = std::min(known_ns, begin);
      break;
    }
    phases.Add(begin, until, signal[i].value);
  }
  return KnownPhases{phases.phases(), known_ns};
}

Pulse PulseOf(const Phase& first, const Phase* second) {
  Pulse pulse;
  pulse.begin = AtNanoseconds(first.begin_ns);
  pulse.first_width = Duration(first.end_ns - first.begin_ns);
  pulse.first_charge = first.charge;
  pulse.amplitude = first.amplitude;
  if (second != nullptr) {
    pulse.second_width = Duration(second->end_ns - second->begin_ns);
    pulse.second_charge = second->charge;
    pulse.gap = Duration(second->begin_ns - first.end_ns);
  }
  return pulse;
}

}  // namespace

double Pulse::Imbalance() const {
  const double larger = std::max(std::fabs(first_charge), std::fabs(second_charge));
  return larger > 0 ? std::fabs(first_charge + second_charge) / larger : 1.0;
}

Result<std::vector<Pulse>> FindPulses(const Steps& signal, RunTime end, const PulseRules& rules) {
  RIG_TRY(CheckTime(signal, end, rules));
  RIG_TRY_ASSIGN(const KnownPhases known, PhasesOf(signal, end, rules));
  const std::vector<Phase>& phases = known.phases;
  std::vector<Pulse> pulses;
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const Phase& first = phases[i];
    const Phase* second = nullptr;
    if (i + 1 < phases.size() && phases[i + 1].sign == -first.sign &&
        phases[i + 1].begin_ns - first.end_ns <= rules.longest_gap.count()) {
      second = &phases[++i];
    }
    const bool asked =
        first.begin_ns >= Nanoseconds(rules.from) && first.begin_ns < Nanoseconds(rules.to);
    if (!asked) continue;
    pulses.push_back(PulseOf(first, second));
    pulses.back().width_open = first.end_ns >= known.end_ns;
    pulses.back().charge_open = second != nullptr
                                    ? second->end_ns >= known.end_ns
                                    : known.end_ns - first.end_ns <= rules.longest_gap.count();
  }
  return pulses;
}

}  // namespace rig::therapy
