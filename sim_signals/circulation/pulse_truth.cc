#include "sim_signals/circulation/pulse_truth.h"

#include <algorithm>
#include <limits>

#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

constexpr Duration kLoss(3'000'000'000);
constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();

double Filling(double interval_s) {
  constexpr double kSystoleS = 0.15;
  constexpr double kFillingS = 0.2;
  return interval_s > kSystoleS ? 1.0 - Exp(-(interval_s - kSystoleS) / kFillingS) : 0.0;
}

}  // namespace

double StrokeOf(const HeartCycle& cycle) {
  constexpr double kUsualS = 0.8;
  const double origin = cycle.origin == HeartCycle::Origin::kVentricular ? 0.6 : 1.0;
  return origin * Filling(cycle.interval_s) / Filling(kUsualS);
}

void PulseTruth::TellLoss(RunTime until) {
  if (lost_ || *last_ + kLoss >= until) return;
  lost_ = true;
  pending_.Push({*last_ + kLoss, "rate", 0.0});
}

void PulseTruth::Add(RunTime pulse) {
  TellLoss(pulse);
  const bool known = last_ && !lost_;
  pending_.Push({pulse, "pulse", ++pulses_});
  if (known) pending_.Push({pulse, "rate", 1.0 / Seconds(pulse - *last_)});
  last_ = pulse;
  lost_ = false;
}

void PulseTruth::Follow(RunTime t, std::string_view what, double value) {
  TellLoss(t);
  pending_.Push({t, what, value});
}

void PulseTruth::Begin(RunTime begin, std::vector<TruthEvent>& truth) {
  std::vector<TruthEvent> at_start = {{begin, "rate", last_ ? kNotKnown : 0.0}};
  for (; !pending_.empty() && pending_[0].t < begin; pending_.Pop()) {
    const TruthEvent& event = pending_[0];
    if (event.what == "pulse") continue;
    const auto held = std::find_if(at_start.begin(), at_start.end(),
                                   [&](const TruthEvent& e) { return e.what == event.what; });
    if (held != at_start.end()) at_start.erase(held);
    at_start.push_back({begin, event.what, event.value});
  }
  truth.insert(truth.end(), at_start.begin(), at_start.end());
  for (auto& [name, values] : settings_) {
    double holds = values.front().second;
    while (!values.empty() && values.front().first <= begin) {
      holds = values.front().second;
      values.erase(values.begin());
    }
    truth.push_back({begin, name, holds});
  }
}

void PulseTruth::Emit(RunTime first_sample, RunTime end, std::vector<TruthEvent>& truth) {
  TellLoss(end);
  const std::size_t first = truth.size();
  if (!begun_) Begin(std::max(start_, first_sample), truth);
  begun_ = true;
  for (; !pending_.empty() && pending_[0].t < end; pending_.Pop()) truth.push_back(pending_[0]);
  for (auto& [name, values] : settings_) {
    while (!values.empty() && values.front().first < end) {
      truth.push_back({values.front().first, name, values.front().second});
      values.erase(values.begin());
    }
  }
  SortByTime(truth, first);
}

}  // namespace rig
