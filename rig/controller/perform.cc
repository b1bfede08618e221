#include "rig/controller/perform.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <map>
#include <optional>

#include "fixtures/catalogue.h"
#include "rig/base/digest.h"
#include "rig/check/alarm/episode.h"
#include "rig/check/golden/golden.h"
#include "rig/check/therapy/judge.h"
#include "rig/controller/bench_health.h"
#include "rig/controller/environment.h"
#include "rig/controller/held_bench.h"
#include "rig/controller/judge_formula.h"
#include "rig/controller/judging_sink.h"
#include "rig/controller/prepare.h"
#include "rig/engine/run.h"
#include "rig/record/record.h"
#include "rig/record/trace_writer.h"

namespace rig {
namespace {

namespace fs = std::filesystem;
using WallClock = std::chrono::steady_clock;

// One order on its way; keeps the record on disk in step with what is known.
class Performance {
 public:
  Performance(const v1::RunOrder& order, const std::function<void(RunTime)>& progress,
              std::chrono::milliseconds hang_limit)
      : order_(order), progress_(progress), hang_limit_(hang_limit) {}

  v1::RunRecord Do() {
    const auto start = WallClock::now();
    record_.set_run(order_.run());
    record_.set_attempt(order_.attempt());
    record_.set_state(v1::RUNNING);
    record_.set_started(NowUtc());
    record_.set_replay(ReplayCommand(order_));
    *record_.mutable_environment() = DescribeEnvironment();
    const Status done = Steps();
    if (!done) EndWithError(record_, done.error().message);
    record_.set_state(v1::ENDED);
    record_.set_ended(NowUtc());
    record_.set_wall_s(std::chrono::duration<double>(WallClock::now() - start).count());
    // A record that cannot be written is the worst that can happen to evidence: the caller still
    // hears of it.
    if (const Status saved = SaveRunRecord(RunFolder(order_), record_); !saved) {
      EndWithError(record_, saved.error().message);
    }
    return record_;
  }

 private:
  Status Steps() {
    RIG_TRY_ASSIGN(PreparedRun run, PrepareRun(order_));
    Describe(run);
    RIG_TRY_ASSIGN(const FirmwareImage image, LoadOrderedImage(order_, run.bench));
    RIG_TRY(CheckAgainstPlan(run, image));
    RIG_TRY(DescribeImage(image));
    RIG_TRY(StoreInputs(run));
    RIG_TRY(HoldBench(run, image));
    return JudgeAll(run);
  }

  // Everything that is done with the bench.
  Status HoldBench(const PreparedRun& run, const FirmwareImage& image) {
    RIG_TRY_ASSIGN(HeldBench held, HeldBench::Take(run.bench, RunFolder(order_), hang_limit_));
    held_.emplace(std::move(held));
    Status done = UseBench(run, image);
    // What a virtual bench's run says of its safe state stands.
    if (!IsVirtual(run.bench.message)) done = LeaveBench(std::move(done));
    held_.reset();
    return done;
  }

  Status UseBench(const PreparedRun& run, const FirmwareImage& image) {
    RIG_TRY(EstablishHealth(order_, run.bench, NowUtc(), *record_.mutable_health()));
    RIG_TRY(held_->Beat());
    RIG_TRY(SaveRunRecord(RunFolder(order_), record_));
    return Execute(run, image);
  }

  // The bench is closed. Whoever reached its safe state, the record says so, or that nobody did.
  Status LeaveBench(Status done) {
    if (record_.safe_state_reached()) {
      const Status watched = held_->StandDown();
      return done ? watched : done;
    }
    const auto safe = held_->MakeSafe();
    record_.set_safe_state_reached(safe.has_value());
    if (!done && safe) return WithContext({done.error().code, *safe}, done.error().message);
    if (!done) return WithContext(safe.error(), done.error().message);
    RIG_TRY(safe);
    return {};
  }

  // What was planned is what runs: the files are still the same, the firmware is for this device.
  Status CheckAgainstPlan(const PreparedRun& run, const FirmwareImage& image) const {
    if (image.identity.device != run.device) {
      return MakeError(Code::kInvalidArgument,
                       fmt::format("{}: is firmware of device {}; expected {}", image.path,
                                   image.identity.device, run.device));
    }
    std::map<std::string, std::string> loaded{{image.path, image.sha256}};
    for (const v1::File& file : run.files) loaded[file.path()] = file.sha256();
    for (const v1::File& planned : order_.planned()) {
      const auto now = loaded.find(planned.path());
      if (now != loaded.end() && now->second == planned.sha256()) continue;
      return MakeError(Code::kAborted, planned.path() + ": has changed since the run was planned");
    }
    return {};
  }

  void Describe(const PreparedRun& run) {
    const v1::Scenario& scenario = run.scenario.message;
    record_.set_device(run.device);
    record_.set_scenario(scenario.scenario());
    record_.set_title(scenario.title());
    *record_.mutable_verifies() = scenario.verifies();
    *record_.mutable_controls() = scenario.controls();
    *record_.mutable_resolved_scenario() = scenario;
    *record_.mutable_resolved_bench() = run.bench.message;
    record_.set_seed(scenario.seed());
    *record_.mutable_scenario_file() = MakeFile(run.scenario.path.string(), run.scenario.sha256);
    *record_.mutable_bench_file() = MakeFile(run.bench.path.string(), run.bench.sha256);
    for (const PreparedCheck& check : run.checks) {
      v1::CheckResult* result = record_.add_checks();
      result->set_id(check.message.id());
      result->set_text(check.message.text());
      result->set_formula(check.message.formula());
      *result->mutable_verifies() = check.message.verifies();
    }
  }

  Status DescribeImage(const FirmwareImage& image) {
    v1::Image* described = record_.mutable_firmware();
    described->set_path(image.path);
    described->set_sha256(image.sha256);
    described->mutable_identity()->set_device(image.identity.device);
    described->mutable_identity()->set_version(image.identity.version);
    described->mutable_identity()->set_build(image.identity.build);
    return StoreLoaded(image.path, image.sha256);
  }

  static v1::File MakeFile(const std::string& path, const std::string& sha256) {
    v1::File file;
    file.set_path(path);
    file.set_sha256(sha256);
    return file;
  }

  Result<std::string> StoreFile(const std::string& path) {
    RIG_TRY_ASSIGN(const std::string bytes, ReadFile(path));
    return StoreObject(order_.evidence(), bytes);
  }

  // What is stored is what was loaded.
  Status StoreLoaded(const std::string& path, const std::string& sha256) {
    RIG_TRY_ASSIGN(const std::string stored, StoreFile(path));
    if (stored == sha256) return {};
    return MakeError(Code::kAborted, path + ": has changed while the run was prepared");
  }

  Status StoreInputs(const PreparedRun& run) {
    std::vector<std::string> inputs;
    for (const v1::File& file : run.files) {
      RIG_TRY(StoreLoaded(file.path(), file.sha256()));
      *record_.add_inputs() = file;
    }
    const fs::path device = run.scenario.path.parent_path().parent_path();
    for (const char* file : {"requirements.yaml", "risks.yaml"}) {
      inputs.push_back((device / file).string());
    }
    for (const std::string& input : inputs) {
      RIG_TRY_ASSIGN(const std::string sha256, StoreFile(input));
      *record_.add_inputs() = MakeFile(input, sha256);
    }
    return {};
  }

  Status Execute(const PreparedRun& run, const FirmwareImage& image) {
    RIG_TRY_ASSIGN(auto equipment,
                   OpenEquipment(run.bench.message, run.bench.where, run.scenario.message.seed()));
    RIG_TRY(CheckStillThere(run.bench, *equipment, record_.health()));
    RIG_TRY_ASSIGN(auto trace, TraceWriter::Create(TracePath()));
    JudgingSink judging(*trace);
    if (order_.stop_at_fail()) JudgeOnTheWay(run, judging);
    const RunSetup setup{.scenario = &run.scenario,
                         .bench = &run.bench,
                         .equipment = equipment.get(),
                         .image = &image,
                         .seed = run.scenario.message.seed(),
                         .progress =
                             [this](RunTime t) {
                               if (progress_) progress_(t);
                               return held_->Beat();
                             },
                         .stop = [&](RunTime t) { return judging.HasFailedBefore(t); }};
    const RunOutcome outcome = ExecuteRun(setup, judging);
    NoteDecided(judging);
    if (outcome.stopped) NoteStop(outcome.end);
    record_.set_device_s(Seconds(outcome.end));
    const Status closed = equipment->Close();
    record_.set_safe_state_reached(outcome.safe_state_reached && closed);
    if (outcome.reported) {
      v1::Identity* reported = record_.mutable_reported();
      reported->set_device(outcome.reported->device);
      reported->set_version(outcome.reported->version);
      reported->set_build(outcome.reported->build);
      reported->set_serial(outcome.reported->serial);
    }
    const auto index = trace->Close();
    if (index) *record_.mutable_trace() = *index;
    if (const auto sha256 = Sha256OfFile(TracePath())) {
      *record_.mutable_trace_file() = MakeFile("trace.h5", *sha256);
    }
    RIG_TRY(outcome.status);
    RIG_TRY(closed);
    if (!index) return WithContext(index.error(), "trace");
    if (!outcome.reported) {
      return MakeError(
          Code::kFailedPrecondition,
          "the board was never asked who it is; expected a supply step that powers it");
    }
    return {};
  }

  // Formulas only: what a golden says is seen at its end. Not those of channels whose times are
  // uncertain: only the whole trace tells whether that leaves the verdict open.
  void JudgeOnTheWay(const PreparedRun& run, JudgingSink& judging) {
    const uncertainty::Budgets budgets = BudgetsOf(run);
    for (std::size_t i = 0; i < run.checks.size(); ++i) {
      const std::optional<Formula>& formula = run.checks[i].formula;
      if (!formula) continue;
      const std::vector<std::string> channels(formula->channels().begin(),
                                              formula->channels().end());
      if (uncertainty::TimeUncertainty(budgets, channels, 1) != 0) continue;
      judged_on_the_way_.push_back(i);
      judging.Judge(*formula, ChannelUncertainty(budgets));
    }
  }

  void NoteDecided(const JudgingSink& judging) {
    for (std::size_t k = 0; k < judged_on_the_way_.size(); ++k) {
      if (const auto verdict = judging.decided(k)) decided_[judged_on_the_way_[k]] = *verdict;
    }
  }

  void NoteStop(RunTime end) {
    const auto failed = std::find_if(decided_.begin(), decided_.end(),
                                     [](const auto& entry) { return entry.second == v1::FAIL; });
    record_.set_stopped(fmt::format("at {:.3f} s, when {} had failed",
                                    Seconds(end.time_since_epoch()),
                                    record_.checks(static_cast<int>(failed->first)).id()));
  }

  bool WasStopped() const { return !record_.stopped().empty(); }

  Status JudgeAll(const PreparedRun& run) {
    RIG_TRY_ASSIGN(const TraceReader trace, TraceReader::Open(TracePath()));
    const uncertainty::Budgets budgets = BudgetsOf(run);
    for (const auto& [channel, budget] : budgets) *record_.add_budgets() = budget;
    v1::Verdict worst = v1::PASS;
    for (std::size_t i = 0; i < run.checks.size(); ++i) {
      v1::CheckResult& result = *record_.mutable_checks(static_cast<int>(i));
      RIG_TRY_ASSIGN(v1::CheckResult judged, JudgeOne(run, run.checks[i], trace, budgets));
      const v1::CheckResult named = result;
      const auto decided = decided_.find(i);
      result = Reconciled(decided == decided_.end() ? std::nullopt : std::optional(decided->second),
                          record_.stopped(), std::move(judged));
      result.set_id(named.id());
      result.set_text(named.text());
      result.set_formula(named.formula());
      *result.mutable_verifies() = named.verifies();
      worst = Worst(worst, result.verdict());
    }
    // No check at all is no pass: the loader wants at least one, golden recording skips them.
    record_.set_verdict(run.checks.empty() ? v1::INCONCLUSIVE : worst);
    return {};
  }

  Result<v1::CheckResult> JudgeOne(const PreparedRun& run, const PreparedCheck& check,
                                   const TraceReader& trace,
                                   const uncertainty::Budgets& budgets) const {
    if (check.alarm_result == kMeanDelay) {
      return JudgeMeanDelay(check.message.alarm_episode(), trace, budgets,
                            check.message.decision_rule());
    }
    if (!check.alarm_result.empty()) {
      RIG_TRY_ASSIGN(const auto results,
                     JudgeAlarmSignal(check.message.alarm_signal(), check.alarm_sound, trace,
                                      budgets, check.message.decision_rule()));
      for (const v1::CheckResult& result : results) {
        if (result.id() == check.alarm_result) return result;
      }
      return MakeError(Code::kInternal, check.message.id() + ": was not judged");
    }
    if (check.golden) {
      return JudgeGolden(*check.golden, trace,
                         {.scenario = run.scenario.message.scenario(),
                          .scenario_sha256 = run.scenario.sha256,
                          .bench_sha256 = run.bench.goldens_sha256},
                         budgets, check.message.decision_rule());
    }
    if (therapy::IsTherapy(check.message)) {
      return therapy::JudgeTherapy(check.message, trace, budgets);
    }
    return JudgeFormula(check, trace, budgets,
                        WasStopped() ? TraceExtent::kCutShort : TraceExtent::kWhole);
  }

  std::string TracePath() const { return RunFolder(order_) + "/trace.h5"; }

  const v1::RunOrder& order_;
  const std::function<void(RunTime)>& progress_;
  v1::RunRecord record_;
  const std::chrono::milliseconds hang_limit_;
  std::optional<HeldBench> held_;               // while it is used
  std::vector<std::size_t> judged_on_the_way_;  // indices of checks, in the order of the monitors
  std::map<std::size_t, v1::Verdict> decided_;  // on the way, by index of the check
};

}  // namespace

v1::RunRecord PerformOrder(const v1::RunOrder& order, const std::function<void(RunTime)>& progress,
                           std::chrono::milliseconds hang_limit) {
  return Performance(order, progress, hang_limit).Do();
}

std::string RunFolder(const v1::RunOrder& order) {
  return (fs::path(order.evidence()) / "runs" / order.run()).string();
}

Status OpenRunFolder(const std::string& device, const std::string& scenario, v1::RunOrder& order) {
  const fs::path runs = fs::path(order.evidence()) / "runs";
  std::error_code error;
  fs::create_directories(runs, error);
  if (error) return MakeError(Code::kUnavailable, runs.string() + ": " + error.message());
  for (std::uint32_t attempt = 1; attempt < 100000; ++attempt) {
    const std::string run = fmt::format("{}.{}.{:04}", device, scenario, attempt);
    if (fs::create_directory(runs / run, error)) {
      order.set_run(run);
      order.set_attempt(attempt);
      return WriteFileAtomically(runs / run / "order.json", ToJson(order));
    }
    if (error) return MakeError(Code::kUnavailable, (runs / run).string() + ": " + error.message());
  }
  return MakeError(Code::kResourceExhausted, runs.string() + ": too many attempts of " + scenario);
}

void EndWithError(v1::RunRecord& record, const std::string& error) {
  record.set_verdict(v1::ERROR);
  record.set_error(error);
  record.set_state(v1::ENDED);
  for (v1::CheckResult& check : *record.mutable_checks()) {
    if (check.verdict() != v1::VERDICT_UNSET) continue;
    check.set_verdict(v1::ERROR);
    check.set_reason("did not run: " + error);
  }
}

std::string NowUtc() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace rig
