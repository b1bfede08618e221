#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "rig/base/result.h"
#include "rig/campaign/trials.h"
#include "rig/check/statistics/sequential.h"
#include "rig/v1/campaign.pb.h"

namespace rig {

enum class CampaignMethod { kGrid, kLatinHypercube, kRandom };

struct CampaignOptions {
  TrialOptions trials;
  CampaignMethod method = CampaignMethod::kRandom;
  std::size_t runs = 0;    // Latin hypercube, random
  std::size_t points = 0;  // per range; grid
  std::uint64_t seed = 1;
  double confidence = 0.95;
  // Random only: `runs` is then the most, and the campaign ends as soon as the test decides.
  std::optional<statistics::SequentialPlan> sequential;
};

// Runs a scenario under the conditions of a plan, which is written, with every condition, before
// the first run: <evidence>/campaigns/<name>/plan.json. campaign.json beside it is kept up to date
// and holds the statement the results support; until the last planned run has ended it says
// RUNNING and claims nothing. Errors: INVALID_ARGUMENT for a scenario without what the method
// varies, no runs, a confidence outside (0, 1), a sequential test that is none or not of a random
// campaign; as Trials::Open and Trials::Run.
Result<v1::CampaignRecord> RunCampaign(const CampaignOptions& options, const TrialEvents& events);

// What the ended runs of a plan support, into `record`. A random campaign whose every planned
// run has ended: the binomial claim, or what its sequential test decided. A grid: whether every
// point passed. Otherwise nothing.
Status State(const v1::CampaignPlan& plan, bool bench_is_virtual, v1::CampaignRecord& record);

// What identifies a condition among the runs of one plan. On a virtual bench two passes with the
// same trace are one: what was drawn, a seed perhaps that nothing of the scenario asks for, did not
// reach the device. What did not pass counts each time: to count it once would raise the claim.
std::string ConditionKey(const v1::CampaignRun& run, bool bench_is_virtual);

}  // namespace rig
