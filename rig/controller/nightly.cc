#include "rig/controller/nightly.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "rig/base/digest.h"
#include "rig/controller/attempts.h"
#include "rig/controller/bench_health.h"
#include "rig/controller/compare.h"
#include "rig/controller/environment.h"
#include "rig/controller/held_bench.h"
#include "rig/controller/perform.h"
#include "rig/controller/prepare.h"
#include "rig/record/record.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

// Keeps a night to one process. Let go when the process ends, however it does.
class NightLock {
 public:
  NightLock() = default;
  NightLock(const NightLock&) = delete;
  NightLock& operator=(const NightLock&) = delete;
  ~NightLock() {
    if (fd_ >= 0) close(fd_);
  }
  // Errors: FAILED_PRECONDITION when another process has it.
  Status Take(const fs::path& folder) {
    fd_ = open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd_ >= 0 && flock(fd_, LOCK_EX | LOCK_NB) == 0) return {};
    return MakeError(Code::kFailedPrecondition,
                     folder.string() + ": another process is at this night; expected none");
  }

 private:
  int fd_ = -1;
};

class Night {
 public:
  Night(const NightOptions& options, const NightEvents& events)
      : options_(options), events_(events) {}

  Result<v1::NightRecord> Do() {
    RIG_TRY(LoadDevices());
    rig_build_ = DescribeEnvironment().rig_build();
    RIG_TRY(Open());
    RIG_TRY(Plan());
    RIG_TRY(Save());
    if (events_.planned) events_.planned(night_);
    RIG_TRY(RunAll());
    RIG_TRY(Conclude());
    RIG_TRY(Save());
    return night_;
  }

 private:
  Status LoadDevices();
  void TakeRecorded(DeviceFolder& device);
  Status Open();
  Status Resume();
  Status Plan();
  void PlanScenario(const DeviceFolder& device, const fs::path& scenario);
  bool Kept(const v1::NightRun& run, const v1::RunOrder& order) const;
  std::string HealthOf(const LoadedBench& bench);
  Status RunAll();
  Status Conclude();
  void CheckAttempts(v1::RunRecord& record, v1::NightRun& run) const;
  std::string Previous() const;
  Status Save() {
    return WriteFileAtomically(
        fs::path(NightFolder(options_.evidence, night_.night())) / "night.json", ToJson(night_));
  }
  v1::NightRun* Find(const std::string& device, const std::string& scenario_path);

  const NightOptions& options_;
  const NightEvents& events_;
  std::vector<DeviceFolder> devices_;
  v1::NightRecord night_;
  std::map<std::string, v1::NightRun> earlier_;  // of the night resumed, by scenario path
  struct Planned {
    v1::RunOrder order;
    std::int64_t duration;
    std::string device;
    std::string scenario;
  };
  std::vector<Planned> planned_;
  std::set<std::string> names_;  // of the devices
  std::string rig_build_;
  std::map<std::string, std::string> health_;  // digest by bench file
  NightLock lock_;
};

// Scenarios of recorded signals are optional, but nobody shall believe that they ran.
void Night::TakeRecorded(DeviceFolder& device) {
  for (const fs::path& scenario : device.recorded) {
    if (options_.recordings.empty()) {
      night_.add_left_out(device.name + "/" + scenario.stem().string());
    } else {
      device.scenarios.push_back(scenario);
    }
  }
}

Status Night::LoadDevices() {
  for (const std::string& directory : options_.devices) {
    RIG_TRY_ASSIGN(DeviceFolder device, LoadDeviceFolder(directory));
    if (device.scenarios.empty()) {
      return MakeError(Code::kNotFound, directory + ": no scenarios/*.yaml; expected at least one");
    }
    TakeRecorded(device);
    RIG_TRY(CheckScenarioNames(device.scenarios));
    if (!names_.insert(device.name).second) {
      return MakeError(Code::kInvalidArgument,
                       directory + ": device " + device.name + " again; expected each once");
    }
    devices_.push_back(std::move(device));
  }
  return {};
}

Status Night::Open() {
  std::error_code error;
  const fs::path nights = fs::path(options_.evidence) / "nights";
  fs::create_directories(nights, error);
  if (error) return MakeError(Code::kUnavailable, nights.string() + ": " + error.message());
  night_.set_recordings(options_.recordings);
  if (options_.resume) {
    RIG_TRY(Resume());
    if (!night_.night().empty()) return lock_.Take(nights / night_.night());
  }
  night_.set_started(NowUtc());
  std::string name = night_.started();
  std::replace(name.begin(), name.end(), ':', '-');
  for (int again = 1; again < 1000; ++again) {
    night_.set_night(again == 1 ? name : fmt::format("{}.{}", name, again));
    if (fs::create_directory(nights / night_.night(), error)) {
      return lock_.Take(nights / night_.night());
    }
    if (error) return MakeError(Code::kUnavailable, nights.string() + ": " + error.message());
  }
  return MakeError(Code::kResourceExhausted, nights.string() + ": too many nights " + name);
}

std::set<std::string> Devices(const v1::NightRecord& night) {
  std::set<std::string> devices;
  for (const v1::NightRun& run : night.runs()) devices.insert(run.device());
  return devices;
}

// Folder names of nights, oldest first.
std::vector<std::string> Nights(const std::string& evidence) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(fs::path(evidence) / "nights", error)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<v1::NightRecord> LoadNight(const std::string& evidence, const std::string& name) {
  const std::string file = NightFolder(evidence, name) + "/night.json";
  RIG_TRY_ASSIGN(const std::string text, ReadFile(file));
  v1::NightRecord night;
  RIG_TRY(FromJson(text, night, file));
  return night;
}

Status Night::Resume() {
  const auto names = Nights(options_.evidence);
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    const auto found = LoadNight(options_.evidence, *name);
    if (!found || found->complete() || Devices(*found) != names_) continue;
    if (found->recordings() != options_.recordings) {
      const auto option = [](const std::string& folder) {
        return folder.empty() ? std::string("no --recordings") : "--recordings " + folder;
      };
      return MakeError(Code::kInvalidArgument,
                       fmt::format("night {} began with {}; expected the same with --resume",
                                   found->night(), option(found->recordings())));
    }
    night_.set_night(found->night());
    night_.set_started(found->started());
    for (const v1::NightRun& run : found->runs()) earlier_[run.scenario_path()] = run;
    return {};
  }
  return {};
}

Status Night::Plan() {
  for (const DeviceFolder& device : devices_) {
    for (const fs::path& scenario : device.scenarios) PlanScenario(device, scenario);
  }
  // What this night was to run and cannot any more is not forgotten.
  for (const auto& [path, earlier] : earlier_) {
    if (Find(earlier.device(), path) != nullptr) continue;
    v1::NightRun* gone = night_.add_runs();
    *gone = earlier;
    gone->set_verdict(v1::ERROR);
    gone->set_error(path + ": was to run in this night; expected it to be there");
  }
  // Folders are opened only now, so that a night that cannot be planned leaves no empty ones.
  for (Planned& planned : planned_) {
    RIG_TRY(OpenRunFolder(planned.device, planned.scenario, planned.order));
    Find(planned.device, planned.order.scenario())->set_run(planned.order.run());
  }
  // Longest first: the last workers to end then end close together.
  std::stable_sort(planned_.begin(), planned_.end(),
                   [](const Planned& a, const Planned& b) { return a.duration > b.duration; });
  return {};
}

void Night::PlanScenario(const DeviceFolder& device, const fs::path& scenario) {
  v1::NightRun* run = night_.add_runs();
  run->set_device(device.name);
  run->set_scenario(scenario.stem().string());
  run->set_scenario_path(scenario.string());
  v1::RunOrder order;
  order.set_evidence(options_.evidence);
  order.set_scenario(scenario.string());
  order.set_bench(device.bench.string());
  order.set_recordings(options_.recordings);
  const auto prepared = PrepareRun(order);
  const Status planned = prepared ? NamePlannedFiles(*prepared, order)
                                  : Status(tl::unexpected<Error>(prepared.error()));
  if (!planned) {
    run->set_verdict(v1::ERROR);
    run->set_error(planned.error().message);
    return;
  }
  const v1::Scenario& message = prepared->scenario.message;
  run->set_scenario(message.scenario());
  run->set_title(message.title());
  *run->mutable_verifies() = message.verifies();
  if (const auto known = earlier_.find(scenario.string()); known != earlier_.end()) {
    if (Kept(known->second, order)) {
      *run = known->second;
      return;
    }
    *run->mutable_earlier_attempts() = known->second.earlier_attempts();
    if (!known->second.run().empty()) {
      run->add_earlier_attempts(fmt::format("{}: {} {}", known->second.run(),
                                            VerdictText(known->second.verdict()),
                                            known->second.error()));
    }
  }
  order.set_health(HealthOf(prepared->bench));
  planned_.push_back({order, message.duration(), device.name, message.scenario()});
}

// Checked once per bench and night. Empty: it could not be, and each run tries and tells why.
std::string Night::HealthOf(const LoadedBench& bench) {
  const auto [known, first] = health_.emplace(bench.path.string(), "");
  if (!first) return known->second;
  auto held = HeldBench::Take(bench, "", kCheckLimit);
  if (!held) return known->second;
  if (const auto health = LeaveSafe(*held, CheckHealthOf(bench))) {
    if (const auto stored = StoreHealth(options_.evidence, *health)) known->second = *stored;
  }
  return known->second;
}

// The record of a night's run, if it still is what the night says it is.
Result<v1::RunRecord> LoadUnaltered(const std::string& evidence, const v1::NightRun& run) {
  const fs::path folder = fs::path(evidence) / "runs" / run.run();
  RIG_TRY_ASSIGN(const std::string sha256, Sha256OfFile(folder / "record.json"));
  RIG_TRY_ASSIGN(v1::RunRecord record, LoadRunRecord(folder));
  if (sha256 != run.record_sha256() || record.verdict() != run.verdict()) {
    return MakeError(Code::kDataLoss, run.run() + ": the record was altered after the run");
  }
  if (!record.trace_file().sha256().empty()) {
    RIG_TRY_ASSIGN(const std::string trace, Sha256OfFile(folder / record.trace_file().path()));
    if (trace != record.trace_file().sha256()) {
      return MakeError(Code::kDataLoss, run.run() + ": the trace was altered after the run");
    }
  }
  return record;
}

// Whether a run of the resumed night still stands for what is there now.
bool Night::Kept(const v1::NightRun& run, const v1::RunOrder& order) const {
  if (run.record_sha256().empty()) return false;
  const auto record = LoadUnaltered(options_.evidence, run);
  if (!record || record->state() != v1::ENDED || record->verdict() == v1::ERROR) return false;
  if (record->environment().rig_build() != rig_build_) return false;
  std::set<std::pair<std::string, std::string>> used{
      {record->firmware().path(), record->firmware().sha256()}};
  for (const v1::File& file : record->inputs()) used.emplace(file.path(), file.sha256());
  return std::all_of(order.planned().begin(), order.planned().end(), [&](const v1::File& file) {
    return used.contains({file.path(), file.sha256()});
  });
}

v1::NightRun* Night::Find(const std::string& device, const std::string& scenario_path) {
  for (v1::NightRun& run : *night_.mutable_runs()) {
    if (run.device() == device && run.scenario_path() == scenario_path) return &run;
  }
  return nullptr;
}

Status Night::RunAll() {
  std::vector<v1::RunOrder> orders;
  orders.reserve(planned_.size());
  for (const Planned& planned : planned_) orders.push_back(planned.order);
  Status saved;
  WorkerEvents events;
  events.progress = events_.progress;
  events.ended = [&](const v1::RunOrder& order, const v1::RunRecord& record) {
    for (v1::NightRun& run : *night_.mutable_runs()) {
      if (run.run() != order.run()) continue;
      const std::string path = run.scenario_path();
      const v1::NightRun planned = run;
      run = Summarise(record);
      run.set_device(planned.device());
      run.set_scenario(planned.scenario());
      run.set_title(planned.title());
      run.set_scenario_path(path);
      *run.mutable_earlier_attempts() = planned.earlier_attempts();
      *run.mutable_verifies() = planned.verifies();
      if (const auto digest = Sha256OfFile(fs::path(RunFolder(order)) / "record.json")) {
        run.set_record_sha256(*digest);
      }
      if (events_.ended) events_.ended(run);
    }
    if (const Status now = Save(); !now) saved = now;
  };
  RIG_TRY(RunWorkers(std::move(orders), options_.workers, events));
  return saved;
}

// What stands in for the record of a run that left none: its requirements are not verified.
v1::RunRecord NotRun(const v1::NightRun& run) {
  v1::RunRecord record;
  record.set_scenario(run.scenario());
  record.set_verdict(v1::ERROR);
  v1::CheckResult* check = record.add_checks();
  check->set_verdict(v1::ERROR);
  *check->mutable_verifies() = run.verifies();
  return record;
}

// A run whose earlier attempts on the same inputs came to another verdict is flaky.
void Night::CheckAttempts(v1::RunRecord& record, v1::NightRun& run) const {
  std::vector<std::string> retried;
  for (const std::string& attempt : run.earlier_attempts()) {
    retried.push_back(attempt.substr(0, attempt.find(':')));
  }
  const auto earlier = EarlierAttempts(options_.evidence, record);
  const std::string why = Disagreement(record, earlier, retried);
  if (why.empty()) return;
  run.set_flaky(why);
  MarkFlaky(why, record);
  if (run.verdict() == v1::PASS) run.set_verdict(v1::INCONCLUSIVE);
}

Status Night::Conclude() {
  v1::Verdict worst = v1::PASS;
  std::map<std::string, std::vector<v1::RunRecord>> records;
  for (v1::NightRun& run : *night_.mutable_runs()) {
    if (run.verdict() == v1::VERDICT_UNSET) {
      run.set_verdict(v1::ERROR);
      run.set_error("expected, but did not run");
    }
    auto record = run.run().empty() ? Result<v1::RunRecord>(MakeError(Code::kNotFound, run.error()))
                                    : LoadUnaltered(options_.evidence, run);
    if (!record && run.verdict() != v1::ERROR) {
      run.set_verdict(v1::ERROR);
      run.set_error(record.error().message);
    }
    if (record) CheckAttempts(*record, run);
    worst = Worst(worst, run.verdict());
    records[run.device()].push_back(record && record->checks_size() > 0 ? *record : NotRun(run));
  }
  for (const DeviceFolder& device : devices_) {
    for (v1::Coverage& coverage : CoverRequirements(device, records[device.name])) {
      // A requirement nobody verifies and nobody excuses is a hole in the night.
      const bool hole = coverage.verdict() == v1::VERDICT_UNSET && coverage.not_covered().empty();
      if (hole) worst = Worst(worst, v1::INCONCLUSIVE);
      *night_.add_coverage() = std::move(coverage);
    }
  }
  night_.set_verdict(night_.runs().empty() ? v1::ERROR : worst);
  night_.set_previous(Previous());
  if (!night_.previous().empty()) {
    RIG_TRY_ASSIGN(const v1::NightRecord before, LoadNight(options_.evidence, night_.previous()));
    for (v1::Change& change : CompareNights(before, night_)) {
      *night_.add_changes() = std::move(change);
    }
  }
  night_.set_ended(NowUtc());
  night_.set_complete(true);
  return {};
}

// The newest complete night of the same devices before this one.
std::string Night::Previous() const {
  const auto names = Nights(options_.evidence);
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    if (*name >= night_.night()) continue;
    const auto night = LoadNight(options_.evidence, *name);
    if (night && night->complete() && Devices(*night) == Devices(night_)) return *name;
  }
  return "";
}

}  // namespace

Result<v1::NightRecord> RunNight(const NightOptions& options, const NightEvents& events) {
  return Night(options, events).Do();
}

std::string NightFolder(const std::string& evidence, const std::string& night) {
  return (fs::path(evidence) / "nights" / night).string();
}

}  // namespace rig
