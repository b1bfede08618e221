#include "rig/engine/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <vector>

#include "rig/base/names.h"
#include "rig/base/units.h"
#include "sim_signals/catalogue/catalogue.h"
#include "sim_signals/catalogue/plants.h"

namespace rig {
namespace {

std::string_view NameOf(WireKind kind) {
  switch (kind) {
    case WireKind::kSupply:
      return "a supply";
    case WireKind::kStimulus:
      return "an analogue stimulus";
    case WireKind::kCapture:
      return "a captured output";
    case WireKind::kLine:
      return "a digital line";
    case WireKind::kMeasurement:
      return "an analogue measurement";
    case WireKind::kNone:
    case WireKind::kSerial:
      return "a serial link";
  }
  return "a signal";
}

// One scenario held against one bench.
class Fit {
 public:
  Fit(const LoadedScenario& scenario, const v1::Bench& bench)
      : scenario_(scenario.message),
        where_(scenario.where),
        bench_(bench),
        path_(scenario.path),
        body_(CourseOf(scenario_)) {
    for (const v1::Wire& wire : bench.wiring()) wires_.emplace(wire.signal(), &wire);
  }

  Status Do() {
    RIG_TRY(CheckRequires());
    for (int i = 0; i < scenario_.plants_size(); ++i) RIG_TRY(CheckPlant(i));
    for (int i = 0; i < scenario_.steps_size(); ++i) {
      RIG_TRY(CheckStep(scenario_.steps(i), fmt::format("steps[{}]", i)));
    }
    for (int i = 0; i < scenario_.checks_size(); ++i) {
      const v1::Check& check = scenario_.checks(i);
      const std::string path = fmt::format("checks[{}]", i);
      if (check.has_alarm_signal()) {
        RIG_TRY(CheckAlarm(check.alarm_signal(), path + ".alarm_signal"));
      }
      if (check.has_alarm_episode()) {
        RIG_TRY(CheckEpisode(check.alarm_episode(), path + ".alarm_episode"));
      }
    }
    return {};
  }

 private:
  Status CheckRequires() const {
    for (int i = 0; i < scenario_.bench_requires_size(); ++i) {
      const std::string& needed = scenario_.bench_requires(i);
      const auto& provided = bench_.provides();
      const bool is_there = wires_.contains(needed) ||
                            std::find(provided.begin(), provided.end(), needed) != provided.end();
      if (is_there) continue;
      std::vector<std::string> known(provided.begin(), provided.end());
      for (const auto& [signal, wire] : wires_) known.push_back(signal);
      return where_.Refuse(fmt::format("bench_requires[{}]", i),
                           fmt::format("bench {} does not provide \"{}\"", bench_.bench(), needed),
                           OneOf(needed, std::move(known)));
    }
    return {};
  }

  // The wire of a signal that must be of a kind.
  Result<const v1::Wire*> Find(const std::string& path, const std::string& signal,
                               WireKind kind) const {
    const auto wire = wires_.find(signal);
    if (wire != wires_.end() && KindOf(bench_, *wire->second) == kind) return wire->second;
    std::vector<std::string> known;
    for (const auto& [name, other] : wires_) {
      if (KindOf(bench_, *other) == kind) known.push_back(name);
    }
    const std::string what =
        wire == wires_.end()
            ? fmt::format("signal \"{}\" is not wired on bench {}", signal, bench_.bench())
            : fmt::format("signal \"{}\" is {}, not {}", signal,
                          NameOf(KindOf(bench_, *wire->second)), NameOf(kind));
    return where_.Refuse(path, what, OneOf(signal, std::move(known)));
  }

  Status CheckPlant(int index) {
    const v1::Plant& plant = scenario_.plants(index);
    const std::string path = fmt::format("plants[{}]", index);
    const auto model = MakePlant(plant, {&body_, scenario_.seed()});
    if (!model) return WithContext(model.error(), where_.At(path));
    for (const std::string& signal : (*model)->inputs()) {
      RIG_TRY_ASSIGN(const v1::Wire* wire, Find(path, signal, WireKind::kCapture));
      if (wire->tone_hold() == 0) continue;
      return where_.Refuse(path, fmt::format("signal \"{}\" is a tone", signal),
                           "a captured wire without tone_hold");
    }
    for (const std::string& signal : (*model)->levels()) {
      RIG_TRY_ASSIGN(const v1::Wire* wire, Find(path, signal, WireKind::kCapture));
      if (wire->count_every() == 0 && wire->tone_hold() == 0) continue;
      return where_.Refuse(path, fmt::format("signal \"{}\" is no plain line", signal),
                           "a captured wire without count_every and tone_hold");
    }
    for (const PlantModel::Output& output : (*model)->outputs()) {
      const WireKind kind = output.line ? WireKind::kLine : WireKind::kStimulus;
      RIG_TRY_ASSIGN(const v1::Wire* wire, Find(path, output.signal, kind));
      if (!output.line && UnitOf(bench_, *wire) != output.unit) {
        return where_.Refuse(
            path, fmt::format("signal \"{}\" is wired in {}", output.signal, UnitOf(bench_, *wire)),
            fmt::format("a wire whose gain is in V per {}", output.unit));
      }
      if (!driven_.emplace(output.signal, plant.name()).second) {
        return where_.Refuse(path, fmt::format("signal \"{}\" again", output.signal),
                             "each signal driven once");
      }
    }
    return {};
  }

  // A signal has one source: a plant or the steps.
  Status CheckNotDriven(const std::string& path, const std::string& signal) const {
    const auto plant = driven_.find(signal);
    if (plant == driven_.end()) return {};
    return where_.Refuse(
        path, fmt::format("signal \"{}\" is driven by plant \"{}\"", signal, plant->second),
        "a signal no plant drives");
  }

  Status CheckStep(const v1::Step& step, const std::string& path) const {
    switch (step.action_case()) {
      case v1::Step::kSupply:
        return CheckSupply(step.supply(), path + ".supply");
      case v1::Step::kPlay:
        return CheckPlay(step, path + ".play");
      case v1::Step::kLine:
        RIG_TRY(Find(path + ".line.signal", step.line().signal(), WireKind::kLine));
        return CheckNotDriven(path + ".line.signal", step.line().signal());
      case v1::Step::kSend:   // LoadBench: a bench has a console
      case v1::Step::kPlant:  // LoadScenario: the plant exists
      case v1::Step::kBody:   // LoadScenario: it is possible
      case v1::Step::ACTION_NOT_SET:
        break;
    }
    return {};
  }

  Status CheckSupply(const v1::Supply& supply, const std::string& path) const {
    RIG_TRY_ASSIGN(const v1::Wire* wire,
                   Find(path + ".signal", supply.signal(), WireKind::kSupply));
    for (const v1::Fixture& fixture : bench_.fixtures()) {
      if (fixture.name() != wire->fixture()) continue;
      const FixtureTraits traits = TraitsOf(fixture);
      if (traits.step_v == 0) return CheckSwitch(supply, fixture.name(), traits.high_v, path);
      const double maximum = traits.high_v;
      const bool reachable = supply.voltage() <= maximum;
      if (reachable) continue;
      return where_.Refuse(path + ".voltage",
                           fmt::format("fixture {} cannot put out {}", fixture.name(),
                                       Display(supply.voltage(), "V")),
                           "at most " + Display(maximum, "V"));
    }
    return {};
  }

  // A relay or a hub's port has its voltage or none.
  Status CheckSwitch(const v1::Supply& supply, const std::string& fixture, double on_v,
                     const std::string& path) const {
    if (supply.ramp() > 0) {
      return where_.Refuse(path + ".ramp",
                           fmt::format("fixture {} is a switch, which cannot ramp", fixture),
                           "no ramp, or a supply that can");
    }
    constexpr double kRounding = 1e-6;  // of a file's decimals
    const bool reachable = supply.voltage() == 0 || std::fabs(supply.voltage() - on_v) <= kRounding;
    if (reachable) return {};
    return where_.Refuse(path + ".voltage",
                         fmt::format("fixture {} is a switch, which cannot put out {}", fixture,
                                     Display(supply.voltage(), "V")),
                         "0 V or " + Display(on_v, "V"));
  }

  Status CheckPlay(const v1::Step& step, const std::string& path) const {
    const v1::Play& play = step.play();
    RIG_TRY_ASSIGN(const v1::Wire* wire,
                   Find(path + ".signal", play.signal(), WireKind::kStimulus));
    RIG_TRY(CheckNotDriven(path + ".signal", play.signal()));
    const std::string unit = UnitOf(bench_, *wire);
    if (play.has_constant()) {
      RIG_TRY(CheckUnit(path + ".constant.value", play.constant().value(), unit));
    }
    if (play.has_ramp()) {
      RIG_TRY(CheckUnit(path + ".ramp.from", play.ramp().from(), unit));
      RIG_TRY(CheckUnit(path + ".ramp.to", play.ramp().to(), unit));
    }
    RIG_TRY(CheckPulses(play, *wire, path + ".signal"));
    // Made once on trial, so that a source that cannot be made, a damaged record too, is known
    // before the run.
    const SourceContext context{.seed = scenario_.seed(),
                                .signal = play.signal(),
                                .unit = unit,
                                .directory = path_.parent_path(),
                                .body = &body_};
    RIG_TRY_ASSIGN(const v1::Play tried, WithoutAbsent(play, context, path));
    const auto source = MakeSource(tried, context, AtNanoseconds(step.at()));
    if (!source) return WithContext(source.error(), where_.At(path));
    return {};
  }

  // Whoever only reads the scenario may not have the recordings: a level stands in for one.
  Result<v1::Play> WithoutAbsent(const v1::Play& play, const SourceContext& context,
                                 const std::string& path) const {
    v1::Play present = play;
    present.clear_artefacts();
    const auto absent = [](const v1::Record& record) {
      return record.file().starts_with(kRecordings);
    };
    for (const v1::Record* record : RecordsOf(play)) {
      const Status usable = CheckRecord(*record, context);
      if (!usable) return WithContext(usable.error(), where_.At(path));
    }
    if (play.has_record() && absent(play.record())) {
      present.mutable_constant()->set_value("0 " + context.unit);
    }
    for (const v1::Artefact& artefact : play.artefacts()) {
      if (!artefact.has_record() || !absent(artefact.record())) *present.add_artefacts() = artefact;
    }
    return present;
  }

  // Pulses are never left out without a word.
  Status CheckPulses(const v1::Play& play, const v1::Wire& wire, const std::string& path) const {
    if (!HasPulses(play, body_) || InjectsPulses(bench_, wire)) return {};
    return where_.Refuse(
        path,
        fmt::format("signal \"{}\" has pacer pulses, and fixture {} of bench {} injects none",
                    play.signal(), wire.fixture(), bench_.bench()),
        "a fixture with pulses, or pacer pulses with amplitude: 0 V");
  }

  // Sound and lamps of an alarm are captured outputs that are not counted; some may not be named.
  Status CheckOutput(const std::string& path, const std::string& signal) const {
    if (signal.empty()) return {};
    RIG_TRY_ASSIGN(const v1::Wire* wire, Find(path, signal, WireKind::kCapture));
    if (wire->count_every() == 0) return {};
    return where_.Refuse(path, fmt::format("signal \"{}\" is counted", signal),
                         "a captured wire without count_every");
  }

  Status CheckAlarm(const v1::AlarmSignalCheck& check, const std::string& path) const {
    RIG_TRY(CheckOutput(path + ".sound", check.sound()));
    RIG_TRY(CheckOutput(path + ".red", check.red()));
    RIG_TRY(CheckOutput(path + ".yellow", check.yellow()));
    return CheckOutput(path + ".cyan", check.cyan());
  }

  Status CheckEpisode(const v1::AlarmEpisodeCheck& check, const std::string& path) const {
    RIG_TRY(CheckOutput(path + ".sound", check.sound()));
    RIG_TRY(CheckOutput(path + ".lamp", check.lamp()));
    RIG_TRY(CheckOutput(path + ".pause.indicator", check.pause().indicator()));
    for (int i = 0; i < check.order().dark_size(); ++i) {
      RIG_TRY(CheckOutput(fmt::format("{}.order.dark[{}]", path, i), check.order().dark(i)));
    }
    return {};
  }

  Status CheckUnit(const std::string& path, const std::string& text,
                   const std::string& unit) const {
    const auto quantity = ParsePoint(text);
    const auto expected = ParseUnit(unit);
    if (quantity && expected && quantity->dimension == expected->dimension) return {};
    return where_.Refuse(
        path,
        fmt::format("\"{}\" is in {}", text, quantity ? SiUnit(quantity->dimension) : "no unit"),
        fmt::format("a value in {}, the unit of its signal on bench {}", unit, bench_.bench()));
  }

  const v1::Scenario& scenario_;
  const SourceMap& where_;
  const v1::Bench& bench_;
  const std::filesystem::path& path_;
  BodyCourse body_;
  std::map<std::string, const v1::Wire*> wires_;
  std::map<std::string, std::string> driven_;  // signal → plant
};

}  // namespace

BodyCourse CourseOf(const v1::Scenario& scenario) {
  std::vector<const v1::Step*> steps;
  for (const v1::Step& step : scenario.steps()) {
    if (step.has_body()) steps.push_back(&step);
  }
  std::stable_sort(steps.begin(), steps.end(),
                   [](const v1::Step* a, const v1::Step* b) { return a->at() < b->at(); });
  BodyCourse course;
  for (const v1::Step* step : steps) course.Add(AtNanoseconds(step->at()), step->body());
  return course;
}

Status CheckAgainstBench(const LoadedScenario& scenario, const LoadedBench& bench) {
  return Fit(scenario, bench.message).Do();
}

std::map<std::string, std::string> RunChannels(const v1::Scenario& scenario,
                                               const v1::Bench& bench) {
  std::map<std::string, std::string> channels = BenchChannels(bench);
  const BodyCourse body = CourseOf(scenario);
  for (const v1::Step& step : scenario.steps()) {
    const auto commanded = channels.find("commanded." + step.play().signal());
    if (!step.has_play() || commanded == channels.end()) continue;
    for (const auto& [what, unit] : TruthChannels(step.play())) {
      channels[fmt::format("truth.{}.{}", step.play().signal(), what)] = unit;
    }
    if (HasPulses(step.play(), body)) channels[commanded->first + ".pulse"] = commanded->second;
  }
  for (const v1::Plant& plant : scenario.plants()) {
    const auto model = MakePlant(plant, {&body, scenario.seed()});
    if (!model) continue;  // CheckAgainstBench refuses it
    for (const PlantModel::State& state : (*model)->states()) {
      channels[fmt::format("plant.{}.{}", plant.name(), state.name)] = state.unit;
    }
  }
  return channels;
}

}  // namespace rig
