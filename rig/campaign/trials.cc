#include "rig/campaign/trials.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "rig/base/digest.h"
#include "rig/campaign/margin.h"
#include "rig/controller/environment.h"
#include "rig/controller/perform.h"
#include "rig/controller/prepare.h"
#include "rig/record/record.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

// Makes <parent>/<stem>.<number>, the first that is free, and returns the number.
Result<int> OpenNumbered(const fs::path& parent, const std::string& stem) {
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) return MakeError(Code::kUnavailable, parent.string() + ": " + error.message());
  for (int number = 1; number < 10'000; ++number) {
    const fs::path folder = parent / fmt::format("{}.{:04}", stem, number);
    if (fs::create_directory(folder, error)) return number;
    if (error) return MakeError(Code::kUnavailable, folder.string() + ": " + error.message());
  }
  return MakeError(Code::kResourceExhausted, parent.string() + ": too many of " + stem);
}

// Campaigns of the same scenario and firmware, the last of the files planned, in a folder: whoever
// repeats one until it passes shows them, too.
void NameEarlier(const fs::path& parent, v1::CampaignPlan& plan) {
  std::error_code ignored;  // none can be read: none is named
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    const auto json = ReadFile(entry.path() / "plan.json");
    v1::CampaignPlan other;
    const bool read =
        json && FromJson(*json, other, entry.path().string()) && !other.files().empty();
    const bool same = read && other.device() == plan.device() &&
                      other.scenario() == plan.scenario() &&
                      other.files().rbegin()->sha256() == plan.files().rbegin()->sha256();
    if (same) plan.add_earlier(other.name());
  }
  std::sort(plan.mutable_earlier()->begin(), plan.mutable_earlier()->end());
}

void FillPlan(const TrialOptions& options, const PreparedRun& run, const ParameterSpace& space,
              const v1::RunOrder& order, v1::CampaignPlan& plan) {
  plan.set_device(run.device);
  plan.set_scenario(run.scenario.message.scenario());
  for (const v1::Parameter& range : space.Ranges()) *plan.add_ranges() = range;
  for (const auto& [name, value] : options.set) {
    v1::Setting* given = plan.add_given();
    given->set_name(name);
    given->set_value(value);
  }
  *plan.mutable_files() = order.planned();
  plan.set_rig_build(DescribeEnvironment().rig_build());
  plan.set_created(NowUtc());
}

}  // namespace

Result<Trials> Trials::Open(const TrialOptions& options, TrialKind kind, v1::CampaignPlan& plan) {
  Trials trials;
  trials.options_ = options;
  trials.order_.set_evidence(options.evidence);
  trials.order_.set_scenario(options.scenario);
  trials.order_.set_bench(options.bench);
  if (options.bench.empty()) {
    RIG_TRY_ASSIGN(const std::string bench, DefaultBench(options.scenario));
    trials.order_.set_bench(bench);
  }
  trials.order_.set_firmware(options.firmware);
  for (const auto& [name, value] : options.set) {
    (*trials.order_.mutable_parameters())[name] = value;
  }
  RIG_TRY_ASSIGN(const PreparedRun run, PrepareRun(trials.order_));
  RIG_TRY(NamePlannedFiles(run, trials.order_));
  RIG_TRY_ASSIGN(trials.space_, ParameterSpace::Of(run.scenario.message, options.set));
  trials.device_ = run.device;
  trials.scenario_ = run.scenario.message.scenario();
  trials.scenario_seed_ = run.scenario.message.seed();
  trials.virtual_ = IsVirtual(run.bench.message);
  trials.kind_ = kind;
  FillPlan(options, run, trials.space_, trials.order_, plan);
  return trials;
}

v1::Condition Trials::ConditionAt(const Point& point, std::uint64_t seed) const {
  v1::Condition condition;
  condition.set_seed(seed);
  ParameterValues values = options_.set;
  for (auto& [name, value] : space_.At(point)) values[name] = value;
  for (const auto& [name, value] : values) {
    v1::Setting* setting = condition.add_parameters();
    setting->set_name(name);
    setting->set_value(value);
  }
  return condition;
}

Result<std::string> Trials::WritePlan(v1::CampaignPlan& plan) {
  const std::string stem = device_ + "." + scenario_;
  const fs::path parent =
      fs::path(options_.evidence) / (kind_ == TrialKind::kSearch ? "searches" : "campaigns");
  RIG_TRY_ASSIGN(const int number, OpenNumbered(parent, stem));
  NameEarlier(parent, plan);
  plan.set_name(fmt::format("{}.{:04}", stem, number));
  folder_ = (parent / plan.name()).string();
  tag_ = fmt::format("{}-{:04}", kind_ == TrialKind::kSearch ? "search" : "campaign", number);
  const std::string text = ToJson(plan);
  RIG_TRY(WriteFileAtomically(fs::path(folder_) / "plan.json", text));
  return Sha256Hex(text);
}

v1::RunOrder Trials::OrderOf(const v1::Condition& condition) const {
  v1::RunOrder order = order_;
  order.set_has_seed(true);
  order.set_seed(condition.seed());
  for (const v1::Setting& setting : condition.parameters()) {
    (*order.mutable_parameters())[setting.name()] = setting.value();
  }
  return order;
}

Status Trials::Run(const std::vector<v1::Condition>& conditions, const TrialEvents& events,
                   const std::function<void(std::size_t, const v1::CampaignRun&)>& ended) {
  std::vector<v1::RunOrder> orders;
  std::map<std::string, std::size_t> index_of;  // by run
  for (const v1::Condition& condition : conditions) {
    v1::RunOrder order = OrderOf(condition);
    RIG_TRY(OpenRunFolder(device_, scenario_ + "." + tag_, order));
    index_of[order.run()] = orders.size();
    orders.push_back(std::move(order));
  }
  WorkerEvents worker_events;
  worker_events.progress = events.progress;
  worker_events.ended = [&](const v1::RunOrder& order, const v1::RunRecord& record) {
    const std::size_t index = index_of.at(order.run());
    const v1::CampaignRun run = Conclude(order, conditions[index], record);
    if (events.ended) events.ended(order, record);
    ended(index, run);
  };
  return RunWorkers(std::move(orders), options_.workers, worker_events);
}

v1::CampaignRun Trials::Conclude(const v1::RunOrder& order, const v1::Condition& condition,
                                 const v1::RunRecord& record) {
  v1::CampaignRun run;
  *run.mutable_condition() = condition;
  run.set_run(order.run());
  run.set_verdict(record.verdict());
  run.set_error(record.error());
  run.set_trace_sha256(record.trace().sha256());
  const RunMargin margin = MarginOf(record);
  run.set_margin_kind(margin.kind);
  if (margin.kind != v1::MARGIN_KIND_UNSET) run.set_margin(margin.margin);
  run.set_check(margin.check);
  if (const auto digest = Sha256OfFile(fs::path(RunFolder(order)) / "record.json")) {
    run.set_record_sha256(*digest);
  }
  if (options_.keep == KeepTraces::kFailing && record.verdict() == v1::PASS) {
    const bool least = least_run_.empty() || margin.margin < least_margin_;
    RemoveTrace(least ? least_run_ : run.run());
    if (least) {
      least_run_ = run.run();
      least_margin_ = margin.margin;
    }
  }
  return run;
}

void Trials::RemoveTrace(const std::string& run) const {
  if (run.empty()) return;
  std::error_code ignored;  // what cannot be removed stays: more evidence, not less
  fs::remove(fs::path(options_.evidence) / "runs" / run / "trace.h5", ignored);
}

bool Trials::HasTrace(const std::string& run) const {
  std::error_code error;
  return fs::exists(fs::path(options_.evidence) / "runs" / run / "trace.h5", error);
}

}  // namespace rig
