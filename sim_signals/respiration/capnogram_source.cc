#include "sim_signals/respiration/capnogram_source.h"

#include <algorithm>

#include "sim_signals/deterministic_math.h"
#include "sim_signals/truth_queue.h"

namespace rig {
namespace {

constexpr Duration kStep(1'000'000);
constexpr double kDeadSpace = 0.08;  // phase I: part of the expiration
constexpr double kPhase2S = 0.08, kPhase2ObstructedS = 0.3;
constexpr double kWashoutS = 0.05;
// Phase III climbs by this part of the end-tidal value, obstructed airways' by more (recall).
constexpr double kClimb = 0.08, kClimbObstructed = 0.35;

double Between(double a, double b, double part) { return a + (b - a) * part; }

}  // namespace

CapnogramSource::CapnogramSource(const v1::Capnogram& capnogram, const BodyCourse& course,
                                 std::uint64_t seed, RunTime start)
    : course_(&course),
      breaths_(BreathSchedule(course, seed)),
      truth_(course, seed, start),
      start_(start),
      delay_(capnogram.delay()),
      step_(course.rhythm.front().first) {
  constexpr double kRiseTimeConstants = 2.1972245773362196;  // ln 9: 10 to 90 % of first order
  const double time_constant_s = Seconds(Duration(capnogram.rise())) / kRiseTimeConstants;
  keep_ = Exp(-Seconds(kStep) / time_constant_s);
}

double CapnogramSource::AirwayAt(RunTime t) {
  const v1::Gas& gas = At(course_->gas, t);
  const Breath* breath = breaths_.At(t);
  const double step_s = Seconds(kStep);
  double target = 0.0;
  double time_constant_s = kWashoutS;
  if (breath != nullptr && breath->obstruction < 1.0) {
    const double phase = breath->PhaseAt(t);
    const double expired = (phase - breath->inspiration) / (1.0 - breath->inspiration);
    target = gas.inspired();
    if (expired > kDeadSpace) {
      const double climb = Between(kClimb, kClimbObstructed, gas.obstruction());
      const double plateau = gas.end_tidal() * (1.0 - climb * (1.0 - expired));
      target = std::max(gas.inspired(), plateau);
      time_constant_s = Between(kPhase2S, kPhase2ObstructedS, gas.obstruction());
    }
  }
  airway_ += (target - airway_) * (1.0 - Exp(-step_s / time_constant_s));
  return airway_;
}

void CapnogramSource::StepTo(RunTime t) {
  while (step_ < t) {
    step_ += kStep;
    before_ = now_;
    const double sampled = AirwayAt(step_);
    now_ = sampled + (now_ - sampled) * keep_;
  }
}

Status CapnogramSource::Render(RunTime start, Duration period, std::span<double> values,
                               std::vector<TruthEvent>& truth) {
  const RunTime end = start + period * static_cast<std::int64_t>(values.size());
  const std::size_t first = truth.size();
  truth_.Emit(start, end, truth);
  const RunTime begin = std::max(start_, start);
  for (; gas_ < course_->gas.size() && course_->gas[gas_].first < end; ++gas_) {
    const bool superseded = gas_ + 1 < course_->gas.size() && course_->gas[gas_ + 1].first <= begin;
    if (superseded) continue;
    truth.push_back({std::max(begin, course_->gas[gas_].first), "end_tidal",
                     course_->gas[gas_].second.end_tidal()});
  }
  SortByTime(truth, first);
  RunTime t = start;
  for (double& v : values) {
    const RunTime at_airway = t - delay_;
    StepTo(at_airway);
    const double part = std::max(0.0, 1.0 - Seconds(step_ - at_airway) / Seconds(kStep));
    v = before_ + (now_ - before_) * std::min(1.0, part);
    t += period;
  }
  return {};
}

}  // namespace rig
