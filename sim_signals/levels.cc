#include "sim_signals/levels.h"

#include <algorithm>

namespace rig {

Status LevelSource::Render(RunTime start, Duration period, std::span<double> values,
                           std::vector<TruthEvent>& /*truth*/) {
  RunTime t = start;
  for (double& v : values) {
    const Duration since = t - start_;
    const bool arrived = since >= course_.over;
    const double part = arrived ? 1.0 : std::max(0.0, Seconds(since) / Seconds(course_.over));
    v = arrived ? course_.to : course_.from + (course_.to - course_.from) * part;
    t += period;
  }
  return {};
}

}  // namespace rig
