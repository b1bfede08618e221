#include "rig/check/statistics/sequential.h"

#include <fmt/format.h>

#include <cmath>

#include "rig/base/digest.h"
#include "rig/check/statistics/arguments.h"
#include "rig/check/statistics/binomial.h"

namespace rig::statistics {
namespace {

Status CheckPlan(const SequentialPlan& plan) {
  RIG_TRY(CheckOpenUnit("acceptable failure probability", plan.acceptable));
  RIG_TRY(CheckOpenUnit("rejectable failure probability", plan.rejectable));
  RIG_TRY(CheckOpenUnit("alpha", plan.alpha));
  RIG_TRY(CheckOpenUnit("beta", plan.beta));
  if (plan.acceptable >= plan.rejectable) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("acceptable failure probability {}, rejectable {}; expected the "
                                 "rejectable above the acceptable",
                                 plan.acceptable, plan.rejectable));
  }
  if (plan.alpha + plan.beta >= 1) {
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("alpha {} and beta {}; expected a sum below 1", plan.alpha, plan.beta));
  }
  return {};
}

// Logarithm of the likelihood ratio, p1 over p0, is failures * per_failure + passes * per_pass.
struct Increments {
  double per_failure;  // > 0
  double per_pass;     // < 0
};

Increments IncrementsOf(const SequentialPlan& plan) {
  return {std::log(plan.rejectable / plan.acceptable),
          std::log1p(-plan.rejectable) - std::log1p(-plan.acceptable)};
}

double AcceptBelow(const SequentialPlan& plan) {
  return std::log(plan.beta) - std::log1p(-plan.alpha);
}

double RejectAbove(const SequentialPlan& plan) {
  return std::log1p(-plan.beta) - std::log(plan.alpha);
}

SequentialDecision Decide(const SequentialPlan& plan, std::int64_t trials, std::int64_t failures) {
  const Increments step = IncrementsOf(plan);
  const double ratio = static_cast<double>(failures) * step.per_failure +
                       static_cast<double>(trials - failures) * step.per_pass;
  if (ratio >= RejectAbove(plan)) return SequentialDecision::kReject;
  if (ratio <= AcceptBelow(plan)) return SequentialDecision::kAccept;
  return SequentialDecision::kContinue;
}

}  // namespace

Result<SequentialTest> SequentialTest::Start(const SequentialPlan& plan,
                                             const std::string& registered_digest) {
  RIG_TRY(CheckPlan(plan));
  const std::string digest = DigestOf(plan);
  if (digest != registered_digest) {
    return MakeError(Code::kFailedPrecondition,
                     fmt::format("the sequential plan has digest {}; registered was {}", digest,
                                 registered_digest.empty() ? "none" : registered_digest));
  }
  SequentialTest test;
  test.plan_ = plan;
  return test;
}

Result<SequentialDecision> SequentialTest::Add(bool failed) {
  if (decision_ != SequentialDecision::kContinue) {
    return MakeError(Code::kFailedPrecondition,
                     fmt::format("the sequential test was decided after {} trials; expected no "
                                 "more of them",
                                 trials_));
  }
  ++trials_;
  if (failed) ++failures_;
  decision_ = Decide(plan_, trials_, failures_);
  return decision_;
}

Result<SequentialDecision> DecideSequential(const SequentialPlan& plan, std::int64_t trials,
                                            std::int64_t failures) {
  RIG_TRY(CheckPlan(plan));
  RIG_TRY(CheckCounts(trials, failures, "failures"));
  return Decide(plan, trials, failures);
}

Result<std::int64_t> SequentialAcceptance(const SequentialPlan& plan, std::int64_t failures) {
  RIG_TRY(CheckPlan(plan));
  RIG_TRY(CheckCounts(kMaximumTrials, failures, "failures"));
  const Increments step = IncrementsOf(plan);
  const double passes =
      (AcceptBelow(plan) - static_cast<double>(failures) * step.per_failure) / step.per_pass;
  const double trials = static_cast<double>(failures) + std::ceil(passes);
  const bool possible = trials <= static_cast<double>(kMaximumTrials);
  if (!possible) {
    return MakeError(
        Code::kOutOfRange,
        fmt::format("the sequential plan accepts only after more than {} trials", kMaximumTrials));
  }
  return static_cast<std::int64_t>(trials);
}

std::string DigestOf(const SequentialPlan& plan) {
  return Sha256Hex(fmt::format("sequential test p0={:.17g} p1={:.17g} alpha={:.17g} beta={:.17g}",
                               plan.acceptable, plan.rejectable, plan.alpha, plan.beta));
}

}  // namespace rig::statistics
