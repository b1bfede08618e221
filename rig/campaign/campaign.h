#pragma once

#include <cstdint>

#include "rig/base/result.h"
#include "rig/campaign/trials.h"
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
};

// Runs a scenario under the conditions of a plan, which is written, with every condition, before
// the first run: <evidence>/campaigns/<name>/plan.json. campaign.json beside it is kept up to date
// and holds the statement the results support; until the last planned run has ended it says
// RUNNING and claims nothing. Errors: INVALID_ARGUMENT for a scenario without what the method
// varies, no runs, a confidence outside (0, 1); as Trials::Open and Trials::Run.
Result<v1::CampaignRecord> RunCampaign(const CampaignOptions& options, const TrialEvents& events);

// What the ended runs of a plan support, into `record`. A random campaign whose every planned
// run has ended: the binomial claim. A grid: whether every point passed. Otherwise nothing.
Status State(const v1::CampaignPlan& plan, bool bench_is_virtual, v1::CampaignRecord& record);

}  // namespace rig
