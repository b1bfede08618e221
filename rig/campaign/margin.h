#pragma once

#include <string>

#include "rig/v1/campaign.pb.h"
#include "rig/v1/record.pb.h"

namespace rig {

// How close a run came to failing, as one number to compare runs by.
struct RunMargin {
  v1::MarginKind kind = v1::MARGIN_KIND_UNSET;
  double margin = 0;  // NaN where the kind is UNSET
  std::string check;
};

// The least over the run's checks. Of one check: the lesser of its margins in value and in time,
// each relative to a limit that is not 0; without either, +1. A check that failed: the least of
// those below 0, or else -1. An inconclusive check says nothing against the device: its margin in
// value where there is one, else +1. A run that is a rig error has none.
RunMargin MarginOf(const v1::RunRecord& record);

}  // namespace rig
