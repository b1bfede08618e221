#pragma once

#include <optional>
#include <vector>

#include "rig/base/result.h"
#include "rig/base/run_time.h"
#include "rig/check/formula/steps.h"

namespace rig::therapy {

// When what is measured. Defaults: IEC 60601-2-24 for volumetric and syringe pumps.
struct FlowTiming {
  RunTime started;                            // the infusion began
  Duration settle = std::chrono::hours(1);    // then the analysis begins: the second hour
  Duration analysis = std::chrono::hours(1);  // T1
  Duration sample = std::chrono::seconds(30);
  std::vector<Duration> windows = {std::chrono::minutes(2), std::chrono::minutes(5),
                                   std::chrono::minutes(11), std::chrono::minutes(19),
                                   std::chrono::minutes(31)};

  RunTime from() const { return started + settle; }
  RunTime to() const { return from() + analysis; }
};

// Largest and smallest relative error of the flow over all windows of one length.
struct TrumpetPoint {
  Duration window;
  double highest;  // Ep(max), 0.05 is +5 %
  double lowest;   // Ep(min)
};

struct FlowAnalysis {
  std::vector<double> start_up;       // m3/s, mean flow of each sample interval from the start on
  std::vector<TrumpetPoint> trumpet;  // in the order of FlowTiming::windows
  double mean_error = 0;              // A: of the whole analysis period
};

// The farthest that the volume ever fell below what had flowed before.
struct ReverseFlow {
  double volume = 0;  // m3, 0: it never fell
  RunTime at;         // there it was farthest
};

// Start-up graph and trumpet curve from a cumulated volume.
//
// `volume`: m3, piecewise constant; `end`: known up to here; `set_rate`: m3/s, above 0.
// Source: IEC 60601-2-24:2012, 201.12.1.102, as public descriptions give it; README.md.
// Errors: INVALID_ARGUMENT for timing that is none (a window not above 0, not a whole number of
//         samples, longer than the analysis; a rate not above 0); DATA_LOSS for a volume that is
//         not known throughout, or starts again from 0; OUT_OF_RANGE for one known for too short.
Result<FlowAnalysis> AnalyseFlow(const check::Steps& volume, RunTime end, double set_rate,
                                 const FlowTiming& timing);

// The part of those errors that needs no volume.
Status CheckFlowTiming(double set_rate, const FlowTiming& timing);

// Volume that flowed in [from, to], m3. Errors: DATA_LOSS and OUT_OF_RANGE as above.
Result<double> VolumeBetween(const check::Steps& volume, RunTime end, RunTime from, RunTime to);

// How far it flowed back in [from, to]. Errors: as VolumeBetween.
Result<ReverseFlow> LargestReverseFlow(const check::Steps& volume, RunTime end, RunTime from,
                                       RunTime to);

}  // namespace rig::therapy
