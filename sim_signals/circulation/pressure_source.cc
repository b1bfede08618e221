#include "sim_signals/circulation/pressure_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

constexpr double kMmHg = 133.322387415;
constexpr double kTwoPi = 6.283185307179586476925;
constexpr Duration kFlush(1'000'000'000);
constexpr double kFlushPa = 300.0 * kMmHg;
constexpr Duration kLead(1'000'000'000);
// Breathing in lowers the pressure in the chest (recall).
constexpr double kBreathPa = 2.0 * kMmHg;

// Waves of a vein around a beat, after the R peak: a (atrium), c, v; heights over the mean
// (recall).
constexpr Windkessel::Wave kVenousWaves[] = {
    {-0.08, 0.04, 3.0 * kMmHg}, {0.07, 0.025, 1.5 * kMmHg}, {0.38, 0.07, 2.5 * kMmHg}};

// What is told of each pulse: of the patient, not of the catheter.
std::vector<PulseTruth::Value> ValuesOf(v1::BloodPressure::Site site) {
  using Extent = PulseTruth::Extent;
  if (site == v1::BloodPressure::VENOUS) {
    return {{"mean", [](const Extent& pulse) { return pulse.mean(); }}};
  }
  return {{"systolic", [](const Extent& pulse) { return pulse.largest; }},
          {"diastolic", [](const Extent& pulse) { return pulse.smallest; }}};
}

Windkessel::Pressures PressuresOf(const v1::Circulation& circulation,
                                  v1::BloodPressure::Site site) {
  if (site == v1::BloodPressure::VENOUS) return {circulation.venous(), circulation.venous()};
  if (site == v1::BloodPressure::PULMONARY) {
    return {circulation.pulmonary_systolic(), circulation.pulmonary_diastolic()};
  }
  return {circulation.systolic(), circulation.diastolic()};
}

// Whether sinus beats of an interval can have these pressures.
Status CheckReached(const Windkessel::Pressures& asked, double interval_s) {
  constexpr double kWithinPa = 1.5 * kMmHg;
  const Windkessel::Pressures best =
      Windkessel::SteadyPressures(Windkessel::SettingFor(asked, interval_s), interval_s);
  const bool reached = std::abs(best.systolic_pa - asked.systolic_pa) <= kWithinPa &&
                       std::abs(best.diastolic_pa - asked.diastolic_pa) <= kWithinPa;
  if (reached) return {};
  return MakeError(
      Code::kInvalidArgument,
      fmt::format("a circulation of {:.0f}/{:.0f} mmHg, of which beats at {:.0f} bpm reach "
                  "{:.0f}/{:.0f} mmHg; expected pressures that differ less",
                  asked.systolic_pa / kMmHg, asked.diastolic_pa / kMmHg, 60.0 / interval_s,
                  best.systolic_pa / kMmHg, best.diastolic_pa / kMmHg));
}

}  // namespace

Catheter::Catheter(double natural_hz, double damping, double initial_pa)
    : state_{initial_pa, 0.0}, keep_{}, take_{} {
  // y'' + 2 zeta w y' + w^2 y = w^2 u, u constant over a step: the matrix exponential from its
  // series, halved often enough to converge at once.
  const double h = Seconds(Windkessel::kStep);
  const double w = kTwoPi * natural_hz;
  constexpr int kHalvings = 10;
  const double step = h / 1024.0;
  using Matrix = std::array<std::array<double, 2>, 2>;
  const Matrix a = {{{0.0, step}, {-w * w * step, -2.0 * damping * w * step}}};
  const auto times = [](const Matrix& x, const Matrix& y) {
    Matrix z{};
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t j = 0; j < 2; ++j) z[i][j] = x[i][0] * y[0][j] + x[i][1] * y[1][j];
    }
    return z;
  };
  Matrix sum = {{{1.0, 0.0}, {0.0, 1.0}}};
  Matrix term = sum;
  for (int n = 1; n <= 8; ++n) {
    term = times(term, a);
    for (auto& row : term) {
      for (double& x : row) x /= n;
    }
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t j = 0; j < 2; ++j) sum[i][j] += term[i][j];
    }
  }
  for (int i = 0; i < kHalvings; ++i) sum = times(sum, sum);
  keep_ = sum;
  take_ = {1.0 - sum[0][0], -sum[1][0]};  // a constant input is shown as it is
}

double Catheter::Step(double pressure_pa) {
  const double shown = keep_[0][0] * state_[0] + keep_[0][1] * state_[1] + take_[0] * pressure_pa;
  const double rate = keep_[1][0] * state_[0] + keep_[1][1] * state_[1] + take_[1] * pressure_pa;
  state_ = {shown, rate};
  return shown;
}

Status CheckPressures(const BodyCourse& course, v1::BloodPressure::Site site) {
  if (site == v1::BloodPressure::VENOUS) return {};
  const auto end_of = [](const auto& timeline, std::size_t i) {
    return i + 1 < timeline.size() ? timeline[i + 1].first : RunTime::max();
  };
  for (std::size_t c = 0; c < course.circulation.size(); ++c) {
    for (std::size_t r = 0; r < course.rhythm.size(); ++r) {
      const RunTime begin = std::max(course.circulation[c].first, course.rhythm[r].first);
      if (begin >= std::min(end_of(course.circulation, c), end_of(course.rhythm, r))) continue;
      for (const double interval_s : UsualIntervals(course.rhythm[r].second)) {
        RIG_TRY(CheckReached(PressuresOf(course.circulation[c].second, site), interval_s));
      }
    }
  }
  return {};
}

PressureSource::PressureSource(const v1::BloodPressure& pressure, const BodyCourse& course,
                               std::uint64_t seed, RunTime start)
    : course_(&course),
      site_(pressure.site()),
      zero_(pressure.zero()),
      drift_(pressure.drift()),
      flush_every_(pressure.flush_every()),
      breaths_(BreathSchedule(course, seed)),
      beats_(course, seed),
      next_(beats_.Next()),
      catheter_(pressure.natural_frequency(), pressure.damping(),
                PressuresAt(course.rhythm.front().first).diastolic_pa),
      truth_({}, ValuesOf(pressure.site()), start),
      step_(course.rhythm.front().first),
      before_(PressuresAt(step_).diastolic_pa),
      now_(before_) {
  vessel_.set_pressure_pa(before_);
  truth_.Tell(start, "flush", 0.0);
}

Windkessel::Pressures PressureSource::PressuresAt(RunTime t) const {
  return PressuresOf(At(course_->circulation, t), site_);
}

void PressureSource::AddBeat(const HeartCycle& cycle) {
  const auto at = [&](double offset_s) {
    return *cycle.r + Duration(static_cast<std::int64_t>(std::floor(offset_s * 1e9)));
  };
  if (site_ == v1::BloodPressure::VENOUS) {
    for (const Windkessel::Wave& wave : kVenousWaves) {
      filling_.Add(at(wave.offset_s), {wave.width_s, wave.height}, wave.height);
    }
    truth_.Add(*cycle.r, LossAfter(cycle));
    return;
  }
  constexpr double kFootS = 0.05;  // the artery's pressure begins to rise
  truth_.Add(at(kFootS), LossAfter(cycle));
  // A sinus beat of the rhythm's own interval fills as the setting has it.
  HeartCycle usual = cycle;
  usual.origin = HeartCycle::Origin::kSinus;
  usual.interval_s = cycle.usual_s;
  const double stroke = StrokeOf(cycle) / std::max(0.05, StrokeOf(usual));
  const Windkessel::Pressures pressures = PressuresAt(*cycle.r);
  const std::array<double, 3> key = {pressures.systolic_pa, pressures.diastolic_pa, cycle.usual_s};
  auto known = settings_.find(key);
  if (known == settings_.end()) {
    known = settings_.emplace(key, Windkessel::SettingFor(pressures, cycle.usual_s)).first;
  }
  const Windkessel::Setting& setting = known->second;
  for (const Windkessel::Wave& wave : Windkessel::kWaves) {
    const double height_pa = setting.filling_pa * stroke * wave.height;
    filling_.Add(at(wave.offset_s), {wave.width_s, 1.0}, height_pa);
  }
  taus_.Push({*cycle.r, setting.tau_s});
}

double PressureSource::BodyAt(RunTime t, double filling) {
  const double breath = kBreathPa * LungFilling(breaths_.At(t), t);
  if (site_ == v1::BloodPressure::VENOUS) return PressuresAt(t).systolic_pa + filling - breath;
  for (; !taus_.empty() && taus_[0].from <= t; taus_.Pop()) tau_s_ = taus_[0].tau_s;
  if (tau_s_) vessel_.Step(*tau_s_, filling);
  return vessel_.pressure_pa() - breath;
}

void PressureSource::StepTo(RunTime t) {
  while (step_ < t) {
    for (; next_ && next_->at() < step_ + kLead; next_ = beats_.Next()) {
      if (next_->r) AddBeat(*next_);
    }
    double filling = 0.0;
    filling_.Render(step_, Windkessel::kStep, std::span(&filling, 1));
    step_ += Windkessel::kStep;
    double pressure = BodyAt(step_, filling);
    truth_.Sample(step_, pressure);
    if (IsFlushed(step_)) pressure = kFlushPa;
    before_ = now_;
    now_ = catheter_.Step(pressure);
  }
}

bool PressureSource::IsFlushed(RunTime t) {
  if (flush_every_ == Duration(0)) return false;
  const bool flushed =
      t.time_since_epoch() >= flush_every_ && t.time_since_epoch() % flush_every_ < kFlush;
  if (flushed != flushed_) truth_.Tell(t, "flush", flushed);
  flushed_ = flushed;
  return flushed;
}

Status PressureSource::Render(RunTime start, Duration period, std::span<double> values,
                              std::vector<TruthEvent>& truth) {
  const RunTime end = start + period * static_cast<std::int64_t>(values.size());
  RunTime t = start;
  for (double& v : values) {
    StepTo(t);
    const double part = 1.0 - Seconds(step_ - t) / Seconds(Windkessel::kStep);
    v = before_ + (now_ - before_) * std::clamp(part, 0.0, 1.0) + zero_ + drift_ * Seconds(t);
    t += period;
  }
  StepTo(end);
  truth_.Emit(start, end, truth);
  return {};
}

}  // namespace rig
