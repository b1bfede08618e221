#pragma once

#include <map>
#include <set>
#include <span>
#include <string>

#include "rig/base/result.h"
#include "rig/check/formula/formula.h"
#include "rig/check/formula/steps.h"
#include "rig/record/trace_reader.h"

namespace rig::check {

// One channel: its value holds from each point until the next. NaN where there is none.
class Signal {
 public:
  // Points in time order; of several at the same instant the last wins, equal consecutive values
  // are merged, what was set before run time 0 holds from there. A value that is not finite becomes
  // "unknown".
  void Add(std::span<const StepPoint> points);
  const Steps& steps() const { return steps_; }

 private:
  Steps steps_;
};

// What a formula is judged over.
struct Signals {
  std::map<std::string, Signal, std::less<>> channels;
  RunTime end;  // everything up to and including this instant is known
  TraceExtent extent = TraceExtent::kWhole;
};

// The named channels as far as the trace has them as numbers. They are held in memory whole: a
// slowly changing channel costs 16 bytes per change, a noisy one 16 bytes per sample. Errors:
// DATA_LOSS.
Result<Signals> LoadSignals(const TraceReader& trace, const std::set<std::string>& names);

}  // namespace rig::check
