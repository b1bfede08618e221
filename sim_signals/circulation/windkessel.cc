#include "sim_signals/circulation/windkessel.h"

#include <algorithm>
#include <cmath>

#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

// Largest and smallest pressure over rest of a steady rhythm, for a filling of 1.
struct Steady {
  double largest, smallest;
};

double FillingAt(double since_r_s) {
  double sum = 0.0;
  for (const Windkessel::Wave& wave : Windkessel::kWaves) {
    const double u = (since_r_s - wave.offset_s) / wave.width_s;
    sum += wave.height * Exp(-0.5 * u * u);
  }
  return sum;
}

// Filling of 1 at each millisecond of the interval of a steady rhythm.
std::vector<double> SteadyFilling(double interval_s) {
  const double h = Seconds(Windkessel::kStep);
  constexpr double kWavesEndS = 0.6;
  const int before = static_cast<int>(kWavesEndS / interval_s) + 1;  // beats that reach into it
  std::vector<double> filling(static_cast<std::size_t>(std::max(1.0, interval_s / h)));
  for (std::size_t i = 0; i < filling.size(); ++i) {
    for (int beat = -before; beat <= 1; ++beat) {
      filling[i] += FillingAt((static_cast<double>(i) + 0.5) * h - beat * interval_s);
    }
  }
  return filling;
}

Steady SteadyFor(double tau_s, const std::vector<double>& filling) {
  const double keep = Exp(-Seconds(Windkessel::kStep) / tau_s);
  // From 0 over one interval; the periodic solution adds what is left of itself.
  double end = 0.0;
  double kept = 1.0;
  for (const double f : filling) {
    end = end * keep + f * (1.0 - keep);
    kept *= keep;
  }
  double p = end / (1.0 - kept);
  Steady steady{p, p};
  for (const double f : filling) {
    p = p * keep + f * (1.0 - keep);
    steady.largest = std::max(steady.largest, p);
    steady.smallest = std::min(steady.smallest, p);
  }
  return steady;
}

}  // namespace

Windkessel::Setting Windkessel::SettingFor(const Pressures& pressures, double interval_s) {
  const double systolic = pressures.systolic_pa - kRestPa;
  const double diastolic = std::max(1.0, pressures.diastolic_pa - kRestPa);
  const std::vector<double> full = SteadyFilling(interval_s);
  // The longer tau, the nearer both are to each other.
  double low = 0.02;
  double high = 100.0;
  for (int i = 0; i < 40; ++i) {
    const double tau = std::sqrt(low * high);
    const Steady steady = SteadyFor(tau, full);
    const bool too_flat = steady.smallest * systolic > steady.largest * diastolic;
    (too_flat ? high : low) = tau;
  }
  const double tau = std::sqrt(low * high);
  return {tau, systolic / SteadyFor(tau, full).largest};
}

Windkessel::Pressures Windkessel::SteadyPressures(const Setting& setting, double interval_s) {
  const Steady steady = SteadyFor(setting.tau_s, SteadyFilling(interval_s));
  return {kRestPa + setting.filling_pa * steady.largest,
          kRestPa + setting.filling_pa * steady.smallest};
}

double Windkessel::MeanPa(const Setting& setting, double interval_s) {
  // The pressure of a linear vessel is on average what fills it.
  constexpr double kRootOfTwoPi = 2.5066282746310005024;
  double area_s = 0.0;
  for (const Wave& wave : kWaves) area_s += kRootOfTwoPi * wave.width_s * wave.height;
  return kRestPa + setting.filling_pa * area_s / interval_s;
}

void Windkessel::Step(double tau_s, double filling_pa) {
  const double keep = Exp(-Seconds(kStep) / tau_s);
  const double target = kRestPa + filling_pa;
  pressure_pa_ = target + (pressure_pa_ - target) * keep;
}

}  // namespace rig
