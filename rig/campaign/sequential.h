#pragma once

#include <cstdint>
#include <string>

#include "rig/base/result.h"
#include "rig/check/statistics/sequential.h"
#include "rig/v1/campaign.pb.h"

namespace rig {

// What the sequential test of a plan says of the runs that have ended, fed in the order planned, up
// to the first that has not. A replay (ConditionKey) is no trial.
struct SequentialOutcome {
  statistics::SequentialDecision decision = statistics::SequentialDecision::kContinue;
  std::int64_t trials = 0;
  std::int64_t failures = 0;  // whatever did not pass
};
// Errors: as statistics::SequentialTest::Start.
Result<SequentialOutcome> OutcomeOf(const v1::CampaignPlan& plan, bool bench_is_virtual,
                                    const v1::CampaignRecord& record);

// The statement of an ended campaign, and what it claims, into `record`. Errors: as OutcomeOf.
Status StateSequential(const v1::CampaignPlan& plan, bool bench_is_virtual,
                       v1::CampaignRecord& record);

}  // namespace rig
