#pragma once

#include <functional>
#include <string>

#include "rig/base/result.h"
#include "rig/controller/worker.h"
#include "rig/v1/record.pb.h"

namespace rig {

struct QualifyOptions {
  std::string device;  // folder
  std::string evidence;
  WorkerOptions workers;
  bool hidden = false;  // the mutants of hidden.yaml instead
};

struct QualifyEvents {
  // What is going on, one line ("build mutant late_alarm").
  std::function<void(const std::string&)> step;
  std::function<void(std::size_t runs)> planned;
  std::function<void(const v1::NightRun&)> ended;
};

// Proves that a device's suite can fail: builds the good firmware and runs every scenario, builds
// every mutant and runs the scenarios with a check of the requirement it violates. A mutant is
// killed by a FAIL of such a check, by nothing else. Leaves
// <evidence>/qualifications/<device>.<time>.json. Errors: as RunNight; INTERNAL when a firmware
// does not build, with where its output is.
Result<v1::Qualification> Qualify(const QualifyOptions& options, const QualifyEvents& events);

// PASS when the good firmware passed everything and every mutant was killed; FAIL when one
// survived; otherwise what the good firmware got.
v1::Verdict QualificationVerdict(const v1::Qualification& qualification);

}  // namespace rig
