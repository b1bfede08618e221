#include "rig/controller/prepare.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "rig/base/digest.h"
#include "rig/base/strict_yaml.h"
#include "rig/base/units.h"
#include "rig/check/alarm/episode.h"
#include "rig/check/formula/reach.h"
#include "rig/check/golden/golden.h"
#include "rig/check/therapy/judge.h"
#include "rig/controller/vocabulary.h"
#include "rig/engine/plan.h"
#include "sim_signals/recorded/recording.h"

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
    kept->mutable_play()->clear_artefacts();
    // How a record is played (channel, gain …) stays as the scenario says, if it plays one.
    const bool recorded = step.play().has_record();
    v1::Record* record = kept->mutable_play()->mutable_record();
    if (!recorded) record->set_gain(1);
    record->set_file(fs::absolute(order.record_file()).string());
    record->set_start(order.record_start_ns());
  }
  message.mutable_steps()->Swap(&steps);
  return {};
}

// Files of the folder of recordings get their place in it.
Status PlaceRecordings(const std::string& folder, LoadedScenario& scenario) {
  const auto place = [&](const std::string& path, v1::Record& record) -> Status {
    if (!record.file().starts_with(kRecordings)) return {};
    if (folder.empty()) {
      return scenario.where.Refuse(path + ".record.file",
                                   fmt::format("\"{}\" without a folder", record.file()),
                                   "--recordings FOLDER of rig run or rig nightly");
    }
    const fs::path within = record.file().substr(kRecordings.size());
    const bool inside =
        within.is_relative() && std::find(within.begin(), within.end(), "..") == within.end();
    if (!inside) {
      return scenario.where.Refuse(path + ".record.file", fmt::format("\"{}\"", record.file()),
                                   "a path below the folder of recordings");
    }
    const fs::path file = folder / within;
    record.set_file(fs::absolute(file).lexically_normal().string());
    return {};
  };
  for (int i = 0; i < scenario.message.steps_size(); ++i) {
    const v1::Step& step = scenario.message.steps(i);
    if (!step.has_play()) continue;
    v1::Play& play = *scenario.message.mutable_steps(i)->mutable_play();
    const std::string path = fmt::format("steps[{}].play", i);
    if (play.has_record()) RIG_TRY(place(path, *play.mutable_record()));
    for (int k = 0; k < play.artefacts_size(); ++k) {
      if (!play.artefacts(k).has_record()) continue;
      RIG_TRY(place(fmt::format("{}.artefacts[{}]", path, k),
                    *play.mutable_artefacts(k)->mutable_record()));
    }
  }
  return {};
}

// Scenarios of recordings lie apart from those that everyone can run, and only they do.
Status CheckFolder(const LoadedScenario& scenario) {
  const bool apart = fs::absolute(scenario.path).parent_path().filename() == "recorded";
  bool named = false;
  for (int i = 0; i < scenario.message.steps_size(); ++i) {
    for (const v1::Record* record : RecordsOf(scenario.message.steps(i).play())) {
      if (!record->file().starts_with(kRecordings)) continue;
      named = true;
      if (apart) continue;
      return scenario.where.Refuse(fmt::format("steps[{}].play", i),
                                   fmt::format("\"{}\" in scenarios/", record->file()),
                                   "the scenario in <device>/recorded/");
    }
  }
  if (named || !apart) return {};
  return scenario.where.Refuse("steps",
                               "nothing from recordings:", "the scenario in <device>/scenarios/");
}

Status ApplyOrder(const v1::RunOrder& order, Recordings recordings, LoadedScenario& scenario) {
  if (order.has_seed()) scenario.message.set_seed(order.seed());
  if (recordings == Recordings::kNeeded || !order.recordings().empty()) {
    RIG_TRY(PlaceRecordings(order.recordings(), scenario));
  }
  if (!order.record_file().empty()) RIG_TRY(PutRecord(order, scenario));
  if (order.duration_ns() == 0) return {};
  if (order.duration_ns() < scenario.message.duration()) {
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("duration {}: the scenario's own is {}; expected no shorter one, its "
                    "checks would ask for less",
                    Display(1e-9 * static_cast<double>(order.duration_ns()), "s"),
                    Display(1e-9 * static_cast<double>(scenario.message.duration()), "s")));
  }
  scenario.message.set_duration(order.duration_ns());
  return {};
}

bool IsOutput(const v1::Bench& bench, const v1::Wire& wire) {
  const WireKind kind = KindOf(bench, wire);
  return kind == WireKind::kSupply || kind == WireKind::kStimulus || kind == WireKind::kLine;
}

// What the rig itself sets and reads back: supplies, injectors, lines, and what measures their
// pins.
bool IsReadBack(const v1::Bench& bench, std::string_view signal) {
  const auto& wiring = bench.wiring();
  const auto wire = std::find_if(wiring.begin(), wiring.end(),
                                 [&](const v1::Wire& w) { return w.signal() == signal; });
  if (wire == wiring.end()) return false;
  return std::any_of(wiring.begin(), wiring.end(), [&](const v1::Wire& other) {
    return other.pin() == wire->pin() && IsOutput(bench, other);
  });
}

bool TellsOfTheDevice(const v1::Bench& bench, std::string_view channel) {
  constexpr std::string_view kObserved = "observed.";
  if (channel.starts_with("device.") || channel.starts_with("plant.")) return true;
  return channel.starts_with(kObserved) && !IsReadBack(bench, channel.substr(kObserved.size()));
}

// A check of stimulus, read-back and truth alone verifies no requirement, nor does one whose value
// is fixed.
bool LooksAtTheDevice(const Formula& formula, const v1::Bench& bench) {
  const auto channels = ChannelsThatMatter(formula);
  return std::any_of(channels.begin(), channels.end(),
                     [&](std::string_view channel) { return TellsOfTheDevice(bench, channel); });
}

// Where no verdict would tell anything of the requirement.
Status CheckFormula(const Formula& formula, const std::string& where, const v1::Bench& bench,
                    std::int64_t duration_ns) {
  const auto refuse = [&](const std::string& what) {
    return MakeError(Code::kInvalidArgument, where + ": " + what);
  };
  if (AsksOnlyAtStart(formula)) {
    return refuse("asks at run time 0 only; expected always or eventually around it");
  }
  if (const auto needs = NeedsLongerThan(formula, Duration(duration_ns))) return refuse(*needs);
  if (LooksAtTheDevice(formula, bench)) return {};
  return refuse(
      "looks at nothing the device does; expected its value to depend on a channel of device. or "
      "plant., or on an observed. one that is no read-back of the rig's own");
}

// Whoever is powered for long enough reports. No requirement of the device, but no check of its
// reports means anything without.
void AddReportingCheck(const v1::Bench& bench, v1::Scenario& scenario) {
  const auto supply =
      std::find_if(bench.wiring().begin(), bench.wiring().end(),
                   [&](const auto& w) { return KindOf(bench, w) == WireKind::kSupply; });
  if (supply == bench.wiring().end()) return;
  const auto ms = (bench.console().answer_timeout() + bench.console().report_timeout()) / 1'000'000;
  if (scenario.duration() / 1'000'000 <= ms) return;
  v1::Check* check = scenario.add_checks();
  check->set_id(kReportingCheck);
  check->set_text("A device that is powered reports");
  check->set_formula(
      fmt::format("always[{0} ms, end] ((historically[0 s, {0} ms] (observed.{1} > {2} V)) -> "
                  "device.reporting)",
                  ms, supply->signal(), BrownOutOf(bench.board())));
}

// `duration_ns`: the scenario's own; 0 where the run has another.
Result<PreparedCheck> PrepareCheck(const LoadedScenario& scenario, int index,
                                   const v1::Bench& bench, const Vocabulary& vocabulary,
                                   const std::map<std::string, std::string>& channels,
                                   std::int64_t duration_ns) {
  PreparedCheck prepared{scenario.message.checks(index), {}, {}, {}, {}, {}};
  const std::string path = fmt::format("checks[{}]", index);
  if (therapy::IsTherapy(prepared.message)) {
    const auto tells = [&](std::string_view channel) { return TellsOfTheDevice(bench, channel); };
    const auto refusal =
        therapy::Refuse(prepared.message, {channels, tells, scenario.message.duration()});
    if (!refusal) return prepared;
    return scenario.where.Refuse(path + "." + refusal->field, refusal->what, refusal->expected);
  }
  if (prepared.message.has_formula()) {
    auto parsed = Formula::Parse(prepared.message.formula(), vocabulary);
    if (!parsed) return WithContext(parsed.error(), scenario.where.At(path + ".formula"));
    prepared.formula = std::move(*parsed);
    if (prepared.message.id() == kReportingCheck) return prepared;
    RIG_TRY(CheckFormula(*prepared.formula, scenario.where.At(path + ".formula"), bench,
                         scenario.message.duration()));
    return prepared;
  }
  const fs::path file = scenario.path.parent_path() / prepared.message.golden().file();
  prepared.golden_path = file.string();
  if (!fs::exists(file)) {
    return MakeError(Code::kNotFound,
                     fmt::format("{}: no golden trace {}; expected one made by `rig golden record`",
                                 scenario.where.At(path + ".golden.file"), file.string()));
  }
  RIG_TRY_ASSIGN(LoadedGolden golden, LoadGolden(file));
  RIG_TRY(CheckGoldenAgainst(golden, channels, duration_ns));
  const auto& held = golden.message.channels();
  const bool tells = std::any_of(held.begin(), held.end(), [&](const v1::GoldenChannel& channel) {
    return TellsOfTheDevice(bench, channel.channel());
  });
  if (!tells) {
    return scenario.where.Refuse(
        path + ".golden.file", "a golden of nothing the device does",
        "one with a channel of device. or plant., or an observed. one that "
        "is no read-back of the rig's own");
  }
  prepared.golden = std::move(golden.message);
  return prepared;
}

// One check per result of an alarm check, so that each limit has a verdict of its own.
Result<std::vector<PreparedCheck>> PrepareAlarmSignal(const LoadedScenario& scenario, int index,
                                                      const v1::Bench& bench) {
  const v1::Check& check = scenario.message.checks(index);
  const v1::AlarmSignalCheck& alarm = check.alarm_signal();
  const std::string path = fmt::format("checks[{}].alarm_signal", index);
  std::string field;
  const auto names = AlarmResultNames(alarm, field);
  if (!names) {
    return WithContext(names.error(), scenario.where.At(field.empty() ? path : path + "." + field));
  }
  SoundSource source;
  for (const v1::Wire& wire : bench.wiring()) {
    if (wire.signal() != alarm.sound()) continue;
    source.hold = Duration(wire.tone_hold());
    source.form = wire.tone_hold() > 0 ? SoundForm::kGate : SoundForm::kToneEdges;
  }
  std::vector<PreparedCheck> prepared;
  for (const AlarmResultName& name : *names) {
    PreparedCheck part{check, {}, {}, {}, name.name, source};
    part.message.set_id(check.id() + "." + name.name);
    part.message.set_text(check.text() + ": " + name.text);
    prepared.push_back(std::move(part));
  }
  return prepared;
}

// The parts of an alarm's course as formulas: a fault in what the scenario gave is told at its own
// place, before it is one part of a longer formula.
Result<std::vector<PreparedCheck>> PrepareAlarmEpisode(const LoadedScenario& scenario, int index,
                                                       const v1::Bench& bench,
                                                       const Vocabulary& vocabulary) {
  const v1::Check& check = scenario.message.checks(index);
  const v1::AlarmEpisodeCheck& alarm = check.alarm_episode();
  const std::string path = fmt::format("checks[{}].alarm_episode", index);
  for (const auto& [field, text] :
       {std::pair{".condition", &alarm.condition()}, std::pair{".alarm", &alarm.alarm()},
        std::pair{".pause.new_alarm", &alarm.pause().new_alarm()},
        std::pair{".order.lesser", &alarm.order().lesser()},
        std::pair{".supply_loss.restored", &alarm.supply_loss().restored()},
        std::pair{".log.entry", &alarm.log().entry()},
        std::pair{".escalation.to", &alarm.escalation().to()},
        std::pair{".escalation.acknowledged", &alarm.escalation().acknowledged()}}) {
    if (text->empty()) continue;
    const auto parsed = Formula::Parse(*text, vocabulary);
    if (!parsed) return WithContext(parsed.error(), scenario.where.At(path + field));
  }
  std::string field;
  const auto statements = AlarmStatements(alarm, field);
  if (!statements) {
    return WithContext(statements.error(),
                       scenario.where.At(field.empty() ? path : path + "." + field));
  }
  std::vector<PreparedCheck> prepared;
  const auto add = [&](const std::string& name, const std::string& text) -> PreparedCheck& {
    PreparedCheck part{check, {}, {}, {}, {}, {}};
    part.message.set_id(check.id() + "." + name);
    part.message.set_text(check.text() + ": " + text);
    return prepared.emplace_back(std::move(part));
  };
  for (const AlarmStatement& statement : *statements) {
    PreparedCheck& part = add(statement.name, statement.text);
    part.message.set_formula(statement.formula);
    auto formula = Formula::Parse(statement.formula, vocabulary);
    if (!formula) return WithContext(formula.error(), scenario.where.At(path));
    if (!LooksAtTheDevice(*formula, bench)) {
      return MakeError(Code::kInvalidArgument,
                       fmt::format("{}: {} looks at nothing the device does; expected a channel of "
                                   "device., observed. or plant. in it",
                                   scenario.where.At(path), statement.name));
    }
    part.formula = std::move(*formula);
  }
  if (alarm.delay().mean() == 0) return prepared;
  if (!vocabulary.unit_of(alarm.condition()).empty() && !alarm.sound().empty() &&
      !alarm.lamp().empty()) {
    add(kMeanDelay, "the mean delay is the declared one at most").alarm_result = kMeanDelay;
    return prepared;
  }
  return scenario.where.Refuse(path + ".delay.mean", "a mean delay without channels for it",
                               "condition to be a channel, sound and lamp named");
}

void AddFile(const std::string& path, const std::string& sha256, std::vector<v1::File>& files) {
  v1::File& file = files.emplace_back();
  file.set_path(path);
  file.set_sha256(sha256);
}

// The files of every recording that is played, as a signal or on top of one.
Status AddRecordings(PreparedRun& run) {
  for (const v1::Step& step : run.scenario.message.steps()) {
    for (const v1::Record* record : RecordsOf(step.play())) {
      if (record->file().starts_with(kRecordings)) continue;
      const fs::path file = run.scenario.path.parent_path() / record->file();
      RecordingOptions options;
      options.rate_hz = record->sampling_rate();
      RIG_TRY_ASSIGN(const auto parts, RecordFiles(file.lexically_normal(), options));
      for (const fs::path& part : parts) {
        RIG_TRY_ASSIGN(const std::string sha256, Sha256OfFile(part));
        AddFile(part.string(), sha256, run.files);
      }
    }
  }
  return {};
}

// What one check of the scenario amounts to.
Result<std::vector<PreparedCheck>> PrepareChecks(PreparedRun& run, int index,
                                                 const Vocabulary& vocabulary,
                                                 const std::map<std::string, std::string>& channels,
                                                 std::int64_t duration_ns) {
  const v1::Check& message = run.scenario.message.checks(index);
  if (message.has_alarm_signal()) {
    return PrepareAlarmSignal(run.scenario, index, run.bench.message);
  }
  if (message.has_alarm_episode()) {
    return PrepareAlarmEpisode(run.scenario, index, run.bench.message, vocabulary);
  }
  std::vector<PreparedCheck> checks;
  RIG_TRY_ASSIGN(PreparedCheck check, PrepareCheck(run.scenario, index, run.bench.message,
                                                   vocabulary, channels, duration_ns));
  if (check.golden) {
    RIG_TRY_ASSIGN(const std::string sha256, Sha256OfFile(check.golden_path));
    AddFile(check.golden_path, sha256, run.files);
  }
  checks.push_back(std::move(check));
  return checks;
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

Result<PreparedRun> PrepareRun(const v1::RunOrder& order, Recordings recordings) {
  PreparedRun run;
  RIG_TRY_ASSIGN(run.scenario, LoadScenario(order.scenario(), {order.parameters().begin(),
                                                               order.parameters().end()}));
  RIG_TRY_ASSIGN(const fs::path folder, DeviceFolderOf(order.scenario()));
  RIG_TRY_ASSIGN(const DeviceFolder device, LoadDeviceFolder(folder));
  run.device = device.name;
  RIG_TRY(CheckAgainstDevice(run.scenario, device));
  RIG_TRY(CheckClaims(run.scenario));
  RIG_TRY(CheckFolder(run.scenario));
  RIG_TRY_ASSIGN(run.bench, LoadBench(order.bench()));
  RIG_TRY(ApplyOrder(order, recordings, run.scenario));
  RIG_TRY(CheckAgainstBench(run.scenario, run.bench));
  AddReportingCheck(run.bench.message, run.scenario.message);
  AddFile(run.scenario.path.string(), run.scenario.sha256, run.files);
  AddFile(run.bench.path.string(), run.bench.sha256, run.files);
  if (run.bench.goldens_of != run.bench.path) {
    AddFile(run.bench.goldens_of.string(), run.bench.goldens_sha256, run.files);
  }
  for (const v1::Fixture& fixture : run.bench.message.fixtures()) {
    const v1::Calibration& calibration = fixture.calibration();
    if (calibration.file().empty()) continue;
    const fs::path file = run.bench.path.parent_path() / calibration.file();
    AddFile(file.lexically_normal().string(), calibration.sha256(), run.files);
  }
  RIG_TRY(AddRecordings(run));
  const auto channels = RunChannels(run.scenario.message, run.bench.message);
  RIG_TRY_ASSIGN(const Vocabulary vocabulary, VocabularyOf(run.scenario, device, channels));
  std::set<std::string> used;
  std::set<std::string> ids;
  const std::int64_t duration = order.duration_ns() == 0 ? run.scenario.message.duration() : 0;
  for (int i = 0; i < run.scenario.message.checks_size(); ++i) {
    if (order.skip_golden() && run.scenario.message.checks(i).has_golden()) continue;
    RIG_TRY_ASSIGN(auto checks, PrepareChecks(run, i, vocabulary, channels, duration));
    for (PreparedCheck& check : checks) {
      // The parts of one check may be called as another one is.
      if (!ids.insert(check.message.id()).second) {
        return run.scenario.where.Refuse(fmt::format("checks[{}].id", i),
                                         fmt::format("result \"{}\" again", check.message.id()),
                                         "an id of its own");
      }
      if (check.formula) {
        used.insert(check.formula->definitions().begin(), check.formula->definitions().end());
      }
      if (check.message.verifies().empty() && check.message.id() != kReportingCheck) {
        *check.message.mutable_verifies() = run.scenario.message.verifies();
      }
      run.checks.push_back(std::move(check));
    }
  }
  RIG_TRY(CheckDefinitionsAreUsed(run.scenario, used));
  return run;
}

Result<FirmwareImage> LoadOrderedImage(const v1::RunOrder& order, const LoadedBench& bench) {
  const fs::path file = order.firmware().empty()
                            ? bench.path.parent_path() / bench.message.board().firmware()
                            : fs::path(order.firmware());
  return LoadFirmwareImage(file.lexically_normal(), McuOf(bench.message.board()));
}

Status NamePlannedFiles(const PreparedRun& run, v1::RunOrder& order) {
  RIG_TRY_ASSIGN(const FirmwareImage image, LoadOrderedImage(order, run.bench));
  for (const v1::File& file : run.files) *order.add_planned() = file;
  v1::File* firmware = order.add_planned();
  firmware->set_path(image.path);
  firmware->set_sha256(image.sha256);
  return {};
}

Result<std::string> DefaultBench(const std::string& scenario) {
  RIG_TRY_ASSIGN(const fs::path folder, DeviceFolderOf(scenario));
  RIG_TRY_ASSIGN(const DeviceFolder device, LoadDeviceFolder(folder));
  return device.bench.string();
}

}  // namespace rig
