#pragma once

#include <array>
#include <cstddef>

namespace rig {

// One step of the classical Runge-Kutta method, 4th order, of x' = slope(x); what drives x is held
// during the step. Fixed order of operations: the same bits everywhere.
template <std::size_t N, typename Slope>
std::array<double, N> RungeKutta4(const std::array<double, N>& x, double step, const Slope& slope) {
  const auto moved = [&](const std::array<double, N>& k, double by) {
    std::array<double, N> y;
    for (std::size_t i = 0; i < N; ++i) y[i] = x[i] + by * k[i];
    return y;
  };
  const std::array<double, N> k1 = slope(x);
  const std::array<double, N> k2 = slope(moved(k1, 0.5 * step));
  const std::array<double, N> k3 = slope(moved(k2, 0.5 * step));
  const std::array<double, N> k4 = slope(moved(k3, step));
  std::array<double, N> y;
  for (std::size_t i = 0; i < N; ++i) {
    y[i] = x[i] + step / 6.0 * ((k1[i] + k4[i]) + 2.0 * (k2[i] + k3[i]));
  }
  return y;
}

}  // namespace rig
