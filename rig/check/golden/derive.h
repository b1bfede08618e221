#pragma once

#include <set>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/record/trace_reader.h"
#include "rig/v1/golden.pb.h"

namespace rig {

// One run that tolerances are derived from.
struct DerivationRun {
  std::string name;
  std::uint64_t seed;
  std::string trace_sha256;
  // Runs of one condition are replays and count once: the first of them is taken.
  std::string condition;
  // Digest of what was recorded: runs of one outcome count once, too. Empty: of its own.
  std::string outcome;
  std::string trace_file;
  // Of the condition the golden was recorded under: near it by construction, and so no trial.
  bool is_goldens_own = false;
};

struct DerivationPlan {
  v1::ToleranceBasis::Method method;
  double coverage;                // share of all such runs that lie in the tube
  double confidence;              // in that
  std::set<std::string> by_time;  // tube channels whose time tolerance is sought, not the value's
};

struct Derivation {
  v1::Golden golden;               // with the new tolerances and their basis, not approved
  std::vector<std::string> notes;  // one line each: what was not derived and why, replays
};

// Tolerances from what each run needs: of a tube channel the value tolerance at the golden's time
// tolerance, of an event channel the latency. A run is one trial, so the statement is about whole
// runs, channel by channel: with `confidence` at least `coverage` of them need no more. Method
// NON_PARAMETRIC takes an
// upper order statistic (ISO 16269-6), NORMAL mean + one-sided factor times deviation, assuming
// normal needs.
//
// A channel with tolerances of phases keeps what it has, and so does one whose needs do not differ
// at all between the conditions; the notes say so.
// Errors: FAILED_PRECONDITION for too few distinct conditions, naming how many are needed, when
// nothing can be derived, for a run that misses the golden altogether; INVALID_ARGUMENT for
// probabilities outside (0, 1) or a channel the golden has not; DATA_LOSS.
Result<Derivation> DeriveTolerances(const v1::Golden& golden,
                                    const std::vector<DerivationRun>& runs,
                                    const DerivationPlan& plan);

}  // namespace rig
