#include "sim_signals/lung/airway_source.h"

#include <algorithm>
#include <cmath>

#include "sim_signals/lung/lung_state.h"

namespace rig {
namespace {

constexpr Duration kMillisecond = std::chrono::milliseconds(1);

}  // namespace

Result<std::unique_ptr<AirwaySource>> AirwaySource::Create(const v1::Airway& airway,
                                                           RunTime start) {
  RIG_TRY(CheckLung(airway.lung(), "airway"));
  const bool breathes = airway.rate() > 0.0 && airway.rate() <= 1000.0 &&
                        airway.inspiration() > 0 &&
                        Seconds(Duration(airway.inspiration())) * airway.rate() < 1.0;
  const bool pressed = airway.pressure() >= 0.0 && airway.peep() >= 0.0;
  const bool named = airway.quantity() == v1::Airway::PRESSURE ||
                     airway.quantity() == v1::Airway::FLOW ||
                     airway.quantity() == v1::Airway::VOLUME;
  if (!breathes || !pressed || !named) {
    return MakeError(Code::kInvalidArgument,
                     "airway: expected a quantity, pressures of at least 0 and an inspiration that "
                     "is shorter than its breath");
  }
  return std::unique_ptr<AirwaySource>(new AirwaySource(airway, start));
}

AirwaySource::AirwaySource(const v1::Airway& airway, RunTime start)
    : airway_(airway),
      start_(start),
      breath_(static_cast<std::int64_t>(std::floor(1e9 / airway.rate() + 0.5))),
      volume_m3_(airway.lung().compliance() * airway.peep()) {}

std::string AirwaySource::unit() const {
  if (airway_.quantity() == v1::Airway::PRESSURE) return "Pa";
  return airway_.quantity() == v1::Airway::FLOW ? "m3/s" : "m3";
}

AirwaySource::Phase AirwaySource::PhaseAt(Duration t) const {
  const std::int64_t breath = t / breath_;
  const Duration begin = breath_ * breath;
  const Duration switched = begin + Duration(airway_.inspiration());
  const bool inspiration = t < switched;
  return {breath, inspiration, inspiration ? switched : begin + breath_};
}

double AirwaySource::PressurePa(const Phase& phase) const {
  return airway_.peep() + (phase.inspiration ? airway_.pressure() : 0.0);
}

void AirwaySource::AdvanceTo(Duration t) {
  while (true) {
    const Phase phase = PhaseAt(reached_);
    const Duration next = std::min(phase.until, (reached_ / kMillisecond + 1) * kMillisecond);
    if (next > t) return;
    const double pressure = PressurePa(phase);
    volume_m3_ =
        FilledVolume(volume_m3_, airway_.lung(), pressure + EffortPa(airway_.lung(), reached_),
                     pressure + EffortPa(airway_.lung(), next), Seconds(next - reached_));
    reached_ = next;
  }
}

double AirwaySource::At(Duration t) {
  AdvanceTo(t);
  const v1::Lung& lung = airway_.lung();
  const double pressure = PressurePa(PhaseAt(t));
  if (airway_.quantity() == v1::Airway::PRESSURE) return pressure;
  const double effort = EffortPa(lung, t);
  const double volume = FilledVolume(volume_m3_, lung, pressure + EffortPa(lung, reached_),
                                     pressure + effort, Seconds(t - reached_));
  if (airway_.quantity() == v1::Airway::VOLUME) return volume;
  return (pressure + effort - volume / lung.compliance()) / lung.resistance() +
         lung.leak() * pressure;
}

void AirwaySource::EmitTruth(RunTime first, RunTime end, std::vector<TruthEvent>& truth) {
  if (told_until_ < Duration(0)) told_until_ = std::max(first, start_) - start_;
  while (start_ + told_until_ < end) {
    const Phase phase = PhaseAt(told_until_);
    const RunTime t = start_ + told_until_;
    if (phase.inspiration) truth.push_back({t, "breath", static_cast<double>(phase.breath + 1)});
    truth.push_back({t, "inspiration", phase.inspiration ? 1.0 : 0.0});
    told_until_ = phase.until;
  }
}

Status AirwaySource::Render(RunTime start, Duration period, std::span<double> values,
                            std::vector<TruthEvent>& truth) {
  EmitTruth(start, start + period * static_cast<std::int64_t>(values.size()), truth);
  RunTime t = start;
  for (double& v : values) {
    v = At(t - start_);
    t += period;
  }
  return {};
}

}  // namespace rig
