#pragma once

#include <string>

#include "rig/cli/signal/rendering.h"

namespace rig {

// Where rendered signals go; empty: nowhere.
struct SignalFiles {
  std::string csv, truth, wfdb, edf;
  bool empty() const { return csv.empty() && truth.empty() && wfdb.empty() && edf.empty(); }
};

// WFDB: format 16; EDF+: 16 bits in records of a second, so a whole number of samples a second and
// whole seconds. Both scale each signal to its own range, found in a first pass, and have the truth
// of the simulated ECGs as annotations (EcgAnnotations): WFDB in an .atr, each at its nearest
// sample; EDF+ as texts, to the nanosecond. Errors: INVALID_ARGUMENT, also for ECGs whose
// annotations differ, for a record has one list; RESOURCE_EXHAUSTED, UNAVAILABLE; those of Render.
Status WriteSignals(const RenderOrder& order, const SignalFiles& files);

// The signals drawn with characters, `columns` wide.
Result<std::string> PlotSignals(const RenderOrder& order, int columns);
// The signals and what changes of their truth drawn into a PNG file. Errors also: those of
// WritePng.
Status DrawSignals(const RenderOrder& order, const std::string& file);

}  // namespace rig
