#include "sim_signals/ecg/pacer_pulses.h"

#include <algorithm>

namespace rig {
namespace {

v1::PacerPulse Stated(bool stated, const v1::PacerPulse& pulse) {
  return stated ? pulse : WithDefaults<v1::PacerPulse>();
}
v1::PacerPulse AtrialOf(const v1::PacedRhythm& paced) {
  return Stated(paced.has_atrial_pulse(), paced.atrial_pulse());
}
v1::PacerPulse VentricularOf(const v1::PacedRhythm& paced) {
  return Stated(paced.has_ventricular_pulse(), paced.ventricular_pulse());
}

}  // namespace

bool HasPacerPulses(const BodyCourse& course) {
  return std::any_of(course.rhythm.begin(), course.rhythm.end(), [](const auto& begun) {
    const v1::Rhythm& rhythm = begun.second;
    if (!rhythm.has_paced()) return false;
    const v1::PacedRhythm& paced = rhythm.paced();
    const bool atrial =
        paced.mode() != v1::PacedRhythm::VENTRICULAR && AtrialOf(paced).amplitude() != 0.0;
    const bool ventricular =
        paced.mode() != v1::PacedRhythm::ATRIAL && VentricularOf(paced).amplitude() != 0.0;
    return atrial || ventricular;
  });
}

PacerPulses::PacerPulses(const BodyCourse& course, const Dipole& lead, RunTime start)
    : start_(start) {
  const Dipole ii = LeadVector(v1::Ecg::II);
  share_ = Project(lead, ii) / Project(ii, ii);
  for (const auto& [begin, rhythm] : course.rhythm) {
    if (!rhythm.has_paced()) continue;
    shapes_.push_back({begin, {AtrialOf(rhythm.paced()), VentricularOf(rhythm.paced())}});
  }
}

void PacerPulses::Add(RunTime begin, v1::PacerPulse Shapes::*chamber) {
  if (begin < start_) return;
  std::size_t i = shapes_.size() - 1;
  while (i > 0 && shapes_[i].first > begin) --i;
  const v1::PacerPulse& shape = shapes_[i].second.*chamber;
  if (shape.amplitude() == 0.0) return;
  pending_.push_back({begin, share_ * shape.amplitude(), Duration(shape.width()),
                      Duration(shape.rise()), shape.overshoot(), Duration(shape.recovery())});
}

void PacerPulses::Add(const HeartCycle& cycle) {
  if (cycle.atrial_pulse) Add(*cycle.atrial_pulse, &Shapes::atrial);
  if (cycle.ventricular_pulse) Add(*cycle.ventricular_pulse, &Shapes::ventricular);
}

void PacerPulses::Take(RunTime end, std::vector<Pulse>& pulses) {
  while (!pending_.empty() && pending_.front().begin < end) {
    pulses.push_back(pending_.front());
    pending_.pop_front();
  }
}

}  // namespace rig
