#include "sim_signals/metabolism/glucose_model.h"

#include <algorithm>

#include "sim_signals/deterministic_math.h"
#include "sim_signals/runge_kutta.h"

namespace rig {
namespace {

// Means of the ten adults of the UVA/Padova set of 2008, as published with the open simulator
// simglucose (J. Xie 2018, params/vpatient_params.csv, adult#001 to adult#010), rounded to five
// digits. What the set derives from others is derived below, so that fasting is an exact rest.
constexpr double kWeightKg = 86.07;
constexpr double kFastingMgDl = 142.75;        // Gb
constexpr double kFastingInsulin = 108.46;     // Ib, pmol/L
constexpr double kFastingProduction = 2.5076;  // EGPb, mg/kg/min
// Meal: kmax, kmin, kabs (1/min), b, d, f.
constexpr double kEmptyingMax = 0.038718, kEmptyingMin = 0.0073931, kAbsorption = 0.20965;
constexpr double kB = 0.78513, kD = 0.17907, kF = 0.9;
// Glucose: VG (dL/kg), k1, k2 (1/min), Fcns (mg/kg/min), ke1 (1/min), ke2 (mg/kg).
constexpr double kGlucoseVolume = 1.8479, kK1 = 0.06253, kK2 = 0.12923;
constexpr double kBrainUse = 1.0, kRenalRate = 0.0005, kRenalThreshold = 339.0;
// Use and production: Vmx (mg/kg/min per pmol/L), Km0 (mg/kg), p2U, ki (1/min), kp2 (1/min), kp3.
constexpr double kVmx = 0.053689, kKm0 = 236.73, kP2u = 0.033878, kKi = 0.0084331;
constexpr double kKp2 = 0.0041854, kKp3 = 0.0095141;
// Insulin: VI (L/kg), m1 (1/min), CL (L/min), HEb.
constexpr double kInsulinVolume = 0.052523, kM1 = 0.19994, kClearance = 1.1602, kExtraction = 0.6;
// Under the skin: kd, ka1, ka2, ksc (1/min).
constexpr double kKd = 0.01592, kKa1 = 0.00337, kKa2 = 0.01587, kKsc = 0.09537;
constexpr double kEatingMgMin = 5000.0;

// Derived as in Dalla Man et al. 2007, section II: three fifths of the clearance are the liver's.
constexpr double kM2 = 0.6 * kClearance / (kExtraction * kInsulinVolume * kWeightKg);
constexpr double kM4 = 0.4 * kClearance / (kInsulinVolume * kWeightKg);
constexpr double kM3 = kM1 * kExtraction / (1.0 - kExtraction);
// From fasting being at rest.
constexpr double kFastingPlasma = kFastingMgDl * kGlucoseVolume;
constexpr double kFastingTissue = (kBrainUse - kFastingProduction + kK1 * kFastingPlasma) / kK2;
constexpr double kVm0 = (kFastingProduction - kBrainUse) * (kKm0 + kFastingTissue) / kFastingTissue;
constexpr double kKp1 = kFastingProduction + kKp2 * kFastingPlasma + kKp3 * kFastingInsulin;
constexpr double kFastingInsulinMass = kFastingInsulin * kInsulinVolume;
constexpr double kFastingLiver = kM2 * kFastingInsulinMass / (kM1 + kM3);
constexpr double kFastingInfusion =  // pmol/kg/min
    (kM2 + kM4) * kFastingInsulinMass - kM1 * kFastingLiver;

// Of what is in the stomach, the part that leaves per minute.
double Emptying(double stomach_mg, double meal_mg) {
  if (!(meal_mg > 0.0)) return kEmptyingMax;
  const double alpha = 2.5 / (meal_mg * (1.0 - kB));
  const double beta = 2.5 / (meal_mg * kD);
  return kEmptyingMin + 0.5 * (kEmptyingMax - kEmptyingMin) *
                            (Tanh(alpha * (stomach_mg - kB * meal_mg)) -
                             Tanh(beta * (stomach_mg - kD * meal_mg)) + 2.0);
}

}  // namespace

GlucoseModel::State GlucoseModel::Slope(const State& s, const Input& in) {
  const double emptied =
      Emptying(s[kStomachSolid] + s[kStomachLiquid], in.meal_mg) * s[kStomachLiquid];
  const double appears = kF * kAbsorption * s[kGut] / kWeightKg;
  const double produced = std::max(0.0, kKp1 - kKp2 * s[kPlasmaGlucose] - kKp3 * s[kDelayedTwice]);
  const double excreted = kRenalRate * std::max(0.0, s[kPlasmaGlucose] - kRenalThreshold);
  // Where there is none left, none is used.
  const double brain = s[kPlasmaGlucose] > 0.0 ? kBrainUse : 0.0;
  const double tissue = std::max(0.0, s[kTissueGlucose]);
  const double used = std::max(0.0, kVm0 + kVmx * s[kAction]) * tissue / (kKm0 + tissue);
  const double exchanged = kK1 * s[kPlasmaGlucose] - kK2 * s[kTissueGlucose];
  const double insulin = s[kPlasmaInsulin] / kInsulinVolume;

  State slope;
  slope[kStomachSolid] = in.eaten_mg_min - kEmptyingMax * s[kStomachSolid];
  slope[kStomachLiquid] = kEmptyingMax * s[kStomachSolid] - emptied;
  slope[kGut] = emptied - kAbsorption * s[kGut];
  slope[kPlasmaGlucose] = produced + appears - brain - excreted - exchanged;
  slope[kTissueGlucose] = exchanged - used;
  slope[kPlasmaInsulin] = -(kM2 + kM4) * s[kPlasmaInsulin] + kM1 * s[kLiverInsulin] +
                          kKa1 * s[kSkinInsulin1] + kKa2 * s[kSkinInsulin2];
  slope[kAction] = kP2u * (insulin - kFastingInsulin - s[kAction]);
  slope[kDelayed] = kKi * (insulin - s[kDelayed]);
  slope[kDelayedTwice] = kKi * (s[kDelayed] - s[kDelayedTwice]);
  slope[kLiverInsulin] = kM2 * s[kPlasmaInsulin] - (kM1 + kM3) * s[kLiverInsulin];
  slope[kSkinInsulin1] = in.insulin_pmol_kg_min - (kKa1 + kKd) * s[kSkinInsulin1];
  slope[kSkinInsulin2] = kKd * s[kSkinInsulin1] - kKa2 * s[kSkinInsulin2];
  slope[kSensorGlucose] = kKsc * (s[kPlasmaGlucose] - s[kSensorGlucose]);
  return slope;
}

GlucoseModel::State GlucoseModel::Fasting() {
  const double skin1 = kFastingInfusion / (kKa1 + kKd);
  return {0.0,
          0.0,
          0.0,
          kFastingPlasma,
          kFastingTissue,
          kFastingInsulinMass,
          0.0,
          kFastingInsulin,
          kFastingInsulin,
          kFastingLiver,
          skin1,
          kKd * skin1 / kKa2,
          kFastingPlasma};
}

double GlucoseModel::BasalUnitsPerHour() {
  return kFastingInfusion * kWeightKg / kPmolPerUnit * 60.0;
}

void GlucoseModel::Eat(double grams) {
  plate_mg_ += grams * 1000.0;
  meal_mg_ = state_[kStomachSolid] + state_[kStomachLiquid] + plate_mg_;
}

void GlucoseModel::Inject(double units) {
  state_[kSkinInsulin1] += units * kPmolPerUnit / kWeightKg;
}

void GlucoseModel::StepGrid(double units_per_hour) {
  const double step_min = Seconds(kGrid) / 60.0;
  const double eaten_mg = std::min(plate_mg_, kEatingMgMin * step_min);
  plate_mg_ -= eaten_mg;
  const Input input = {.eaten_mg_min = eaten_mg / step_min,
                       .insulin_pmol_kg_min = units_per_hour / 60.0 * kPmolPerUnit / kWeightKg,
                       .meal_mg = meal_mg_};
  state_ = RungeKutta4(state_, step_min, [&](const State& s) { return Slope(s, input); });
}

double GlucoseModel::plasma_mg_dl() const { return state_[kPlasmaGlucose] / kGlucoseVolume; }
double GlucoseModel::sensor_mg_dl() const { return state_[kSensorGlucose] / kGlucoseVolume; }

}  // namespace rig
