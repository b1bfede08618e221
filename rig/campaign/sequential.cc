#include "rig/campaign/sequential.h"

#include <fmt/format.h>

#include <set>

#include "rig/campaign/campaign.h"
#include "rig/record/record.h"

namespace rig {
namespace {

using statistics::SequentialDecision;

statistics::SequentialPlan PlanOf(const v1::SequentialPlan& plan) {
  return {plan.acceptable(), plan.rejectable(), plan.alpha(), plan.beta()};
}

}  // namespace

Result<SequentialOutcome> OutcomeOf(const v1::CampaignPlan& plan, bool bench_is_virtual,
                                    const v1::CampaignRecord& record) {
  RIG_TRY_ASSIGN(
      statistics::SequentialTest test,
      statistics::SequentialTest::Start(PlanOf(plan.sequential()), plan.sequential().digest()));
  std::set<std::string> seen;
  for (const v1::CampaignRun& run : record.runs()) {
    const bool open =
        run.verdict() != v1::VERDICT_UNSET && test.decision() == SequentialDecision::kContinue;
    if (!open) break;
    if (!seen.insert(ConditionKey(run, bench_is_virtual)).second) continue;
    RIG_TRY(test.Add(run.verdict() != v1::PASS));
  }
  return SequentialOutcome{test.decision(), test.trials(), test.failures()};
}

Status StateSequential(const v1::CampaignPlan& plan, bool bench_is_virtual,
                       v1::CampaignRecord& record) {
  RIG_TRY_ASSIGN(const SequentialOutcome outcome, OutcomeOf(plan, bench_is_virtual, record));
  const v1::SequentialPlan& test = plan.sequential();
  const std::string seen =
      fmt::format("after {} distinct conditions, {} of them not passed, {} bench", outcome.trials,
                  outcome.failures, bench_is_virtual ? "virtual" : "real");
  const std::string what = fmt::format("sequential test of {:g} % against {:g} % failing",
                                       100 * test.acceptable(), 100 * test.rejectable());
  switch (outcome.decision) {
    case SequentialDecision::kAccept:
      // Wald: the risk of accepting at p1 is at most the limit itself.
      record.set_claims(true);
      record.set_confidence(1 - test.beta() / (1 - test.alpha()));
      record.set_reliability(1 - test.rejectable());
      record.set_statement(fmt::format(
          "{}: accepted {}; {:.4g} % confident that at least {:.4g} % of conditions pass", what,
          seen, 100 * record.confidence(), 100 * record.reliability()));
      break;
    case SequentialDecision::kReject:
      record.set_verdict(Worst(record.verdict(), v1::FAIL));
      record.set_statement(fmt::format("{}: rejected {}", what, seen));
      break;
    case SequentialDecision::kContinue:
      record.set_verdict(Worst(record.verdict(), v1::INCONCLUSIVE));
      record.set_statement(
          fmt::format("no claim: {}: not decided {}, the most planned", what, seen));
      break;
  }
  return {};
}

}  // namespace rig
