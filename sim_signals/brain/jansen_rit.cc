#include "sim_signals/brain/jansen_rit.h"

#include "sim_signals/deterministic_math.h"
#include "sim_signals/runge_kutta.h"

namespace rig {
namespace {

constexpr double kExcitatoryMv = 3.25, kInhibitoryMv = 22.0;
constexpr double kExcitatoryRate = 100.0, kInhibitoryRate = 50.0;
constexpr double kSynapses = 135.0;

// Pulses per second that a potential makes.
double Firing(double mv) { return 2.0 * 2.5 / (1.0 + Exp(0.56 * (6.0 - mv))); }

}  // namespace

void JansenRit::StepMillisecond(double input) {
  constexpr double a = kExcitatoryRate, b = kInhibitoryRate;
  state_ = RungeKutta4(state_, 1e-3, [input](const std::array<double, 6>& y) {
    const double pyramidal = Firing(y[1] - y[2]);
    const double excitatory = input + 0.8 * kSynapses * Firing(kSynapses * y[0]);
    const double inhibitory = 0.25 * kSynapses * Firing(0.25 * kSynapses * y[0]);
    return std::array<double, 6>{y[3],
                                 y[4],
                                 y[5],
                                 kExcitatoryMv * a * pyramidal - 2.0 * a * y[3] - a * a * y[0],
                                 kExcitatoryMv * a * excitatory - 2.0 * a * y[4] - a * a * y[1],
                                 kInhibitoryMv * b * inhibitory - 2.0 * b * y[5] - b * b * y[2]};
  });
}

}  // namespace rig
