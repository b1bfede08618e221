#include "rig/controller/prepare.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <set>

#include "rig/base/strict_yaml.h"
#include "rig/base/units.h"
#include "rig/engine/plan.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

// Plays the record instead of whatever the scenario plays on its record signal.
Status PutRecord(const v1::RunOrder& order, LoadedScenario& scenario) {
  v1::Scenario& message = scenario.message;
  if (message.record_signal().empty()) {
    return MakeError(Code::kInvalidArgument,
                     scenario.where.At("") + ": takes no record; expected record_signal in it");
  }
  google::protobuf::RepeatedPtrField<v1::Step> steps;
  bool put = false;
  for (const v1::Step& step : message.steps()) {
    const bool replaced = step.has_play() && step.play().signal() == message.record_signal();
    if (replaced && put) continue;
    v1::Step* kept = steps.Add();
    *kept = step;
    if (!replaced) continue;
    put = true;
    kept->mutable_play()->clear_noise();
    v1::Record* record = kept->mutable_play()->mutable_record();
    record->set_header(fs::absolute(order.record_header()).string());
    record->set_start(order.record_start_ns());
  }
  message.mutable_steps()->Swap(&steps);
  return {};
}

Status ApplyOrder(const v1::RunOrder& order, LoadedScenario& scenario) {
  if (order.has_seed()) scenario.message.set_seed(order.seed());
  if (!order.record_header().empty()) RIG_TRY(PutRecord(order, scenario));
  if (order.duration_ns() == 0) return {};
  scenario.message.set_duration(order.duration_ns());
  for (const v1::Step& step : scenario.message.steps()) {
    if (step.at() < order.duration_ns()) continue;
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("duration {}: the scenario has a step at {}; expected a longer one",
                    Display(1e-9 * static_cast<double>(order.duration_ns()), "s"),
                    Display(1e-9 * static_cast<double>(step.at()), "s")));
  }
  return {};
}

Result<PreparedCheck> PrepareCheck(const LoadedScenario& scenario, int index,
                                   const std::map<std::string, std::string>& channels) {
  PreparedCheck prepared{scenario.message.checks(index), {}, {}, {}};
  const std::string path = fmt::format("checks[{}]", index);
  if (prepared.message.has_formula()) {
    auto parsed = Formula::Parse(prepared.message.formula(), [&](std::string_view name) {
      const auto found = channels.find(std::string(name));
      return found == channels.end() ? std::string() : found->second;
    });
    if (!parsed) return WithContext(parsed.error(), scenario.where.At(path + ".formula"));
    prepared.formula = std::move(*parsed);
    return prepared;
  }
  const fs::path file = scenario.path.parent_path() / prepared.message.golden().file();
  prepared.golden_path = file.string();
  if (!fs::exists(file)) {
    return MakeError(Code::kNotFound,
                     fmt::format("{}: no golden trace {}; expected one made by `rig golden record`",
                                 scenario.where.At(path + ".golden.file"), file.string()));
  }
  v1::Golden golden;
  RIG_TRY(LoadYamlFile(file, golden));
  prepared.golden = std::move(golden);
  return prepared;
}

// A requirement the scenario claims to verify is claimed by one of its checks, too.
Status CheckClaims(const LoadedScenario& scenario) {
  std::set<std::string> checked;
  for (const v1::Check& check : scenario.message.checks()) {
    if (check.verifies().empty()) return {};
    checked.insert(check.verifies().begin(), check.verifies().end());
  }
  for (int i = 0; i < scenario.message.verifies_size(); ++i) {
    if (checked.contains(scenario.message.verifies(i))) continue;
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: none of the checks verifies {}; expected one that does",
                                 scenario.where.At(fmt::format("verifies[{}]", i)),
                                 scenario.message.verifies(i)));
  }
  return {};
}

}  // namespace

Result<PreparedRun> PrepareRun(const v1::RunOrder& order) {
  PreparedRun run;
  RIG_TRY_ASSIGN(run.scenario, LoadScenario(order.scenario()));
  RIG_TRY_ASSIGN(const fs::path folder, DeviceFolderOf(order.scenario()));
  RIG_TRY_ASSIGN(const DeviceFolder device, LoadDeviceFolder(folder));
  run.device = device.name;
  RIG_TRY(CheckAgainstDevice(run.scenario, device));
  RIG_TRY(CheckClaims(run.scenario));
  RIG_TRY_ASSIGN(run.bench, LoadBench(order.bench()));
  RIG_TRY(ApplyOrder(order, run.scenario));
  RIG_TRY(CheckAgainstBench(run.scenario, run.bench));
  const auto channels = RunChannels(run.scenario.message, run.bench.message);
  for (int i = 0; i < run.scenario.message.checks_size(); ++i) {
    if (order.skip_golden() && run.scenario.message.checks(i).has_golden()) continue;
    RIG_TRY_ASSIGN(PreparedCheck check, PrepareCheck(run.scenario, i, channels));
    if (check.message.verifies().empty()) {
      *check.message.mutable_verifies() = run.scenario.message.verifies();
    }
    run.checks.push_back(std::move(check));
  }
  return run;
}

Result<FirmwareImage> LoadOrderedImage(const v1::RunOrder& order, const LoadedBench& bench) {
  const fs::path file = order.firmware().empty()
                            ? bench.path.parent_path() / bench.message.board().firmware()
                            : fs::path(order.firmware());
  return LoadFirmwareImage(file.lexically_normal(), bench.message.board().avr().mcu());
}

Result<std::string> DefaultBench(const std::string& scenario) {
  RIG_TRY_ASSIGN(const fs::path folder, DeviceFolderOf(scenario));
  RIG_TRY_ASSIGN(const DeviceFolder device, LoadDeviceFolder(folder));
  return device.bench.string();
}

double ChannelUncertainty(const v1::Bench& bench, std::string_view channel) {
  const std::string_view prefix = "observed.";
  if (!channel.starts_with(prefix)) return 0;
  channel.remove_prefix(prefix.size());
  for (const v1::Wire& wire : bench.wiring()) {
    if (wire.signal() != channel) continue;
    for (const v1::Fixture& fixture : bench.fixtures()) {
      if (fixture.name() != wire.fixture() || !fixture.has_calibration()) continue;
      const double volts = fixture.calibration().uncertainty();
      if (KindOf(bench, wire) != WireKind::kStimulus) return volts;
      const auto gain = ParseQuantity(wire.gain());
      return gain ? volts / std::fabs(gain->si) : volts;
    }
  }
  return 0;
}

}  // namespace rig
