#pragma once

#include <CLI/CLI.hpp>
#include <limits>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/controller/worker.h"
#include "rig/scenario/scenario.h"

namespace rig {

// Options that several commands share, said once.
struct CommonOptions {
  std::string evidence = "evidence";
  std::size_t jobs = 0;  // 0: one per core
  double hang_limit_s = 120;
  bool json = false;

  void AddEvidence(CLI::App& command);
  void AddWorkers(CLI::App& command);
  void AddJson(CLI::App& command);
  WorkerOptions Workers() const;
};

// Accepts a finite number in [low, high]; CLI::Range lets NaN through, and a limit that is NaN is
// none.
CLI::Validator NumberIn(double low, double high = std::numeric_limits<double>::max());

// "90 s", "30 min" → nanoseconds. Errors: INVALID_ARGUMENT naming the option.
Result<std::int64_t> ParseDuration(const std::string& option, const std::string& text);

// "name=value" arguments of --set. Errors: INVALID_ARGUMENT for one without a name or value, or a
// name given twice.
Result<ParameterValues> ParseSet(const std::vector<std::string>& arguments);

// Check of a whole number from `low` to `high`: as text, since one that does not fit wraps around.
CLI::Validator IsCount(std::uint64_t low, std::uint64_t high);

void AddSet(CLI::App& command, std::vector<std::string>& set);

// --recordings: the folder that "recordings:" in a record's file stands for.
void AddRecordings(CLI::App& command, std::string& folder);

// The trace file of a run: its folder, its name under <evidence>/runs, or the file itself.
// Errors: NOT_FOUND.
Result<std::string> FindTrace(const std::string& run, const std::string& evidence);

}  // namespace rig
