#pragma once

#include <cstdint>
#include <string>

#include "rig/base/result.h"

namespace rig::statistics {

// Wald's sequential probability ratio test of a failure probability. Its boundaries are declared
// before the first trial; that is what makes looking after every trial honest.
struct SequentialPlan {
  double acceptable;  // p0: a device this good is accepted with at least about 1 - alpha
  double rejectable;  // p1 > p0: one this bad is accepted with at most about beta
  double alpha;       // risk of rejecting at p0
  double beta;        // risk of accepting at p1
};

enum class SequentialDecision { kContinue, kAccept, kReject };

// The test of one plan, fed one trial after the other. Once decided it stays so: trials after the
// decision are refused, as they could only be there to change it.
class SequentialTest {
 public:
  // `registered_digest`: DigestOf(plan) as it was stored before the first trial.
  // Errors: INVALID_ARGUMENT for a plan that is none; FAILED_PRECONDITION when the plan is not the
  // registered one.
  static Result<SequentialTest> Start(const SequentialPlan& plan,
                                      const std::string& registered_digest);

  // Errors: FAILED_PRECONDITION after a decision.
  Result<SequentialDecision> Add(bool failed);

  SequentialDecision decision() const { return decision_; }
  std::int64_t trials() const { return trials_; }
  std::int64_t failures() const { return failures_; }

 private:
  SequentialPlan plan_{};
  SequentialDecision decision_ = SequentialDecision::kContinue;
  std::int64_t trials_ = 0;
  std::int64_t failures_ = 0;
};

// What the plan says after that many trials, no earlier look having decided: the likelihood ratio
// against Wald's limits, accept at beta / (1 - alpha) or below, reject at (1 - beta) / alpha or
// above. Errors: INVALID_ARGUMENT for a plan that is none (0 < p0 < p1 < 1, alpha, beta > 0, alpha
// + beta < 1), zero trials, more failures than trials.
Result<SequentialDecision> DecideSequential(const SequentialPlan& plan, std::int64_t trials,
                                            std::int64_t failures);

// The fewest trials after which that many failures are accepted. Errors: as DecideSequential.
Result<std::int64_t> SequentialAcceptance(const SequentialPlan& plan, std::int64_t failures);

// SHA-256 over the plan's numbers at full precision: to be stored before the first trial.
std::string DigestOf(const SequentialPlan& plan);

}  // namespace rig::statistics
