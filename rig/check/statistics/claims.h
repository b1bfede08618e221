#pragma once

#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/v1/record.pb.h"

namespace rig {

enum class BenchKind { kVirtual, kReal };

// One attempt of one condition.
struct Trial {
  // Digest of everything that was varied: scenario, firmware, seed, parameters. Attempts of equal
  // digest are replays of one condition.
  std::string condition;
  BenchKind bench;
  v1::Verdict verdict;
};

// What the trials on one kind of bench support.
struct Claim {
  BenchKind bench;
  int conditions;  // distinct ones: passed + failed + flaky + undecided
  int passed;      // every attempt passed
  int failed;      // every attempt failed
  int flaky;       // attempts disagree
  int undecided;   // every attempt was inconclusive, or every one a rig error or not run
  double confidence;
  // Lower bound of the share of conditions that pass. Everything but `passed` counts as a failure.
  double reliability;
  std::string text;  // one sentence, ready to print
};

// The binomial claim (Clopper-Pearson, one-sided) of each kind of bench that has trials, virtual
// first; the two are never pooled. Distinct conditions are the trials, replays of one count once.
// A condition whose attempts disagree is flaky, whatever the verdicts are, and counts as a failure;
// so do inconclusive ones and rig errors: leaving them out would let a device that upsets the rig
// look better. Holds for conditions drawn independently from the population the claim speaks of.
// Errors: INVALID_ARGUMENT for no trials, an empty condition, a confidence outside (0, 1).
Result<std::vector<Claim>> ClaimsOf(const std::vector<Trial>& trials, double confidence);

}  // namespace rig
