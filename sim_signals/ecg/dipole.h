#pragma once

#include <array>
#include <span>

#include "rig/v1/artefacts.pb.h"
#include "rig/v1/signals.pb.h"
#include "sim_signals/body/rhythms.h"

namespace rig {

// A vector of the heart's dipole: x to the left, y to the feet, z to the back, in millivolts of the
// Frank leads.
struct Dipole {
  double x = 0.0, y = 0.0, z = 0.0;
};

// How a lead sees the dipole, so that limb leads are Einthoven-consistent: III is II - I, the
// augmented leads follow from both. Source: Dower et al. 1980, Clin. Cardiol. 3:87 (I, II, V1 to
// V6).
Dipole LeadVector(v1::Ecg::Lead lead);
// How a lead sees it while two electrodes are swapped: each lead is a difference of electrodes'
// potentials, the chest's against the mean of the limbs' (Wilson).
Dipole LeadVector(v1::Ecg::Lead lead, const v1::LeadSwap& swap);
inline double Project(const Dipole& lead, const Dipole& dipole) {
  return lead.x * dipole.x + lead.y * dipole.y + lead.z * dipole.z;
}

// One Gaussian event of a beat.
struct DipoleWave {
  enum class Part { kP, kQrs, kT };
  Part part;
  double offset_s;  // from the R peak, at an interval of 1 s
  double width_s;
  Dipole height;
};

// Where the P wave of a sinus beat peaks in the events' own time.
inline constexpr double kPPeakS = -0.1735;  // -1.09 rad of a beat of 1 s

// The events of a beat of this origin; P waves only of the sinus node's.
std::span<const DipoleWave> WavesOf(HeartCycle::Origin origin);

// Where lead II of a beat of this origin has its R peak, relative to the events' own zero, and how
// high it is, in millivolts.
struct RPeak {
  double offset_s, height_mv;
};
RPeak RPeakOf(HeartCycle::Origin origin);

}  // namespace rig
