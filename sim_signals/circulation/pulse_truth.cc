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
  pending_.push_back({*last_ + kLoss, "rate", 0.0});
}

void PulseTruth::Add(RunTime pulse) {
  TellLoss(pulse);
  const bool known = last_ && !lost_;
  pending_.push_back({pulse, "pulse", ++pulses_});
  if (known) pending_.push_back({pulse, "rate", 1.0 / Seconds(pulse - *last_)});
  last_ = pulse;
  lost_ = false;
}

void PulseTruth::Emit(RunTime first_sample, RunTime end, std::vector<TruthEvent>& truth) {
  TellLoss(end);
  const RunTime begin = std::max(start_, first_sample);
  const std::size_t first = truth.size();
  if (!begun_) {
    begun_ = true;
    double rate_hz = last_ ? kNotKnown : 0.0;
    for (; !pending_.empty() && pending_.front().t < begin; pending_.pop_front()) {
      if (pending_.front().what == "rate") rate_hz = pending_.front().value;
    }
    truth.push_back({begin, "rate", rate_hz});
    for (auto& [name, values] : settings_) {
      double holds = values.front().second;
      while (!values.empty() && values.front().first <= begin) {
        holds = values.front().second;
        values.erase(values.begin());
      }
      truth.push_back({begin, name, holds});
    }
  }
  for (; !pending_.empty() && pending_.front().t < end; pending_.pop_front()) {
    truth.push_back(std::move(pending_.front()));
  }
  for (auto& [name, values] : settings_) {
    while (!values.empty() && values.front().first < end) {
      truth.push_back({values.front().first, name, values.front().second});
      values.erase(values.begin());
    }
  }
  std::stable_sort(truth.begin() + static_cast<std::ptrdiff_t>(first), truth.end(),
                   [](const TruthEvent& a, const TruthEvent& b) { return a.t < b.t; });
}

}  // namespace rig
