#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/campaign/parameter_space.h"
#include "rig/controller/worker.h"
#include "rig/v1/campaign.pb.h"

namespace rig {

// Which traces stay on disk. Records always do.
enum class KeepTraces {
  kAll,
  kFailing,  // of runs that did not pass, and of the one with the least margin
};

enum class TrialKind { kCampaign, kSearch };

// What is run, but for the condition.
struct TrialOptions {
  std::string scenario;  // file
  std::string bench;     // file; empty: the device's own
  std::string firmware;  // file; empty: the bench file's
  ParameterValues set;
  std::string evidence;
  WorkerOptions workers;
  KeepTraces keep = KeepTraces::kAll;
};

struct TrialEvents {
  std::function<void(const std::string& folder, const v1::CampaignPlan&, const std::string& sha256)>
      planned;
  std::function<void(const v1::RunOrder&, RunTime)> progress;
  std::function<void(const v1::RunOrder&, const v1::RunRecord&)> ended;
};

// Runs one scenario under many conditions. Owns the folder that plan and results go to.
class Trials {
 public:
  // Loads and checks everything once and fills the plan with what does not depend on the method.
  // Errors: as PrepareRun; NOT_FOUND for the firmware.
  static Result<Trials> Open(const TrialOptions& options, TrialKind kind, v1::CampaignPlan& plan);

  const ParameterSpace& space() const { return space_; }
  // Whether every fixture of the bench is a virtual one.
  bool bench_is_virtual() const { return virtual_; }
  std::uint64_t scenario_seed() const { return scenario_seed_; }
  const std::string& folder() const { return folder_; }

  v1::Condition ConditionAt(const Point& point, std::uint64_t seed) const;

  // Makes <evidence>/campaigns or searches/<device>.<scenario>.<number>, names the plan after it
  // and writes plan.json into it; to be done before anything runs. Returns the SHA-256 of
  // plan.json. Errors: UNAVAILABLE, RESOURCE_EXHAUSTED naming the folder.
  Result<std::string> WritePlan(v1::CampaignPlan& plan);

  // Runs the conditions, `workers.jobs` at a time, and fills one result each, in their order.
  // `ended` is called after each with its index. Errors: of folders and workers; a run that goes
  // wrong is its ERROR.
  Status Run(const std::vector<v1::Condition>& conditions, const TrialEvents& events,
             const std::function<void(std::size_t, const v1::CampaignRun&)>& ended);

  v1::RunOrder OrderOf(const v1::Condition& condition) const;
  // Whether the trace of a run is (still) there.
  bool HasTrace(const std::string& run) const;

 private:
  Trials() = default;
  v1::CampaignRun Conclude(const v1::RunOrder& order, const v1::Condition& condition,
                           const v1::RunRecord& record);
  void RemoveTrace(const std::string& run) const;

  TrialOptions options_;
  ParameterSpace space_;
  v1::RunOrder order_;  // what all have in common
  std::string device_;
  std::string scenario_;
  TrialKind kind_ = TrialKind::kCampaign;
  std::string folder_;
  std::string tag_;  // in the names of run folders
  std::uint64_t scenario_seed_ = 0;
  bool virtual_ = false;
  // With kFailing: the passed run whose trace is kept for its margin.
  std::string least_run_;
  double least_margin_ = 0;
};

}  // namespace rig
