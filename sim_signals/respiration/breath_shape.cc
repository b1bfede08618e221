#include "sim_signals/respiration/breath_shape.h"

#include "sim_signals/deterministic_math.h"

namespace rig {

double LungFilling(const Breath* breath, RunTime t) {
  if (breath == nullptr) return 0.0;
  const double phase = breath->PhaseAt(t);
  if (phase < breath->inspiration) return 0.5 - 0.5 * CosTurns(0.5 * phase / breath->inspiration);
  constexpr double kTimeConstants = 5.0;  // in an expiration
  const double part = (phase - breath->inspiration) / (1.0 - breath->inspiration);
  const double rest = Exp(-kTimeConstants);
  return (Exp(-kTimeConstants * part) - rest) / (1.0 - rest);
}

}  // namespace rig
