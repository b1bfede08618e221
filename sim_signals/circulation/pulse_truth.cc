#include "sim_signals/circulation/pulse_truth.h"

#include <algorithm>
#include <limits>

#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();
constexpr Duration kShortestLoss(3'000'000'000);

double Filling(double interval_s) {
  constexpr double kSystoleS = 0.15;
  constexpr double kFillingS = 0.2;
  return interval_s > kSystoleS ? 1.0 - Exp(-(interval_s - kSystoleS) / kFillingS) : 0.0;
}

}  // namespace

double StrokeOf(const HeartCycle& cycle) {
  constexpr double kUsualS = 0.8;
  const double origin = cycle.origin == HeartCycle::Origin::kVentricular ? kVentricularStroke : 1.0;
  return origin * Filling(cycle.interval_s) / Filling(kUsualS);
}

Duration LossAfter(const HeartCycle& cycle) {
  constexpr double kIntervals = 2.5;
  return std::max(kShortestLoss,
                  FromSeconds(kIntervals * std::max(cycle.usual_s, cycle.longest_s)));
}

void PulseTruth::Add(RunTime foot, Duration loss_after, const Stated& stated) {
  feet_.PushSorted({foot, loss_after, stated},
                   [](const Foot& a, const Foot& b) { return a.at < b.at; });
}

void PulseTruth::Tell(RunTime t, std::string_view what, double value) {
  const TruthEvent event{t, what, value};
  if (t < start_) {
    Hold(event);
  } else {
    pending_.PushSorted(event, [](const TruthEvent& a, const TruthEvent& b) { return a.t < b.t; });
  }
}

void PulseTruth::TellLoss(RunTime until) {
  const RunTime lost = last_ ? last_->at + last_->loss_after : start_ + kShortestLoss;
  if (lost_ || lost >= until) return;
  lost_ = true;
  Tell(lost, "rate", 0.0);
  if (!last_) return;
  for (const Value& value : values_) Tell(lost, value.what, kNotKnown);
}

void PulseTruth::ReachFeetBefore(RunTime t) {
  for (; !feet_.empty() && feet_[0].at < t; feet_.Pop()) {
    const Foot& foot = feet_[0];
    TellLoss(foot.at);
    Tell(foot.at, "pulse", ++pulses_);
    const bool follows = last_ && !lost_;
    if (follows) Tell(foot.at, "rate", 1.0 / Seconds(foot.at - last_->at));
    if (lost_) Tell(foot.at, "rate", kNotKnown);
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const Value& value = values_[i];
      if (value.of == nullptr) {
        Tell(foot.at, value.what, foot.stated[i]);
      } else if (follows && extent_.samples > 0) {
        Tell(foot.at, value.what, value.of(extent_));
      }
    }
    extent_ = {};
    last_ = foot;
    lost_ = false;
  }
}

void PulseTruth::Sample(RunTime t, double value) {
  ReachFeetBefore(t + Duration(1));
  extent_.largest = extent_.samples == 0 ? value : std::max(extent_.largest, value);
  extent_.smallest = extent_.samples == 0 ? value : std::min(extent_.smallest, value);
  extent_.sum += value;
  ++extent_.samples;
}

void PulseTruth::Hold(const TruthEvent& event) {
  if (event.what == "pulse") return;
  const auto held = std::find_if(held_.begin(), held_.end(),
                                 [&](const TruthEvent& e) { return e.what == event.what; });
  if (held != held_.end()) {
    *held = event;
  } else {
    held_.push_back(event);
  }
}

void PulseTruth::Begin(RunTime begin, std::vector<TruthEvent>& truth) {
  for (; !pending_.empty() && pending_[0].t < begin; pending_.Pop()) Hold(pending_[0]);
  const auto hold = [&](std::string_view what) {
    const bool told = std::any_of(held_.begin(), held_.end(),
                                  [&](const TruthEvent& e) { return e.what == what; });
    if (!told) Hold({begin, what, kNotKnown});
  };
  hold("rate");
  for (const Value& value : values_) hold(value.what);
  for (const TruthEvent& event : held_) truth.push_back({begin, event.what, event.value});
  for (auto& [name, values] : settings_) {
    double value = values.front().second;
    while (!values.empty() && values.front().first <= begin) {
      value = values.front().second;
      values.erase(values.begin());
    }
    truth.push_back({begin, name, value});
  }
  begun_ = true;
}

void PulseTruth::Emit(RunTime first_sample, RunTime end, std::vector<TruthEvent>& truth) {
  ReachFeetBefore(end);
  TellLoss(end);
  const std::size_t first = truth.size();
  if (!begun_) Begin(std::max(start_, first_sample), truth);
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
