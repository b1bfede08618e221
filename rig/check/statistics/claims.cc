#include "rig/check/statistics/claims.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <set>

#include "rig/check/statistics/arguments.h"
#include "rig/check/statistics/binomial.h"

namespace rig {
namespace {

// Distinct verdicts seen per condition.
using Conditions = std::map<std::string, std::set<v1::Verdict>>;

void Count(const std::set<v1::Verdict>& verdicts, Claim& claim) {
  ++claim.conditions;
  if (verdicts.size() > 1) {
    ++claim.flaky;
  } else if (*verdicts.begin() == v1::PASS) {
    ++claim.passed;
  } else if (*verdicts.begin() == v1::FAIL) {
    ++claim.failed;
  } else {
    ++claim.undecided;
  }
}

// Percent, rounded towards zero: a lower bound is never shown higher than it is.
std::string PercentBelow(double share) {
  return fmt::format("{:.2f}", std::floor(share * 1e4) / 100);
}

std::string Sentence(const Claim& claim, int attempts) {
  std::string counts =
      fmt::format("{} of {} distinct conditions passed", claim.passed, claim.conditions);
  if (claim.failed > 0) counts += fmt::format(", {} failed", claim.failed);
  if (claim.flaky > 0) counts += fmt::format(", {} FLAKY counted as failed", claim.flaky);
  if (claim.undecided > 0) {
    counts += fmt::format(", {} without a verdict counted as failed", claim.undecided);
  }
  if (attempts > claim.conditions) {
    counts += fmt::format(", {} attempts: replays and runs of one trace count once", attempts);
  }
  return fmt::format("{:g} % confident that at least {} % of such conditions pass ({}, {} bench)",
                     claim.confidence * 100, PercentBelow(claim.reliability), counts,
                     claim.bench == BenchKind::kVirtual ? "virtual" : "real");
}

Result<Claim> ClaimOn(BenchKind bench, const Conditions& conditions, int attempts,
                      double confidence) {
  Claim claim{};
  claim.bench = bench;
  claim.confidence = confidence;
  for (const auto& [condition, verdicts] : conditions) Count(verdicts, claim);
  RIG_TRY_ASSIGN(
      claim.reliability,
      statistics::ReliabilityShown(claim.conditions, claim.conditions - claim.passed, confidence));
  claim.text = Sentence(claim, attempts);
  return claim;
}

}  // namespace

Result<std::vector<Claim>> ClaimsOf(const std::vector<Trial>& trials, double confidence) {
  RIG_TRY(statistics::CheckOpenUnit("confidence", confidence));
  if (trials.empty()) {
    return MakeError(Code::kInvalidArgument, "a claim from 0 trials; expected at least 1");
  }
  std::map<BenchKind, Conditions> benches;
  std::map<BenchKind, int> attempts;
  for (const Trial& trial : trials) {
    if (trial.condition.empty()) {
      return MakeError(Code::kInvalidArgument,
                       "a trial names no condition; expected the digest of what was varied");
    }
    benches[trial.bench][trial.condition].insert(trial.verdict);
    ++attempts[trial.bench];
  }
  std::vector<Claim> claims;
  for (const auto& [bench, conditions] : benches) {
    RIG_TRY_ASSIGN(Claim claim, ClaimOn(bench, conditions, attempts[bench], confidence));
    claims.push_back(std::move(claim));
  }
  return claims;
}

}  // namespace rig
