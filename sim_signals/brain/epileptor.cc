#include "sim_signals/brain/epileptor.h"

#include "sim_signals/runge_kutta.h"

namespace rig {
namespace {

using State = std::array<double, 5>;

State Slope(const State& s, const Epileptor::Input& input) {
  const auto& [x1, y1, x2, y2, g] = s;
  const double z4 = input.z - 4.0;
  const double f1 = x1 < 0.0 ? x1 * x1 * x1 - 3.0 * x1 * x1 : (x2 - 0.6 * z4 * z4) * x1;
  const double f2 = x2 < -0.25 ? 0.0 : 6.0 * (x2 + 0.25);
  return {y1 - f1 - input.z + 3.1 + input.push, 1.0 - 5.0 * x1 * x1 - y1,
          -y2 + x2 - x2 * x2 * x2 + 0.45 + 2.0 * g - 0.3 * (input.z - 3.5) + input.noise_x2,
          (-y2 + f2) / 10.0 + input.noise_y2, -0.01 * (g - 0.1 * x1)};
}

// The rest that Slope vanishes at: x1^3 + 2 x1^2 + z - 4.1 = 0 and, with y2 = 0,
// x2^3 - x2 = 0.45 + 0.2 x1 - 0.3 (z - 3.5), each by Newton's method.
State Rest() {
  double x1 = -2.0;
  for (int i = 0; i < 20; ++i) {
    const double value = x1 * x1 * x1 + 2.0 * x1 * x1 + Epileptor::kRestZ - 4.1;
    x1 -= value / (3.0 * x1 * x1 + 4.0 * x1);
  }
  const double drive = 0.45 + 0.2 * x1 - 0.3 * (Epileptor::kRestZ - 3.5);
  double x2 = -1.1;
  for (int i = 0; i < 20; ++i) x2 -= (x2 * x2 * x2 - x2 - drive) / (3.0 * x2 * x2 - 1.0);
  return {x1, 1.0 - 5.0 * x1 * x1, x2, 0.0, 0.1 * x1};
}

}  // namespace

Epileptor::Epileptor() : state_(Rest()) {}

void Epileptor::StepMillisecond(const Input& input) {
  constexpr double kHalfUnits = 0.5e-3 * kUnitsPerSecond;
  const auto slope = [&](const State& s) { return Slope(s, input); };
  state_ = RungeKutta4(RungeKutta4(state_, kHalfUnits, slope), kHalfUnits, slope);
}

}  // namespace rig
