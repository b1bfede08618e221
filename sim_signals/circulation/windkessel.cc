#include "sim_signals/circulation/windkessel.h"

#include <algorithm>
#include <cmath>

#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

constexpr double kShortestS = 0.2;
constexpr double kLongestS = 3.0;

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

Steady SteadyFor(double tau_s, double interval_s) {
  const double h = Seconds(Windkessel::kStep);
  const int steps = std::max(1, static_cast<int>(interval_s / h));
  const double keep = Exp(-h / tau_s);
  // From 0 over one interval; the periodic solution adds what is left of itself.
  double p = 0.0;
  std::vector<double> course(static_cast<std::size_t>(steps));
  for (int i = 0; i < steps; ++i) {
    double filling = 0.0;
    for (int beat = -1; beat <= 1; ++beat) {  // waves reach into the intervals beside
      filling += FillingAt((i + 0.5) * h - beat * interval_s);
    }
    p = p * keep + filling * (1.0 - keep);
    course[static_cast<std::size_t>(i)] = p;
  }
  const double first = p / (1.0 - Exp(-interval_s / tau_s));
  Steady steady{0.0, first};
  double left = first;
  for (const double value : course) {
    left *= keep;
    steady.largest = std::max(steady.largest, value + left);
    steady.smallest = std::min(steady.smallest, value + left);
  }
  return steady;
}

}  // namespace

Windkessel::Setting Windkessel::SettingFor(const Pressures& pressures, double interval_s) {
  const double systolic = pressures.systolic_pa - kRestPa;
  const double diastolic = std::max(1.0, pressures.diastolic_pa - kRestPa);
  const double interval = std::clamp(interval_s, kShortestS, kLongestS);
  // The longer tau, the nearer both are to each other.
  double low = 0.02;
  double high = 100.0;
  for (int i = 0; i < 40; ++i) {
    const double tau = std::sqrt(low * high);
    const Steady steady = SteadyFor(tau, interval);
    const bool too_flat = steady.smallest * systolic > steady.largest * diastolic;
    (too_flat ? high : low) = tau;
  }
  const double tau = std::sqrt(low * high);
  return {tau, systolic / SteadyFor(tau, interval).largest};
}

double Windkessel::MeanPa(const Setting& setting, double interval_s) {
  // The pressure of a linear vessel is on average what fills it.
  constexpr double kRootOfTwoPi = 2.5066282746310005024;
  double area_s = 0.0;
  for (const Wave& wave : kWaves) area_s += kRootOfTwoPi * wave.width_s * wave.height;
  return kRestPa + setting.filling_pa * area_s / std::clamp(interval_s, kShortestS, kLongestS);
}

void Windkessel::Step(const Setting& setting, double filling) {
  const double keep = Exp(-Seconds(kStep) / setting.tau_s);
  const double target = kRestPa + setting.filling_pa * filling;
  pressure_pa_ = target + (pressure_pa_ - target) * keep;
}

}  // namespace rig
