#include "rig/controller/qualify.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>

#include "rig/base/digest.h"
#include "rig/controller/nightly.h"
#include "rig/controller/perform.h"
#include "rig/record/record.h"
#include "rig/scenario/scenario.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

// Runs a program to its end, its output into `log`. Errors: INTERNAL naming the log.
Status RunProgram(std::vector<std::string> words, const fs::path& log) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int failed = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return MakeError(Code::kInternal, words[0] + ": " + std::strerror(failed));
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return MakeError(Code::kInternal, "firmware does not build; its output is in " + log.string());
}

bool Verifies(const v1::CheckResult& check, const std::string& requirement) {
  const auto& ids = check.verifies();
  return std::find(ids.begin(), ids.end(), requirement) != ids.end();
}

bool HasCheckOf(const v1::Scenario& scenario, const std::string& requirement) {
  for (const v1::Check& check : scenario.checks()) {
    const auto& ids = check.verifies().empty() ? scenario.verifies() : check.verifies();
    if (std::find(ids.begin(), ids.end(), requirement) != ids.end()) return true;
  }
  return false;
}

class Qualifier {
 public:
  Qualifier(const QualifyOptions& options, const QualifyEvents& events)
      : options_(options), events_(events) {}

  Result<v1::Qualification> Do() {
    RIG_TRY_ASSIGN(device_, LoadDeviceFolder(options_.device));
    if (options_.hidden) device_.mutants = device_.hidden;
    if (device_.mutants.mutants().empty()) {
      return MakeError(Code::kNotFound,
                       fmt::format("{}: no mutants; expected mutants/{}.yaml with at least one",
                                   options_.device, options_.hidden ? "hidden" : "mutants"));
    }
    result_.set_device(device_.name);
    result_.set_started(NowUtc());
    RIG_TRY(LoadScenarios());
    RIG_TRY(Prepare());
    RIG_TRY(BuildAll());
    RIG_TRY(EnterOrders());
    RIG_TRY(RunAll());
    Judge();
    const std::string name = device_.name + "." + result_.started() + ".json";
    RIG_TRY(WriteFileAtomically(folder_ / name, ToJson(result_)));
    return result_;
  }

 private:
  Status LoadScenarios() {
    RIG_TRY(CheckScenarioNames(device_.scenarios));
    for (const fs::path& path : device_.scenarios) {
      RIG_TRY_ASSIGN(LoadedScenario scenario, LoadScenario(path));
      scenarios_.push_back(std::move(scenario));
    }
    return {};
  }

  Status Prepare() {
    folder_ = fs::path(options_.evidence) / "qualifications";
    std::error_code error;
    fs::create_directories(folder_ / "firmware", error);
    if (error) return MakeError(Code::kUnavailable, folder_.string() + ": " + error.message());
    return {};
  }

  std::string Image(const std::string& variant) const {
    return fs::absolute(folder_ / "firmware" / (device_.name + "." + variant + ".elf")).string();
  }

  Status BuildAll() {
    RIG_TRY(Build("good", ""));
    for (const v1::Mutant& mutant : device_.mutants.mutants()) {
      RIG_TRY(Build(mutant.id(), mutant.define()));
    }
    return {};
  }

  Status Build(const std::string& variant, const std::string& define) {
    if (events_.step) events_.step("build " + variant);
    std::vector<std::string> words = {"make", "-C", (device_.directory / "firmware").string(),
                                      "OUT=" + Image(variant)};
    if (!define.empty()) words.push_back("DEFECT=" + define);
    return RunProgram(std::move(words),
                      folder_ / "firmware" / (device_.name + "." + variant + ".log"));
  }

  // Every scenario on the good firmware; on a mutant those that have something to say of it.
  Status EnterOrders() {
    for (const LoadedScenario& scenario : scenarios_) RIG_TRY(Enter(scenario, "good"));
    for (const v1::Mutant& mutant : device_.mutants.mutants()) {
      for (const LoadedScenario& scenario : scenarios_) {
        if (HasCheckOf(scenario.message, mutant.violates())) RIG_TRY(Enter(scenario, mutant.id()));
      }
    }
    return {};
  }

  Status Enter(const LoadedScenario& scenario, const std::string& variant) {
    v1::RunOrder order;
    order.set_evidence(options_.evidence);
    order.set_scenario(scenario.path.string());
    order.set_bench(device_.bench.string());
    order.set_firmware(Image(variant));
    RIG_TRY(OpenRunFolder(device_.name, scenario.message.scenario() + "." + variant, order));
    variant_of_[order.run()] = variant;
    orders_.push_back(std::move(order));
    return {};
  }

  Status RunAll() {
    WorkerEvents events;
    events.ended = [&](const v1::RunOrder& order, const v1::RunRecord& record) {
      const std::string& variant = variant_of_[order.run()];
      records_[variant][order.run()] = record;
      v1::NightRun run = Summarise(record);
      run.set_scenario(run.scenario() + " (" + variant + ")");
      if (events_.ended) events_.ended(run);
    };
    if (events_.planned) events_.planned(orders_.size());
    return RunWorkers(orders_, options_.workers, events);
  }

  void Judge() {
    v1::Verdict worst = v1::PASS;
    for (const auto& [run, record] : records_["good"]) {
      worst = Worst(worst, record.verdict());
      *result_.add_good_runs() = Summarise(record);
    }
    result_.set_good(records_["good"].empty() ? v1::ERROR : worst);
    for (const v1::Mutant& mutant : device_.mutants.mutants())
      *result_.add_mutants() = Judge(mutant);
  }

  v1::MutantResult Judge(const v1::Mutant& mutant) {
    v1::MutantResult result;
    result.set_id(mutant.id());
    result.set_text(mutant.text());
    result.set_violates(mutant.violates());
    result.set_reason("no scenario has a check of " + mutant.violates());
    bool named = false;  // the kill is by a formula
    for (const auto& [run, record] : records_[mutant.id()]) {
      result.add_runs(run);
      result.set_firmware_sha256(record.firmware().sha256());
      if (named) continue;
      // A run the rig could not carry out to its end proves nothing of the mutant.
      const bool judged = record.verdict() != v1::ERROR;
      if (!result.killed()) result.set_reason(judged ? "every check passed" : record.error());
      for (const v1::CheckResult& check : record.checks()) {
        if (!judged || check.verdict() != v1::FAIL || !Verifies(check, mutant.violates())) continue;
        // A golden trace tells any difference; a formula says which requirement is violated.
        named = !check.formula().empty();
        if (result.killed() && !named) continue;
        result.set_killed(true);
        result.set_killed_by(record.scenario() + "/" + check.id());
        result.set_reason(check.reason());
        if (named) break;
      }
    }
    return result;
  }

  const QualifyOptions& options_;
  const QualifyEvents& events_;
  DeviceFolder device_;
  std::vector<LoadedScenario> scenarios_;
  fs::path folder_;
  std::vector<v1::RunOrder> orders_;
  std::map<std::string, std::string> variant_of_;                        // by run
  std::map<std::string, std::map<std::string, v1::RunRecord>> records_;  // by variant, run
  v1::Qualification result_;
};

}  // namespace

Result<v1::Qualification> Qualify(const QualifyOptions& options, const QualifyEvents& events) {
  return Qualifier(options, events).Do();
}

v1::Verdict QualificationVerdict(const v1::Qualification& qualification) {
  if (qualification.good() != v1::PASS) return qualification.good();
  for (const v1::MutantResult& mutant : qualification.mutants()) {
    if (!mutant.killed()) return v1::FAIL;
  }
  return qualification.mutants().empty() ? v1::INCONCLUSIVE : v1::PASS;
}

}  // namespace rig
