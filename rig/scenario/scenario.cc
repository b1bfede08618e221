#include "rig/scenario/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <type_traits>

#include "rig/base/digest.h"
#include "rig/base/names.h"
#include "rig/base/units.h"
#include "rig/scenario/body.h"
#include "rig/scenario/parameters.h"

namespace rig {
namespace {

// Of checks every run gets beside the scenario's own.
constexpr std::string_view kOwnIds = "rig.";

std::string Shown(std::int64_t ns) { return Display(static_cast<double>(ns) * 1e-9, "s", 9); }

// Names a scenario where folders of runs are named after it.
bool IsFileName(std::string_view text) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  return !text.empty() && text.size() <= 100 && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), is_allowed);
}

// What a console frame can carry: printable ASCII without the characters that frame it.
bool IsConsoleText(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != '$' && c != '*'; });
}

// The signal or plant a step acts on; empty for the console.
std::string TargetOf(const v1::Step& step) {
  switch (step.action_case()) {
    case v1::Step::kSupply:
      return step.supply().signal();
    case v1::Step::kPlay:
      return step.play().signal();
    case v1::Step::kLine:
      return step.line().signal();
    case v1::Step::kBody:
      return "(body)";
    case v1::Step::kPlant:
    case v1::Step::kSend:
    case v1::Step::ACTION_NOT_SET:
      break;
  }
  return "";
}

// Checks of one scenario file, which the schema alone cannot make.
class ScenarioCheck {
 public:
  ScenarioCheck(const v1::Scenario& scenario, const SourceMap& where)
      : scenario_(scenario), where_(where) {}

  Status Do() const {
    if (!IsFileName(scenario_.scenario())) {
      return where_.Refuse("scenario", fmt::format("the name \"{}\"", scenario_.scenario()),
                           "letters, digits, _ and -");
    }
    RIG_TRY(CheckUnique("verifies", scenario_.verifies()));
    RIG_TRY(CheckUnique("controls", scenario_.controls()));
    RIG_TRY(CheckUnique("bench_requires", scenario_.bench_requires()));
    RIG_TRY(CheckPlants());
    for (int i = 0; i < scenario_.steps_size(); ++i) {
      const v1::Step& step = scenario_.steps(i);
      const std::string path = fmt::format("steps[{}]", i);
      RIG_TRY(CheckTime(path + ".at", step.at(), "a step"));
      RIG_TRY(CheckAction(step, path));
      RIG_TRY(CheckContradiction(step, i, path));
    }
    RIG_TRY(CheckRecordSignal());
    return CheckChecks();
  }

 private:
  using Ids = google::protobuf::RepeatedPtrField<std::string>;

  Status CheckUnique(const std::string& path, const Ids& ids) const {
    std::set<std::string> seen;
    for (int i = 0; i < ids.size(); ++i) {
      if (seen.insert(ids[i]).second) continue;
      return where_.Refuse(fmt::format("{}[{}]", path, i), fmt::format("\"{}\" again", ids[i]),
                           "each once");
    }
    return {};
  }

  Status CheckPlants() const {
    std::set<std::string> seen;
    for (int i = 0; i < scenario_.plants_size(); ++i) {
      const std::string& name = scenario_.plants(i).name();
      const std::string path = fmt::format("plants[{}].name", i);
      if (!IsName(name)) return where_.Refuse(path, fmt::format("plant \"{}\"", name), kNameForm);
      if (!seen.insert(name).second) {
        return where_.Refuse(path, fmt::format("plant \"{}\" again", name), "a name of its own");
      }
    }
    return {};
  }

  // What is due at the end or later would silently not happen.
  Status CheckTime(const std::string& path, std::int64_t at, std::string_view what) const {
    if (at < scenario_.duration()) return {};
    return where_.Refuse(path, fmt::format("{} at {}", what, Shown(at)),
                         fmt::format("before the end at {}", Shown(scenario_.duration())));
  }

  Status CheckAction(const v1::Step& step, const std::string& path) const {
    if (step.has_supply()) return CheckSupply(step, path + ".supply");
    if (step.has_line() && step.line().has_pulse()) {
      return CheckTime(path + ".line.pulse", step.at() + step.line().pulse(), "the pulse ends");
    }
    if (step.has_send() && !IsConsoleText(step.send().text())) {
      return where_.Refuse(path + ".send.text", "characters a frame cannot carry",
                           "printable ASCII without $ and *");
    }
    if (step.has_body()) return CheckBody(step.body(), path + ".body", where_);
    if (!step.has_plant()) return {};
    std::vector<std::string> known;
    for (const v1::Plant& plant : scenario_.plants()) known.push_back(plant.name());
    const std::string& name = step.plant().name();
    if (std::find(known.begin(), known.end(), name) != known.end()) return {};
    return where_.Refuse(path + ".plant.name", fmt::format("no plant \"{}\"", name),
                         OneOf(name, std::move(known)));
  }

  Status CheckSupply(const v1::Step& step, const std::string& path) const {
    const v1::Supply& supply = step.supply();
    if (supply.has_cut() && !supply.cut()) {
      return where_.Refuse(path + ".cut", "\"cut: false\"", "true, or a voltage");
    }
    if (supply.has_cut() && supply.ramp() != 0) {
      return where_.Refuse(path + ".ramp", "both cut and ramp", "a ramp with a voltage only");
    }
    return CheckTime(path + ".ramp", step.at() + supply.ramp(), "the ramp ends");
  }

  // Two steps that want different things of one signal at one time.
  Status CheckContradiction(const v1::Step& step, int index, const std::string& path) const {
    const std::string target = TargetOf(step);
    if (target.empty()) return {};
    for (int i = 0; i < scenario_.steps_size(); ++i) {
      const v1::Step& other = scenario_.steps(i);
      if (i == index || TargetOf(other) != target) continue;
      if (i < index && other.at() == step.at()) {
        return where_.Refuse(path,
                             fmt::format("a second step on \"{}\" at {}", target, Shown(step.at())),
                             "one step on a signal at a time");
      }
      const std::int64_t pulse = other.line().pulse();
      const bool inside = step.at() > other.at() && step.at() <= other.at() + pulse;
      if (pulse == 0 || !inside) continue;
      return where_.Refuse(path, fmt::format("a step on \"{}\" during its pulse", target),
                           fmt::format("one after {}", Shown(other.at() + pulse)));
    }
    return {};
  }

  Status CheckRecordSignal() const {
    const std::string& signal = scenario_.record_signal();
    if (signal.empty()) return {};
    std::set<std::string> played;
    for (const v1::Step& step : scenario_.steps()) {
      if (step.has_play()) played.insert(step.play().signal());
    }
    if (played.contains(signal)) return {};
    return where_.Refuse("record_signal", fmt::format("nothing is played on \"{}\"", signal),
                         OneOf(signal, {played.begin(), played.end()}));
  }

  Status CheckChecks() const {
    std::set<std::string> seen;
    const std::vector<std::string> known(scenario_.verifies().begin(), scenario_.verifies().end());
    for (int i = 0; i < scenario_.checks_size(); ++i) {
      const v1::Check& check = scenario_.checks(i);
      const std::string path = fmt::format("checks[{}]", i);
      if (check.id().starts_with(kOwnIds)) {
        return where_.Refuse(
            path + ".id", fmt::format("check \"{}\"", check.id()),
            fmt::format("another id: those from \"{}\" on are the rig's own", kOwnIds));
      }
      if (!seen.insert(check.id()).second) {
        return where_.Refuse(path + ".id", fmt::format("check \"{}\" again", check.id()),
                             "an id of its own");
      }
      RIG_TRY(CheckUnique(path + ".verifies", check.verifies()));
      if (check.has_alarm_signal()) RIG_TRY(CheckAlarmSpan(check.alarm_signal(), path));
      if (check.has_alarm_episode()) RIG_TRY(CheckAlarmSpan(check.alarm_episode(), path));
      for (int j = 0; j < check.verifies_size(); ++j) {
        const std::string& id = check.verifies(j);
        if (std::find(known.begin(), known.end(), id) != known.end()) continue;
        return where_.Refuse(fmt::format("{}.verifies[{}]", path, j),
                             fmt::format("\"{}\" is not among the scenario's verifies", id),
                             OneOf(id, known));
      }
    }
    return {};
  }

  // What lies behind the end of the run is never seen.
  template <typename Alarm>
  Status CheckAlarmSpan(const Alarm& alarm, const std::string& path) const {
    const std::string field =
        path + (std::is_same_v<Alarm, v1::AlarmSignalCheck> ? ".alarm_signal.until"
                                                            : ".alarm_episode.until");
    if (alarm.until() > scenario_.duration()) {
      return where_.Refuse(field, fmt::format("a span until {}", Shown(alarm.until())),
                           fmt::format("the end at {} at the latest", Shown(scenario_.duration())));
    }
    if (alarm.from() < alarm.until()) return {};
    return where_.Refuse(field, "an empty span", "until after from");
  }

  const v1::Scenario& scenario_;
  const SourceMap& where_;
};

}  // namespace

std::vector<const v1::Record*> RecordsOf(const v1::Play& play) {
  std::vector<const v1::Record*> records;
  if (play.has_record()) records.push_back(&play.record());
  for (const v1::Artefact& artefact : play.artefacts()) {
    if (artefact.has_record()) records.push_back(&artefact.record());
  }
  return records;
}

Result<LoadedScenario> LoadScenario(const std::filesystem::path& file, const ParameterValues& set) {
  LoadedScenario scenario;
  scenario.path = file;
  RIG_TRY_ASSIGN(const std::string text, ReadFile(file));
  scenario.sha256 = Sha256Hex(text);
  RIG_TRY_ASSIGN(const YamlNode root, ParseYaml(text, file.string()));
  RIG_TRY_ASSIGN(Substitution parameters, ReadParameters(root, file.string(), set));
  RIG_TRY_ASSIGN(scenario.where, LoadYamlTree(root, file.string(), parameters, scenario.message));
  RIG_TRY(SettleParameters(parameters, scenario));
  RIG_TRY(WriteConsoleNumbers(scenario));
  RIG_TRY(ScenarioCheck(scenario.message, scenario.where).Do());
  return scenario;
}

}  // namespace rig
