#pragma once

#include <vector>

#include "rig/base/result.h"
#include "rig/base/run_time.h"
#include "rig/v1/signals.pb.h"

namespace rig {

// A cycle of an electrocardiogram by its turning points, repeated without end: from one to the
// next, and from the last to the first of the next cycle, it goes along half a cosine, so that none
// is overshot.
struct BeatTable {
  struct Turn {
    double at_s, volts;
  };
  struct Beat {
    double at_s;  // of its largest deflection
    bool ventricular;
  };
  Duration period;
  std::vector<Turn> turns;  // by rising time, within the period
  std::vector<Beat> beats;  // likewise
  bool tachycardia = false;
};

// Figures 3a to 4b of EC13, constructed. 3a: turning points read off the mean cycle of PhysioNet's
// record aami3a. 3b to 4b: rates, polarities and heights as published, everything else our own.
BeatTable MakeTable(const v1::Ec13& figure);

// A QRS complex of stated width and peak-to-peak height, four fifths of it R, the rest S, and a T
// wave. Errors: INVALID_ARGUMENT where they overlap or do not fit the interval.
Result<BeatTable> MakeTable(const v1::Ec13Qrs& qrs);

}  // namespace rig
