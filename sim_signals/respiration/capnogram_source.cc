#include "sim_signals/respiration/capnogram_source.h"

#include <algorithm>
#include <limits>

#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

constexpr Duration kStep(1'000'000);
constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();
constexpr double kDeadSpace = 0.08;  // phase I: part of the expiration
constexpr double kPhase2S = 0.08, kPhase2ObstructedS = 0.3;
constexpr double kWashoutS = 0.05;
// Phase III climbs by this part of the end-tidal value, obstructed airways' by more (recall).
constexpr double kClimb = 0.08, kClimbObstructed = 0.35;

double Between(double a, double b, double part) { return a + (b - a) * part; }

}  // namespace

double AirwayGas::At(RunTime t) {
  const v1::Gas& gas = rig::At(course_->gas, t);
  const Breath* breath = breaths_.At(t);
  double target = 0.0;
  double time_constant_s = kWashoutS;
  if (breath != nullptr && !breath->shut) {
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
  pressure_pa_ += (target - pressure_pa_) * (1.0 - Exp(-Seconds(kStep) / time_constant_s));
  return pressure_pa_;
}

EndTidal::EndTidal(const BodyCourse& course, std::uint64_t seed)
    : airway_(course, seed),
      breaths_(BreathSchedule(course, seed)),
      step_(course.rhythm.front().first) {}

void EndTidal::AdvanceTo(RunTime end) {
  while (step_ < end) {
    step_ += kStep;
    const Breath* breath = breaths_.At(step_);
    const bool ended = last_ && (breath == nullptr || breath->number != last_->number);
    if (ended) {
      const bool known = breath != nullptr && !breath->shut && !last_->shut;
      pending_.Push({last_->end(), "end_tidal", known ? pressure_pa_ : kNotKnown});
      last_.reset();
    }
    if (breath != nullptr) last_ = *breath;
    pressure_pa_ = airway_.At(step_);
  }
}

void EndTidal::Emit(RunTime begin, RunTime end, std::vector<TruthEvent>& truth) {
  AdvanceTo(end);
  for (; !begun_ && !pending_.empty() && pending_[0].t <= begin; pending_.Pop()) {
    held_pa_ = pending_[0].value;
  }
  if (!begun_) truth.push_back({begin, "end_tidal", held_pa_});
  begun_ = true;
  for (; !pending_.empty() && pending_[0].t < end; pending_.Pop()) truth.push_back(pending_[0]);
}

CapnogramSource::CapnogramSource(const v1::Capnogram& capnogram, const BodyCourse& course,
                                 std::uint64_t seed, RunTime start)
    : airway_(course, seed),
      truth_(course, seed, start),
      end_tidal_(course, seed),
      start_(start),
      delay_(capnogram.delay()),
      step_(course.rhythm.front().first) {
  constexpr double kRiseTimeConstants = 2.1972245773362196;  // ln 9: 10 to 90 % of first order
  const double time_constant_s = Seconds(Duration(capnogram.rise())) / kRiseTimeConstants;
  keep_ = Exp(-Seconds(kStep) / time_constant_s);
}

void CapnogramSource::StepTo(RunTime t) {
  while (step_ < t) {
    step_ += kStep;
    before_ = now_;
    const double sampled = airway_.At(step_);
    now_ = sampled + (now_ - sampled) * keep_;
  }
}

Status CapnogramSource::Render(RunTime start, Duration period, std::span<double> values,
                               std::vector<TruthEvent>& truth) {
  const RunTime end = start + period * static_cast<std::int64_t>(values.size());
  const std::size_t first = truth.size();
  truth_.Emit(start, end, truth);
  end_tidal_.Emit(std::max(start_, start), end, truth);
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
