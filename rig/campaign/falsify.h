#pragma once

#include <cstdint>
#include <string>

#include "rig/base/result.h"
#include "rig/campaign/trials.h"
#include "rig/v1/campaign.pb.h"

namespace rig {

enum class SearchMethod { kCmaEs, kRandom };

struct FalsifyOptions {
  TrialOptions trials;
  SearchMethod method = SearchMethod::kCmaEs;
  std::size_t budget = 100;  // simulations per search, at most
  std::uint64_t seed = 1;
  bool compare_random = false;  // also a random search with the same budget
  std::string output;  // where the counterexample goes; empty: into the search's folder only
};

struct FalsifyEvents {
  TrialEvents trials;
  // A run of a search has ended; `simulation` counts from 1 within the search.
  std::function<void(const std::string& method, std::size_t simulation, const v1::CampaignRun&)>
      ended;
};

// Looks within the declared ranges of a scenario's parameters for values with which the device
// fails, led by the run's least margin (margin.h), until the first failure or the end of the
// budget. All runs have the scenario's own seed, so that the margin depends on the parameters
// alone. How many run at once does not change what is found, nor the count.
//
// Leaves <evidence>/searches/<name>/ with plan.json, search.json and, where one was found,
// counterexample.yaml. Errors: INVALID_ARGUMENT for a scenario without ranges, no budget, an output
// that cannot be; as Trials::Open and Trials::Run.
Result<v1::SearchRecord> Falsify(const FalsifyOptions& options, const FalsifyEvents& events);

// FAIL where a counterexample was found; ERROR where none was and some runs were rig errors, so
// that not all was seen, and likewise INCONCLUSIVE where some runs were; otherwise PASS, which is
// no proof.
v1::Verdict SearchVerdict(const v1::SearchRecord& record);

}  // namespace rig
