#include "rig/controller/golden_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "rig/base/digest.h"
#include "rig/bench/bench.h"
#include "rig/check/golden/golden.h"
#include "rig/record/record.h"
#include "rig/scenario/scenario.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

// <device>/golden/<file>
fs::path DeviceOf(const fs::path& golden) {
  return fs::absolute(golden).lexically_normal().parent_path().parent_path();
}

bool IsSameFile(const fs::path& a, const fs::path& b) {
  return fs::absolute(a).lexically_normal() == fs::absolute(b).lexically_normal();
}

// Goldens are recorded under the scenario's own seed, signals, duration and parameters. `folder`:
// of the run.
Result<bool> IsGoldensOwn(const fs::path& folder, const v1::RunRecord& record) {
  v1::RunOrder order;
  RIG_TRY_ASSIGN(const std::string json, ReadFile(folder / "order.json"));
  RIG_TRY(FromJson(json, order, (folder / "order.json").string()));
  const fs::path object =
      ObjectPath(folder.parent_path().parent_path(), record.scenario_file().sha256());
  RIG_TRY_ASSIGN(const LoadedScenario own, LoadScenario(object));
  RIG_TRY_ASSIGN(const LoadedScenario varied,
                 LoadScenario(object, {order.parameters().begin(), order.parameters().end()}));
  return record.seed() == own.message.seed() && order.record_file().empty() &&
         order.duration_ns() == 0 && ToJson(varied.message) == ToJson(own.message);
}

// Whether a check of a run is the one against this golden: it may fail by the tolerances sought.
bool IsAgainst(const v1::Golden& golden, const v1::RunRecord& record, const std::string& id) {
  const auto& checks = record.resolved_scenario().checks();
  return std::any_of(checks.begin(), checks.end(), [&](const v1::Check& check) {
    return check.id() == id && check.has_golden() &&
           fs::path(check.golden().file()).stem() == golden.golden();
  });
}

std::string WhyNoBasis(const v1::Golden& golden, const v1::RunRecord& record) {
  if (record.scenario() != golden.scenario()) {
    return fmt::format("is of scenario {}, expected {}", record.scenario(), golden.scenario());
  }
  if (record.scenario_file().sha256() != golden.scenario_sha256()) {
    return "ran another version of the scenario; expected the golden's";
  }
  if (record.bench_file().sha256() != golden.bench_sha256()) {
    return "ran on another bench; expected the golden's";
  }
  if (record.firmware().sha256() != golden.firmware_sha256()) {
    return "ran other firmware; expected the golden's";
  }
  for (const v1::CheckResult& check : record.checks()) {
    if (check.verdict() == v1::PASS || IsAgainst(golden, record, check.id())) continue;
    return fmt::format("check {} is {}; expected it passed", check.id(),
                       VerdictText(check.verdict()));
  }
  return "";
}

}  // namespace

Result<std::vector<std::string>> RequirementsOf(const fs::path& golden) {
  const fs::path folder = DeviceOf(golden);
  if (!fs::exists(folder / "requirements.yaml")) return std::vector<std::string>();
  RIG_TRY_ASSIGN(const DeviceFolder device, LoadDeviceFolder(folder));
  std::set<std::string> ids;
  for (const fs::path& path : device.scenarios) {
    const auto scenario = LoadScenario(path);
    if (!scenario) continue;  // `rig lint` says what is wrong with it
    for (const v1::Check& check : scenario->message.checks()) {
      const bool uses =
          check.has_golden() && IsSameFile(path.parent_path() / check.golden().file(), golden);
      if (!uses) continue;
      const auto& verified =
          check.verifies().empty() ? scenario->message.verifies() : check.verifies();
      ids.insert(verified.begin(), verified.end());
    }
  }
  return std::vector<std::string>(ids.begin(), ids.end());
}

std::vector<std::string> StaleReasons(const fs::path& golden, const std::string& bench) {
  const auto loaded = LoadGolden(golden);
  if (!loaded) return {loaded.error().message};
  std::vector<std::string> reasons;
  if (std::string why = WhyNotValid(loaded->message, {}); !why.empty()) {
    reasons.push_back(loaded->where.At("approval") + ": " + why +
                      "; expected `rig golden approve` after review");
  }
  const auto device = LoadDeviceFolder(DeviceOf(golden));
  if (!device) {
    reasons.push_back(device.error().message);
    return reasons;
  }
  const auto compare = [&](const char* key, const std::string& then, const std::string& now) {
    if (then == now) return;
    reasons.push_back(loaded->where.At(key) +
                      ": is stale, the file has changed since; expected a golden recorded anew");
  };
  bool found = false;
  for (const fs::path& path : device->scenarios) {
    const auto scenario = LoadScenario(path);
    if (!scenario || scenario->message.scenario() != loaded->message.scenario()) continue;
    found = true;
    compare("scenario_sha256", loaded->message.scenario_sha256(), scenario->sha256);
  }
  if (!found) {
    reasons.push_back(loaded->where.At("scenario") +
                      ": the device has no such scenario; expected one of its scenarios");
  }
  const auto digest = Sha256OfFile(bench.empty() ? device->bench : fs::path(bench));
  if (digest) compare("bench_sha256", loaded->message.bench_sha256(), *digest);
  return reasons;
}

Result<v1::RunRecord> RecordOfTrace(const fs::path& trace) {
  return LoadRunRecord(fs::absolute(trace).parent_path());
}

Result<DerivationRun> AsDerivationRun(const v1::Golden& golden, const std::string& trace_file) {
  RIG_TRY_ASSIGN(const v1::RunRecord record, RecordOfTrace(trace_file));
  RIG_TRY(CheckWholeRun(record, trace_file));
  if (const std::string why = WhyNoBasis(golden, record); !why.empty()) {
    return MakeError(Code::kFailedPrecondition, fmt::format("run {}: {}", record.run(), why));
  }
  DerivationRun run;
  run.name = record.run();
  run.seed = record.seed();
  run.trace_sha256 = record.trace_file().sha256();
  run.trace_file = trace_file;
  run.condition = record.run();
  const bool is_virtual = IsVirtual(record.resolved_bench());
  if (is_virtual) {
    run.condition = Sha256Hex(ToJson(record.resolved_scenario()));
    run.outcome = record.trace().sha256();
    RIG_TRY_ASSIGN(run.is_goldens_own,
                   IsGoldensOwn(fs::absolute(trace_file).parent_path(), record));
  }
  return run;
}

}  // namespace rig
