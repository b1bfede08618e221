#pragma once

#include <functional>
#include <optional>
#include <string>

#include "fixtures/image/firmware_image.h"
#include "rig/base/result.h"
#include "rig/base/trace_sink.h"
#include "rig/bench/bench.h"
#include "rig/engine/console_session.h"
#include "rig/scenario/scenario.h"

namespace rig {

// What one run needs. The scenario has been checked against the bench (rig/engine/plan.h).
struct RunSetup {
  const LoadedScenario* scenario;
  const LoadedBench* bench;
  Equipment* equipment;
  const FirmwareImage* image;
  std::uint64_t seed;
  // Called with the run time reached, several times a device second, and while the loader works.
  // An error aborts the run.
  std::function<Status(RunTime)> progress;
  // Asked after each instant, with the one before which the record is final. True ends the run
  // there as its end would have, once the board has said who it is. Empty: never.
  std::function<bool(RunTime settled)> stop = {};
};

struct RunOutcome {
  // Success: the scenario ran to its end. Otherwise what the rig could not do; the trace holds what
  // happened until then.
  Status status;
  RunTime end;
  bool stopped = false;  // before the scenario's end, as the setup asked
  std::optional<ReportedIdentity> reported;
  bool safe_state_reached = false;
};

// Runs a scenario on a bench and records everything. The one loop that advances time: it asks the
// bench to advance to the next instant at which something is due, takes what the fixtures captured,
// and does what is due, in order.
//
// On every way out the bench is put into its safe state.
RunOutcome ExecuteRun(const RunSetup& setup, TraceSink& sink);

}  // namespace rig
