#include "sim_signals/pulse_shape.h"

#include "sim_signals/deterministic_math.h"

namespace rig {

double ValueAt(const Pulse& pulse, RunTime t) {
  const Duration since = t - pulse.begin;
  if (since <= Duration(0)) return 0.0;
  const double rise_s = Seconds(pulse.rise);
  if (since < pulse.rise) return pulse.height * Seconds(since) / rise_s;
  const Duration falling = since - pulse.width;
  if (falling <= Duration(0)) return pulse.height;
  // The fall goes on to the overshoot's peak.
  if (falling < pulse.rise) {
    return pulse.height * (1.0 - (1.0 + pulse.overshoot) * Seconds(falling) / rise_s);
  }
  if (pulse.overshoot == 0.0) return 0.0;
  const double decay = Exp(-Seconds(falling - pulse.rise) / Seconds(pulse.recovery));
  return -pulse.overshoot * pulse.height * decay;
}

bool IsShape(const Pulse& pulse) {
  const bool finite = pulse.height - pulse.height == 0.0 && pulse.overshoot >= 0.0 &&
                      pulse.overshoot - pulse.overshoot == 0.0;
  return finite && pulse.rise > Duration(0) && pulse.rise <= pulse.width &&
         pulse.recovery > Duration(0);
}

RunTime EndOf(const Pulse& pulse) {
  constexpr int kTimeConstants = 20;
  const RunTime fallen = pulse.begin + pulse.width + pulse.rise;
  return pulse.overshoot == 0.0 ? fallen : fallen + kTimeConstants * pulse.recovery;
}

}  // namespace rig
