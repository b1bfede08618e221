#pragma once

#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/bench/bench.h"

namespace rig {

// One thing that is plugged in, and who means it.
struct SurveyedDevice {
  std::string kind;
  std::string port;
  std::string id;
  std::string name;
  std::string serial;
  std::string holder;
  std::string fits;
  std::string problem;
  std::vector<std::string> named_by;  // "<bench>/<fixture>"
};

// Devices and serial ports of this machine, with the fixtures of the benches that name them by
// serial number or by port. Errors: UNAVAILABLE when there is nothing to look at.
Result<std::vector<SurveyedDevice>> SurveyFixtures(const std::vector<LoadedBench>& benches);

// What came of opening one fixture of a bench without the others.
struct ProbedFixture {
  std::string fixture;
  std::string driver;   // its key in the bench file
  std::string answers;  // "yes", "no", or kNotAsked: nothing is known of it
  FixtureIdentity identity;
  std::string problem;  // with the likely cause; empty: none
};

std::vector<ProbedFixture> ProbeFixtures(const LoadedBench& bench);

}  // namespace rig
