#include "sim_signals/ecg/dipole.h"

#include <vector>

#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

constexpr double kTwoPi = 6.283185307179586476925;

struct Event {
  double phase, height, width;  // radians of a beat of 1 s, mV, radians
};

// Source: Sameni et al. 2007, EURASIP J. Adv. Signal Process. 43407, table 1 (a normal adult).
constexpr Event kX[] = {{-1.09, 0.03, 0.0906}, {-0.83, 0.08, 0.1057}, {-0.19, -0.13, 0.0453},
                        {-0.07, 0.85, 0.0378}, {0.0, 1.11, 0.0332},   {0.06, 0.75, 0.0302},
                        {0.22, 0.06, 0.0378},  {1.2, 0.1, 0.6040},    {1.42, 0.17, 0.3020},
                        {1.68, 0.39, 0.1812},  {2.9, 0.03, 0.5}};
constexpr Event kY[] = {{-1.1, 0.035, 0.07},  {-0.9, 0.015, 0.07},  {-0.76, -0.019, 0.04},
                        {-0.11, 0.32, 0.055}, {-0.01, 0.51, 0.037}, {0.065, -0.32, 0.0604},
                        {0.8, 0.04, 0.450},   {1.58, 0.08, 0.3},    {2.9, 0.014, 0.5}};
constexpr Event kZ[] = {{-1.1, -0.03, 0.03}, {-0.93, -0.14, 0.12}, {-0.7, -0.035, 0.04},
                        {-0.4, 0.045, 0.4},  {-0.15, -0.4, 0.045}, {0.095, 0.46, 0.05},
                        {1.05, -0.12, 0.8},  {1.25, -0.2, 0.4},    {1.55, -0.35, 0.2},
                        {2.8, -0.035, 0.4}};

// P ends half a radian before R, T begins half a radian after it.
DipoleWave::Part PartAt(double phase) {
  constexpr double kBorder = 0.5;
  if (phase < -kBorder) return DipoleWave::Part::kP;
  return phase > kBorder ? DipoleWave::Part::kT : DipoleWave::Part::kQrs;
}

template <std::size_t N>
void Append(const Event (&events)[N], Dipole axis, std::vector<DipoleWave>& waves) {
  for (const Event& e : events) {
    waves.push_back({PartAt(e.phase),
                     e.phase / kTwoPi,
                     e.width / kTwoPi,
                     {axis.x * e.height, axis.y * e.height, axis.z * e.height}});
  }
}

std::vector<DipoleWave> NormalWaves() {
  std::vector<DipoleWave> waves;
  Append(kX, {1.0, 0.0, 0.0}, waves);
  Append(kY, {0.0, 1.0, 0.0}, waves);
  Append(kZ, {0.0, 0.0, 1.0}, waves);
  return waves;
}

// A beat that begins in a ventricle: 150 ms wide, its T wave against it (recall).
std::vector<DipoleWave> VentricularWaves() {
  static constexpr Dipole kAxis = {-0.5, 1.1, 0.6};
  const auto along = [](double height) {
    return Dipole{kAxis.x * height, kAxis.y * height, kAxis.z * height};
  };
  return {{DipoleWave::Part::kQrs, 0.0, 0.032, along(1.0)},
          {DipoleWave::Part::kQrs, 0.055, 0.022, along(0.35)},
          {DipoleWave::Part::kT, 0.30, 0.060, along(-0.40)}};
}

// a * p + b * q.
Dipole Combine(double a, const Dipole& p, double b, const Dipole& q) {
  return {a * p.x + b * q.x, a * p.y + b * q.y, a * p.z + b * q.z};
}

// An electrode's potential against Wilson's terminal.
Dipole PotentialOf(v1::LeadSwap::Electrode electrode) {
  const Dipole i = LeadVector(v1::Ecg::I), ii = LeadVector(v1::Ecg::II);
  switch (electrode) {
    case v1::LeadSwap::RA:
      return Combine(-1.0 / 3.0, i, -1.0 / 3.0, ii);
    case v1::LeadSwap::LA:
      return Combine(2.0 / 3.0, i, -1.0 / 3.0, ii);
    case v1::LeadSwap::LL:
      return Combine(-1.0 / 3.0, i, 2.0 / 3.0, ii);
    default:  // both list the chest's in order
      return LeadVector(static_cast<v1::Ecg::Lead>(v1::Ecg::V1 + (electrode - v1::LeadSwap::V1)));
  }
}

}  // namespace

Dipole LeadVector(v1::Ecg::Lead lead, const v1::LeadSwap& swap) {
  const auto at = [&](v1::LeadSwap::Electrode electrode) {
    if (electrode == swap.one()) return PotentialOf(swap.other());
    return PotentialOf(electrode == swap.other() ? swap.one() : electrode);
  };
  const Dipole ra = at(v1::LeadSwap::RA), la = at(v1::LeadSwap::LA), ll = at(v1::LeadSwap::LL);
  const Dipole i = Combine(1.0, la, -1.0, ra), ii = Combine(1.0, ll, -1.0, ra);
  switch (lead) {
    case v1::Ecg::I:
      return i;
    case v1::Ecg::III:
      return Combine(-1.0, i, 1.0, ii);
    case v1::Ecg::AVR:
      return Combine(-0.5, i, -0.5, ii);
    case v1::Ecg::AVL:
      return Combine(1.0, i, -0.5, ii);
    case v1::Ecg::AVF:
      return Combine(-0.5, i, 1.0, ii);
    case v1::Ecg::II:
    case v1::Ecg::LEAD_UNSET:
      return ii;
    default: {
      const Dipole wilson = Combine(1.0 / 3.0, Combine(1.0, ra, 1.0, la), 1.0 / 3.0, ll);
      const auto chest =
          static_cast<v1::LeadSwap::Electrode>(v1::LeadSwap::V1 + (lead - v1::Ecg::V1));
      return Combine(1.0, at(chest), -1.0, wilson);
    }
  }
}

Dipole LeadVector(v1::Ecg::Lead lead) {
  constexpr Dipole kI = {0.632, -0.235, 0.059};
  constexpr Dipole kII = {0.235, 1.066, -0.132};
  const auto combine = [&](double i, double ii) {
    return Dipole{i * kI.x + ii * kII.x, i * kI.y + ii * kII.y, i * kI.z + ii * kII.z};
  };
  switch (lead) {
    case v1::Ecg::I:
      return kI;
    case v1::Ecg::III:
      return combine(-1.0, 1.0);
    case v1::Ecg::AVR:
      return combine(-0.5, -0.5);
    case v1::Ecg::AVL:
      return combine(1.0, -0.5);
    case v1::Ecg::AVF:
      return combine(-0.5, 1.0);
    case v1::Ecg::V1:
      return {-0.515, 0.157, -0.917};
    case v1::Ecg::V2:
      return {0.044, 0.164, -1.387};
    case v1::Ecg::V3:
      return {0.882, 0.098, -1.277};
    case v1::Ecg::V4:
      return {1.213, 0.127, -0.601};
    case v1::Ecg::V5:
      return {1.125, 0.127, -0.086};
    case v1::Ecg::V6:
      return {0.831, 0.076, 0.230};
    default:
      return kII;
  }
}

std::span<const DipoleWave> WavesOf(HeartCycle::Origin origin) {
  static const std::vector<DipoleWave> normal = NormalWaves();
  static const std::vector<DipoleWave> ventricular = VentricularWaves();
  return origin == HeartCycle::Origin::kSinus ? normal : ventricular;
}

RPeak RPeakOf(HeartCycle::Origin origin) {
  // Newton's method on the slope, from the events' zero.
  const Dipole lead = LeadVector(v1::Ecg::II);
  RPeak peak{0.0, 0.0};
  for (int i = 0; i < 8; ++i) {
    double value = 0.0, slope = 0.0, curvature = 0.0;
    for (const DipoleWave& wave : WavesOf(origin)) {
      const double u = (peak.offset_s - wave.offset_s) / wave.width_s;
      const double g = Project(lead, wave.height) * Exp(-0.5 * u * u);
      value += g;
      slope -= g * u / wave.width_s;
      curvature += g * (u * u - 1.0) / (wave.width_s * wave.width_s);
    }
    peak.height_mv = value;
    if (curvature < 0.0) peak.offset_s -= slope / curvature;
  }
  return peak;
}

}  // namespace rig
