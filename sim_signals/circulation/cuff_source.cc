#include "sim_signals/circulation/cuff_source.h"

#include <algorithm>
#include <cmath>

namespace rig {
namespace {

constexpr Duration kStep(1'000'000);
constexpr double kMmHg = 133.322387415;
constexpr double kEmptyPa = 1.0 * kMmHg;
constexpr double kEmptyingPerS = 5.0;  // the valve wide open

// The grid is that of run time.
RunTime GridBefore(RunTime t) { return t - t.time_since_epoch() % kStep; }

}  // namespace

CuffSource::CuffSource(const v1::CuffPressure& cuff, const BodyCourse& course, std::uint64_t seed,
                       RunTime start)
    : cuff_(cuff),
      start_(start),
      truth_({}, {{"systolic", nullptr}, {"mean", nullptr}, {"diastolic", nullptr}}, start),
      arm_(course, seed, &truth_),
      air_(cuff.leak()),
      next_inflation_(start + Duration(cuff.every())),
      step_(GridBefore(start)) {}

void CuffSource::ChoosePhase() {
  const double pa = air_.pressure_pa();
  if (phase_ == Phase::kInflates && pa >= cuff_.target()) phase_ = Phase::kDeflates;
  if (phase_ == Phase::kDeflates && pa <= cuff_.release()) phase_ = Phase::kEmpties;
  if (phase_ == Phase::kEmpties && pa <= kEmptyPa) phase_ = Phase::kEmpty;
  const bool due = cuff_.every() > 0 && step_ >= next_inflation_;
  if (!due) return;
  // What falls into a measurement is passed over.
  next_inflation_ += Duration(cuff_.every());
  if (phase_ == Phase::kEmpty) phase_ = Phase::kInflates;
}

void CuffSource::StepTo(RunTime t) {
  while (step_ < t) {
    ChoosePhase();
    const double inflow = phase_ == Phase::kInflates   ? cuff_.inflation()
                          : phase_ == Phase::kDeflates ? -cuff_.deflation()
                                                       : 0.0;
    const bool open = phase_ == Phase::kEmpties || phase_ == Phase::kEmpty;
    air_.Step(kStep, inflow, open ? kEmptyingPerS : 0.0);
    step_ += kStep;
    arm_.AdvanceTo(step_);
    before_ = now_;
    now_ = air_.pressure_pa() + cuff_.amplitude() * arm_.PulseAt(air_.pressure_pa());
  }
}

Status CuffSource::Render(RunTime start, Duration period, std::span<double> values,
                          std::vector<TruthEvent>& truth) {
  const RunTime end = start + period * static_cast<std::int64_t>(values.size());
  RunTime t = start;
  for (double& v : values) {
    StepTo(t);
    const double part = 1.0 - Seconds(step_ - t) / Seconds(kStep);
    v = before_ + (now_ - before_) * std::clamp(part, 0.0, 1.0);
    t += period;
  }
  truth_.Emit(start, end, truth);
  return {};
}

}  // namespace rig
