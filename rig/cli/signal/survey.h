#pragma once

#include <vector>

#include "rig/cli/signal/rendering.h"
#include "sim_signals/recorded/recording.h"

namespace rig {

// Smallest and largest value of a signal, never equal.
struct Range {
  double low, high;
};

// What one pass over all signals finds before a file with a header can be begun.
struct Survey {
  std::vector<Range> ranges;  // of each signal
  // The truth of the simulated ECGs, as EcgAnnotations says it; empty: there are none.
  std::vector<RecordingAnnotation> annotations;
};

// Errors: INVALID_ARGUMENT for ECGs whose annotations differ: a file has one list of them, of one
// heart; those of Render.
Result<Survey> SurveySignals(const RenderOrder& order);

}  // namespace rig
