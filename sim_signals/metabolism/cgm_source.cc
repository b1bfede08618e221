#include "sim_signals/metabolism/cgm_source.h"

#include <algorithm>

namespace rig {

Result<std::unique_ptr<CgmSource>> CgmSource::Create(const v1::Cgm& cgm, std::uint64_t key,
                                                     RunTime start) {
  RIG_TRY(GlucoseSensor::Check(cgm.sensor(), "cgm"));
  const Intake intake(cgm.meals(), cgm.boluses());
  if (intake.usable() && cgm.basal() >= 0.0) {
    return std::unique_ptr<CgmSource>(new CgmSource(cgm, intake, key, start));
  }
  return MakeError(Code::kInvalidArgument,
                   "cgm: expected meals, boluses and basal insulin of at least 0");
}

CgmSource::CgmSource(const v1::Cgm& cgm, const Intake& intake, std::uint64_t key, RunTime start)
    : start_(start),
      infusion_(cgm.basal() * GlucoseModel::BasalUnitsPerHour()),
      intake_(intake),
      sensor_(cgm.sensor(), key) {}

void CgmSource::ReadAt(std::int64_t reading, RunTime not_before, std::vector<TruthEvent>& truth) {
  constexpr double kPerMgDl = 0.01;  // kg/m3
  const Duration now = sensor_.period() * reading;
  for (; reached_ + GlucoseModel::kGrid <= now; reached_ += GlucoseModel::kGrid) {
    intake_.Take(reached_, model_);
    model_.StepGrid(infusion_);
  }
  held_ = sensor_.Read(model_.sensor_mg_dl(), now);
  const RunTime t = std::max(start_ + now, not_before);
  truth.push_back({t, "glucose", kPerMgDl * model_.plasma_mg_dl()});
  truth.push_back({t, "sensor_gap", sensor_.InGap(now) ? 1.0 : 0.0});
}

Status CgmSource::Render(RunTime start, Duration period, std::span<double> values,
                         std::vector<TruthEvent>& truth) {
  RunTime t = start;
  for (double& v : values) {
    for (; start_ + sensor_.period() * readings_ <= t; ++readings_) ReadAt(readings_, start, truth);
    v = held_;
    t += period;
  }
  return {};
}

}  // namespace rig
