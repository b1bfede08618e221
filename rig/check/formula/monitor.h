#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rig/check/formula/channels.h"
#include "rig/check/formula/formula.h"
#include "rig/check/formula/network.h"

namespace rig::check {

// Judges a formula while its trace grows. What it calls decided is what Judge says of the whole
// trace, whatever comes, but for a pass that Judge finds to have verified nothing. Memory: for the
// pieces of the windows; for open-ended windows inside others, all. Thread-compatible.
class Monitor {
 public:
  Monitor(Formula formula, UncertaintyOf uncertainty_of);
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  // A value of a channel from `t` on; one the formula does not mention is ignored. `t` is behind
  // what was reached and does not go back within a channel.
  void Add(std::string_view channel, RunTime t, double value);
  // Everything up to and including `t` has been added.
  void Reach(RunTime t);
  // The trace ends there.
  void End(RunTime end);

  // The robustness at run time 0, uncertainty included, as far as it is settled.
  Bounds Outlook();
  // PASS or FAIL as soon as nothing that comes can change it; not before every channel has had a
  // value, since Judge decides nothing of a trace that lacks one. A premise that never held, which
  // makes a pass inconclusive, is not looked at, nor how much room the time bounds leave.
  std::optional<v1::Verdict> Decided();

 private:
  Formula formula_;
  UncertaintyOf uncertainty_of_;
  Timeline timeline_;
  std::map<std::string, std::vector<LiveChannel*>, std::less<>> channels_;  // in root_
  std::set<std::string, std::less<>> missing_;  // channels without a value so far
  Conditions root_;
};

}  // namespace rig::check
