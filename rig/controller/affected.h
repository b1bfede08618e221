#pragma once

#include <string>

#include "rig/base/result.h"
#include "rig/v1/record.pb.h"

namespace rig {

struct Instrument {
  std::string bench;    // name
  std::string fixture;  // name
  std::string serial;   // empty: any that was called so on this bench
};

// Every verdict in the evidence, of runs from the day `since` on, that depends on an instrument: a
// run in which it took part by its serial number (or, where the run does not know any, by its
// names); of these the checks that read one of its channels, by formula, definition or otherwise,
// and those of a device that it fed, powered or drove. What cannot be told is listed, and says so.
// Rig errors are no verdicts of the device and are left out, but for runs whose record is
// unreadable.
//
// Errors: NOT_FOUND for a folder without runs, such as of another place than where they were made:
// that nothing was found in it would tell nothing; UNAVAILABLE when it cannot be read.
Result<v1::AffectedVerdicts> FindAffected(const std::string& evidence, const Instrument& instrument,
                                          const std::string& since);

}  // namespace rig
