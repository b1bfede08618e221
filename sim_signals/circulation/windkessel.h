#pragma once

#include <vector>

#include "sim_signals/body/beats.h"
#include "sim_signals/body/course.h"
#include "sim_signals/gaussian_sum.h"

namespace rig {

// Pressure of an artery that each beat fills and that empties in between, a two-element Windkessel:
// dP/dt = (filling - (P - rest)) / tau. Filling and tau are those with which sinus beats of the
// rhythm's own interval give the systolic and diastolic pressure asked; other beats give what they
// give, and without beats the pressure falls to `rest`.
//
// Source: Frank 1899; rest: mean filling pressure, 7 mmHg (recall).
class Windkessel {
 public:
  struct Pressures {
    double systolic_pa, diastolic_pa;
  };
  // How a rhythm of this interval must fill it.
  struct Setting {
    double tau_s, filling_pa;
  };
  // That which comes nearest to the pressures; a diastolic one at `rest` or below has none.
  static Setting SettingFor(const Pressures& pressures, double interval_s);
  // What sinus beats of this interval then have.
  static Pressures SteadyPressures(const Setting& setting, double interval_s);

  // Mean pressure of such a rhythm.
  static double MeanPa(const Setting& setting, double interval_s);

  // One millisecond further, filled towards this pressure over rest.
  void Step(double tau_s, double filling_pa);
  double pressure_pa() const { return pressure_pa_; }
  void set_pressure_pa(double pressure_pa) { pressure_pa_ = pressure_pa; }

  static constexpr Duration kStep = Duration(1'000'000);
  static constexpr double kRestPa = 7.0 * 133.322387415;
  // Filling of a beat: its middle after the R peak, its width, and a second wave that makes the
  // notch.
  struct Wave {
    double offset_s, width_s, height;
  };
  static constexpr Wave kWaves[] = {{0.13, 0.045, 1.0}, {0.38, 0.035, 0.12}};

 private:
  double pressure_pa_ = kRestPa;
};

}  // namespace rig
