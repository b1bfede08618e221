#include "sim_signals/metabolism/glucose_sensor.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim_signals/deterministic_math.h"
#include "sim_signals/random.h"

namespace rig {
namespace {

constexpr Duration kInterval = std::chrono::minutes(15);
constexpr double kPartial = 0.7;
constexpr double kGamma = -0.5444, kDelta = 1.6898, kLambda = 15.9574, kXi = -5.471;
// sqrt(kPartial^2 / (1 - kPartial^2)): the process's own spread, from which it begins.
constexpr double kSpread = 0.98019605881960692;
constexpr double kPerMgDl = 0.01;  // kg/m3

}  // namespace

Status GlucoseSensor::Check(const v1::GlucoseSensor& sensor, const std::string& where) {
  bool usable = sensor.period() > 0 && sensor.noise() >= 0.0 && sensor.low() >= 0.0 &&
                sensor.high() > sensor.low();
  for (const v1::SensorGap& gap : sensor.gaps()) usable &= gap.at() >= 0 && gap.duration() > 0;
  if (usable) return {};
  return MakeError(
      Code::kInvalidArgument,
      fmt::format("{}: sensor: expected a period above 0 s, a noise of at least 0, low "
                  "below high, gaps longer than 0 s",
                  where));
}

GlucoseSensor::GlucoseSensor(const v1::GlucoseSensor& sensor, std::uint64_t key)
    : sensor_(sensor), key_(key), process_from_(kSpread * GaussianAt(key, 0)) {
  process_to_ = kPartial * (process_from_ + GaussianAt(key, 1));
}

bool GlucoseSensor::InGap(Duration since_start) const {
  return std::any_of(sensor_.gaps().begin(), sensor_.gaps().end(), [&](const v1::SensorGap& gap) {
    return since_start >= Duration(gap.at()) &&
           since_start - Duration(gap.at()) < Duration(gap.duration());
  });
}

double GlucoseSensor::ErrorMgDl(Duration since_start) {
  for (const std::int64_t wanted = since_start / kInterval; interval_ < wanted; ++interval_) {
    process_from_ = process_to_;
    process_to_ =
        kPartial * (process_from_ + GaussianAt(key_, static_cast<std::uint64_t>(interval_) + 2));
  }
  const double part = Seconds(since_start - kInterval * interval_) / Seconds(kInterval);
  const double process = process_from_ + (process_to_ - process_from_) * part;
  const double e = Exp((process - kGamma) / kDelta);
  return kXi + kLambda * 0.5 * (e - 1.0 / e);
}

double GlucoseSensor::Read(double glucose_mg_dl, Duration since_start) {
  const double error = sensor_.noise() * ErrorMgDl(since_start);
  if (InGap(since_start)) return 0.0;
  return std::clamp(kPerMgDl * (glucose_mg_dl + error), sensor_.low(), sensor_.high());
}

}  // namespace rig
