#pragma once

#include <array>

#include "rig/base/run_time.h"

namespace rig {

// Glucose and insulin of an adult with type 1 diabetes, 13 states, on a grid of 5 s.
//
// Equations: Dalla Man, Rizza and Cobelli 2007, IEEE TBME 54:1740 (meal, glucose, insulin, action),
// with subcutaneous insulin and sensor-site glucose as in Kovatchev et al. 2009, J Diabetes Sci
// Technol 3:44 (the UVA/Padova simulator accepted in 2008). Constants: glucose_model.cc.
class GlucoseModel {
 public:
  static constexpr Duration kGrid = std::chrono::seconds(5);
  static constexpr double kPmolPerUnit = 6000.0;  // insulin: 1 U is 6 nmol
  // Masses per body weight unless said otherwise.
  enum Index {
    kStomachSolid,   // mg, of the whole body
    kStomachLiquid,  // mg, of the whole body
    kGut,            // mg, of the whole body
    kPlasmaGlucose,  // mg/kg
    kTissueGlucose,  // mg/kg
    kPlasmaInsulin,  // pmol/kg
    kAction,         // of insulin on use, pmol/L
    kDelayed,        // insulin signal, pmol/L
    kDelayedTwice,   // pmol/L
    kLiverInsulin,   // pmol/kg
    kSkinInsulin1,   // pmol/kg
    kSkinInsulin2,   // pmol/kg
    kSensorGlucose,  // mg/kg
    kStates
  };
  using State = std::array<double, kStates>;
  // What drives the states during a step.
  struct Input {
    double eaten_mg_min = 0.0;
    double insulin_pmol_kg_min = 0.0;
    double meal_mg = 0.0;  // in the stomach when the meal began, and the meal
  };

  // Slopes per minute.
  static State Slope(const State& state, const Input& input);
  // Fasting, at rest under BasalUnitsPerHour().
  static State Fasting();
  static double BasalUnitsPerHour();

  GlucoseModel() : state_(Fasting()) {}
  // Carbohydrate, eaten at 5 g/min from now on, behind what is still on the plate.
  void Eat(double grams);
  // Insulin under the skin, at once.
  void Inject(double units);
  // Advances by one point of the grid, one Runge-Kutta step, under an infusion in U/h.
  void StepGrid(double units_per_hour);

  const State& state() const { return state_; }
  double plasma_mg_dl() const;
  double sensor_mg_dl() const;

 private:
  State state_;
  double plate_mg_ = 0.0;
  double meal_mg_ = 0.0;
};

}  // namespace rig
