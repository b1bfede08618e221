#include "rig/bench/bench.h"

#include <fmt/format.h>

#include <cmath>
#include <set>
#include <string_view>
#include <utility>

#include "rig/base/digest.h"
#include "rig/base/names.h"
#include "rig/base/units.h"
#include "rig/bench/calibration.h"
#include "rig/bench/coded_outputs.h"

namespace rig {
namespace {

constexpr std::string_view kNoGain = "1 V/V";  // the schema's default

bool IsDigit(char c, char last) { return c >= '0' && c <= last; }

bool IsPort(std::string_view pin) {
  return pin.size() == 3 && pin[0] == 'P' && pin[1] >= 'A' && pin[1] <= 'D' && IsDigit(pin[2], '7');
}

// Cross-checks of one bench file, which the schema alone cannot make.
class BenchCheck {
 public:
  BenchCheck(const v1::Bench& bench, const SourceMap& where) : bench_(bench), where_(where) {}

  Status Do() {
    RIG_TRY(CheckFixtures());
    RIG_TRY(CheckWiring());
    RIG_TRY(CheckCodedOutputs(bench_, where_));
    RIG_TRY(CheckSafeState());
    return CheckConsole();
  }

 private:
  Status CheckFixtures() {
    for (int i = 0; i < bench_.fixtures_size(); ++i) {
      const v1::Fixture& fixture = bench_.fixtures(i);
      const std::string path = fmt::format("fixtures[{}]", i);
      if (!fixtures_.emplace(fixture.name(), &fixture).second) {
        return where_.Refuse(path + ".name", fmt::format("fixture \"{}\" again", fixture.name()),
                             "a name of its own");
      }
      const FixtureTraits traits = TraitsOf(fixture);
      if (traits.kind == WireKind::kStimulus && !(traits.low_v < traits.high_v)) {
        const char* driver = traits.is_virtual ? ".virtual_dac" : ".card_dac";
        return where_.Refuse(path + driver + ".high", "the range is empty", "high above low");
      }
      RIG_TRY(CheckHealthKeys(fixture, path));
      if (!fixture.has_calibration()) continue;
      RIG_TRY(CheckCalibrationDays(fixture.calibration(), path + ".calibration"));
      RIG_TRY(CheckCalibrated(fixture, path + ".calibration"));
    }
    return {};
  }

  // What is asked for and never measured would never be found wanting.
  Status CheckHealthKeys(const v1::Fixture& fixture, const std::string& path) const {
    const auto& required = fixture.health().required();
    for (int k = 0; k < required.size(); ++k) {
      const auto* limit = v1::HealthLimits::descriptor()->FindFieldByName(required[k]);
      if (limit != nullptr && !limit->is_repeated()) continue;
      return where_.Refuse(
          fmt::format("{}.health.required[{}]", path, k), fmt::format("\"{}\"", required[k]),
          OneOf(required[k],
                {"loop_back", "noise", "drift", "edge_time", "clock_offset", "latency"}));
    }
    const std::string& expected = fixture.expect().serial();
    const std::string& calibrated = fixture.calibration().serial();
    if (!expected.empty() && !calibrated.empty() && expected != calibrated) {
      return where_.Refuse(path + ".expect.serial",
                           fmt::format("serial {}, calibrated is {}", expected, calibrated),
                           "one fixture");
    }
    if (fixture.virtual_serial_number().empty() || TraitsOf(fixture).is_virtual) return {};
    return where_.Refuse(path + ".virtual_serial_number", "a serial number for a real fixture",
                         "expect: {serial: …}");
  }

  // What the certificate leaves out would count as exact.
  Status CheckCalibrated(const v1::Fixture& fixture, const std::string& path) const {
    const v1::Calibration& calibration = fixture.calibration();
    const WireKind kind = TraitsOf(fixture).kind;
    const bool has_values =
        kind == WireKind::kSupply || kind == WireKind::kStimulus || kind == WireKind::kMeasurement;
    if (has_values && !(calibration.uncertainty() > 0)) {
      return where_.Refuse(path, "no uncertainty", "the certificate's, such as uncertainty: 1 mV");
    }
    if (kind == WireKind::kCapture && calibration.time_resolution() == 0) {
      return where_.Refuse(path, "no time_resolution",
                           "that of its time stamps, such as time_resolution: 1 us");
    }
    return {};
  }

  Status CheckCalibrationDays(const v1::Calibration& calibration, const std::string& path) const {
    if (calibration.serial().empty()) {
      return where_.Refuse(path, "missing key \"serial\"", "it to be given, or file");
    }
    for (const auto& [key, day] :
         {std::pair(".date", calibration.date()), std::pair(".due", calibration.due())}) {
      if (IsDay(day)) continue;
      return where_.Refuse(path + key, fmt::format("\"{}\" is not a day", day),
                           "a day, such as 2024-05-31");
    }
    const bool in_order = calibration.date() < calibration.due();
    if (!in_order) {
      return where_.Refuse(path + ".due", "due before it was calibrated", "a day after `date`");
    }
    return {};
  }

  Status CheckWiring() {
    for (int i = 0; i < bench_.wiring_size(); ++i) {
      const v1::Wire& wire = bench_.wiring(i);
      const std::string path = fmt::format("wiring[{}]", i);
      RIG_TRY(CheckEnds(wire, path));
      RIG_TRY(CheckPin(wire, path));
      RIG_TRY(CheckScaling(wire, path));
      RIG_TRY(CheckCapture(wire, path));
      RIG_TRY(CheckProfile(wire, path));
    }
    return {};
  }

  // Signal, fixture and channel: known, and taken once.
  Status CheckEnds(const v1::Wire& wire, const std::string& path) {
    if (!IsName(wire.signal())) {
      return where_.Refuse(path + ".signal", fmt::format("signal \"{}\"", wire.signal()),
                           kNameForm);
    }
    if (!wires_.emplace(wire.signal(), &wire).second) {
      return where_.Refuse(path + ".signal", fmt::format("signal \"{}\" again", wire.signal()),
                           "each signal wired once");
    }
    const auto fixture = fixtures_.find(wire.fixture());
    if (fixture == fixtures_.end()) {
      std::vector<std::string> known;
      for (const auto& [name, unused] : fixtures_) known.push_back(name);
      return where_.Refuse(path + ".fixture", fmt::format("no fixture \"{}\"", wire.fixture()),
                           OneOf(wire.fixture(), std::move(known)));
    }
    const std::uint32_t channels = TraitsOf(*fixture->second).channels;
    if (channels == 0) {
      return where_.Refuse(path + ".fixture",
                           fmt::format("a wire to \"{}\", which has none", wire.fixture()),
                           "a fixture that has channels");
    }
    if (wire.channel() >= channels) {
      return where_.Refuse(path + ".channel",
                           fmt::format("\"{}\" has no channel {}", wire.fixture(), wire.channel()),
                           channels == 1 ? "0" : fmt::format("0 to {}", channels - 1));
    }
    if (!channels_.emplace(wire.fixture(), wire.channel()).second) {
      return where_.Refuse(
          path + ".channel",
          fmt::format("channel {} of \"{}\" again", wire.channel(), wire.fixture()),
          "each channel wired once");
    }
    return {};
  }

  Status CheckPin(const v1::Wire& wire, const std::string& path) {
    const std::string& pin = wire.pin();
    const WireKind kind = KindOf(bench_, wire);
    std::string expected = "a port pin, PA0 to PD7";
    bool usable = IsPort(pin);
    if (kind == WireKind::kSupply) {
      expected = "VCC, the only pin a supply drives";
      usable = pin == "VCC";
    } else if (kind == WireKind::kMeasurement) {
      expected = "VCC, or a port pin";
      usable = usable || pin == "VCC";
    } else if (kind == WireKind::kSerial) {
      expected = "a serial port, such as UART0";
      usable = pin.size() == 5 && pin.starts_with("UART") && IsDigit(pin[4], '9');
    }
    // How the pins of a board on the table are called is its maker's matter.
    if (bench_.board().has_external()) {
      usable = !pin.empty();
      expected = "the name of a pin";
    }
    if (!usable) return where_.Refuse(path + ".pin", fmt::format("pin \"{}\"", pin), expected);
    if (kind == WireKind::kMeasurement) return {};  // may look at what another wire drives
    if (!pins_.insert(pin).second) {
      return where_.Refuse(path + ".pin", fmt::format("pin \"{}\" again", pin),
                           "each pin wired once");
    }
    return {};
  }

  // Gain and offset: of stimuli only, volts per unit of the signal.
  Status CheckScaling(const v1::Wire& wire, const std::string& path) const {
    const WireKind kind = KindOf(bench_, wire);
    if (wire.has_pin_range()) RIG_TRY(CheckPinRange(wire, path + ".pin_range"));
    if (kind != WireKind::kStimulus && kind != WireKind::kMeasurement) {
      if (wire.gain() != kNoGain) {
        return where_.Refuse(path + ".gain", "gain of what is no analogue stimulus", "no gain");
      }
      if (wire.offset() != 0) {
        return where_.Refuse(path + ".offset", "offset of what is no analogue stimulus",
                             "no offset");
      }
      return {};
    }
    constexpr std::string_view kExpected = "volts per unit of the signal, such as \"20 mV/kPa\"";
    const auto gain = ParseQuantity(wire.gain());
    const auto volts = ParseUnit("V");
    const std::string_view unit = gain ? std::string_view(gain->unit) : std::string_view();
    const std::size_t slash = unit.find('/');
    const auto above = ParseUnit(unit.substr(0, slash));
    const bool usable = gain && volts && above && slash != std::string_view::npos &&
                        above->dimension == volts->dimension;
    if (!usable) {
      return where_.Refuse(path + ".gain", fmt::format("gain \"{}\"", wire.gain()), kExpected);
    }
    const bool scales = std::fabs(gain->si) > 0;
    if (!scales) return where_.Refuse(path + ".gain", "a gain of zero", kExpected);
    return {};
  }

  Status CheckPinRange(const v1::Wire& wire, const std::string& path) const {
    if (KindOf(bench_, wire) != WireKind::kStimulus) {
      return where_.Refuse(path, "pin_range of what is no analogue stimulus", "no pin_range");
    }
    const v1::PinRange& range = wire.pin_range();
    const FixtureTraits traits = TraitsOf(*fixtures_.at(wire.fixture()));
    const bool within =
        traits.low_v <= range.low() && range.low() < range.high() && range.high() <= traits.high_v;
    if (within) return {};
    return where_.Refuse(
        path,
        fmt::format("{} to {}, and \"{}\" can do {} to {}", Display(range.low(), "V"),
                    Display(range.high(), "V"), wire.fixture(), Display(traits.low_v, "V"),
                    Display(traits.high_v, "V")),
        "a range that the fixture reaches at both ends");
  }

  Status CheckCapture(const v1::Wire& wire, const std::string& path) const {
    const WireKind kind = KindOf(bench_, wire);
    const bool digital = kind == WireKind::kCapture || kind == WireKind::kLine;
    if (wire.active_low() && !digital) {
      return where_.Refuse(path + ".active_low", "active_low of what is no digital line",
                           "no active_low");
    }
    for (const auto& [key, value] :
         {std::pair("tone_hold", wire.tone_hold()), std::pair("count_every", wire.count_every())}) {
      if (value != 0 && kind != WireKind::kCapture) {
        return where_.Refuse(path + "." + key, fmt::format("{} of what is not captured", key),
                             fmt::format("no {}", key));
      }
    }
    if (wire.tone_hold() != 0 && wire.count_every() != 0) {
      return where_.Refuse(path + ".count_every", "both tone_hold and count_every",
                           "one of them: a line is a tone or a counter");
    }
    return {};
  }

  Status CheckProfile(const v1::Wire& wire, const std::string& path) const {
    if (wire.profile_every() == 0) return {};
    const v1::Fixture& fixture = *fixtures_.at(wire.fixture());
    const FixtureTraits traits = TraitsOf(fixture);
    if (!traits.measures_current) {
      return where_.Refuse(
          path + ".profile_every", "a profile of what measures no current",
          "it with a supply that does (a virtual one has a load), or no profile_every");
    }
    if (traits.is_virtual || fixture.calibration().current_uncertainty() > 0) return {};
    return where_.Refuse(path + ".profile_every",
                         fmt::format("\"{}\" without current_uncertainty", wire.fixture()),
                         "one in its calibration, or no profile_every");
  }

  Status CheckSafeState() const {
    std::set<std::string> seen;
    for (int i = 0; i < bench_.safe_state_size(); ++i) {
      const v1::SafeState& safe = bench_.safe_state(i);
      const std::string path = fmt::format("safe_state[{}]", i);
      const auto wire = wires_.find(safe.signal());
      const bool is_output = wire != wires_.end() && IsOutput(*wire->second);
      if (!is_output) {
        return where_.Refuse(path + ".signal", fmt::format("no output \"{}\"", safe.signal()),
                             OneOf(safe.signal(), Outputs()));
      }
      if (!seen.insert(safe.signal()).second) {
        return where_.Refuse(path + ".signal",
                             fmt::format("safe state of \"{}\" again", safe.signal()),
                             "one for each output");
      }
      const bool is_line = KindOf(bench_, *wire->second) == WireKind::kLine;
      if (is_line != (safe.to_case() == v1::SafeState::kActive)) {
        return where_.Refuse(
            path + ".signal",
            fmt::format("\"{}\" is {}", safe.signal(), is_line ? "a digital line" : "a voltage"),
            is_line ? "active: true or false" : "a voltage, such as 0 V");
      }
      RIG_TRY(CheckReachable(safe, *wire->second, path));
      RIG_TRY(CheckLasting(safe, *wire->second, path));
    }
    for (const std::string& output : Outputs()) {
      if (seen.contains(output)) continue;
      return where_.Refuse("safe_state", fmt::format("none for output \"{}\"", output),
                           "one for each output");
    }
    return {};
  }

  // A virtual bench ends with its run; real outputs outlive it, as their fixtures leave them when
  // they are closed.
  Status CheckLasting(const v1::SafeState& safe, const v1::Wire& wire,
                      const std::string& path) const {
    const v1::Fixture& fixture = *fixtures_.at(wire.fixture());
    const FixtureTraits traits = TraitsOf(fixture);
    if (traits.is_virtual) return {};
    if (traits.kind == WireKind::kLine) {
      if (!safe.active()) return {};
      return where_.Refuse(path + ".active", "a line that is safe when active",
                           "active: false, as \"" + fixture.name() + "\" leaves it in the end");
    }
    if (safe.voltage() == traits.low_v) return {};
    return where_.Refuse(path + ".voltage",
                         fmt::format("a safe state of {}", Display(safe.voltage(), "V")),
                         fmt::format("{}, as \"{}\" leaves it in the end",
                                     Display(traits.low_v, "V"), fixture.name()));
  }

  Status CheckReachable(const v1::SafeState& safe, const v1::Wire& wire,
                        const std::string& path) const {
    const v1::Fixture& fixture = *fixtures_.at(wire.fixture());
    const FixtureTraits traits = TraitsOf(fixture);
    if (traits.kind == WireKind::kLine) return {};
    const bool reachable = safe.voltage() >= traits.low_v && safe.voltage() <= traits.high_v;
    if (reachable) return {};
    return where_.Refuse(
        path + ".voltage",
        fmt::format("\"{}\" cannot put out {}", fixture.name(), Display(safe.voltage(), "V")),
        fmt::format("{} to {}", Display(traits.low_v, "V"), Display(traits.high_v, "V")));
  }

  Status CheckConsole() const {
    const v1::Console& console = bench_.console();
    const auto wire = wires_.find(console.signal());
    const bool is_serial =
        wire != wires_.end() && KindOf(bench_, *wire->second) == WireKind::kSerial;
    if (!is_serial) {
      return where_.Refuse("console.signal", fmt::format("no serial link \"{}\"", console.signal()),
                           OneOf(console.signal(), SignalsOf(WireKind::kSerial)));
    }
    std::set<std::string> keys;
    std::set<std::string> channels;
    for (int i = 0; i < console.telemetry_size(); ++i) {
      const v1::Telemetry& telemetry = console.telemetry(i);
      const std::string path = fmt::format("console.telemetry[{}]", i);
      if (!keys.insert(telemetry.key()).second) {
        return where_.Refuse(path + ".key", fmt::format("key \"{}\" again", telemetry.key()),
                             "each key once");
      }
      if (!IsName(telemetry.channel())) {
        return where_.Refuse(path + ".channel", fmt::format("channel \"{}\"", telemetry.channel()),
                             kNameForm);
      }
      if (!channels.insert(telemetry.channel()).second) {
        return where_.Refuse(path + ".channel",
                             fmt::format("channel \"{}\" again", telemetry.channel()),
                             "each channel once");
      }
      const auto count = ParseQuantity(telemetry.count());
      const bool counts = count && count->si > 0;
      if (!counts) {
        return where_.Refuse(path + ".count", fmt::format("a count of \"{}\"", telemetry.count()),
                             "more than nothing");
      }
      const auto offset = ParsePoint(telemetry.offset());
      static const Dimension kelvin = ParseUnit("K")->dimension;
      const bool anchored = offset && (offset->absolute || offset->si == 0.0);
      if (count->dimension == kelvin && (telemetry.offset().empty() || !anchored)) {
        return where_.Refuse(
            path + ".offset",
            fmt::format("temperatures with an offset of \"{}\"", telemetry.offset()),
            "what a count of 0 stands for: 0 °C, or 0 K");
      }
      if (!telemetry.offset().empty() && !(offset && offset->dimension == count->dimension)) {
        return where_.Refuse(path + ".offset",
                             fmt::format("an offset of \"{}\"", telemetry.offset()),
                             "one in " + SiUnit(count->dimension) + ", as the count");
      }
    }
    return {};
  }

  bool IsOutput(const v1::Wire& wire) const {
    const WireKind kind = KindOf(bench_, wire);
    return kind == WireKind::kSupply || kind == WireKind::kStimulus || kind == WireKind::kLine;
  }

  std::vector<std::string> Outputs() const {
    std::vector<std::string> outputs;
    for (const v1::Wire& wire : bench_.wiring()) {
      if (IsOutput(wire)) outputs.push_back(wire.signal());
    }
    return outputs;
  }

  std::vector<std::string> SignalsOf(WireKind kind) const {
    std::vector<std::string> signals;
    for (const v1::Wire& wire : bench_.wiring()) {
      if (KindOf(bench_, wire) == kind) signals.push_back(wire.signal());
    }
    return signals;
  }

  const v1::Bench& bench_;
  const SourceMap& where_;
  std::map<std::string, const v1::Fixture*> fixtures_;
  std::map<std::string, const v1::Wire*> wires_;
  std::set<std::pair<std::string, std::uint32_t>> channels_;
  std::set<std::string> pins_;
};

// Of a real fixture that measures itself these rows are not left out in silence: a card without its
// loop-back is fit only if the bench file itself asks for something else.
void RequireOwnMeasurements(v1::Fixture& fixture) {
  v1::HealthLimits& health = *fixture.mutable_health();
  if (!health.required().empty()) return;
  if (fixture.has_card()) health.add_required("clock_offset");
  if (!fixture.has_card_dac()) return;
  for (const char* quantity : {"loop_back", "noise", "drift"}) health.add_required(quantity);
}

}  // namespace

bool IsDay(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9}) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  const int month = (text[5] - '0') * 10 + (text[6] - '0');
  const int day = (text[8] - '0') * 10 + (text[9] - '0');
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

Result<LoadedBench> LoadBench(const std::filesystem::path& file) {
  LoadedBench bench;
  bench.path = file;
  RIG_TRY_ASSIGN(const std::string text, ReadFile(file));
  bench.sha256 = Sha256Hex(text);
  RIG_TRY_ASSIGN(bench.where, LoadYamlText(text, file.string(), bench.message));
  for (v1::Fixture& fixture : *bench.message.mutable_fixtures()) {
    if (!fixture.has_health()) RIG_TRY(LoadYamlText("{}", "", *fixture.mutable_health()));
    RequireOwnMeasurements(fixture);
  }
  RIG_TRY(LoadCalibrations(bench));
  RIG_TRY(BenchCheck(bench.message, bench.where).Do());
  bench.goldens_of = file;
  bench.goldens_sha256 = bench.sha256;
  if (!bench.message.goldens_of().empty()) {
    bench.goldens_of = (file.parent_path() / bench.message.goldens_of()).lexically_normal();
    const auto other = ReadFile(bench.goldens_of);
    if (!other) return WithContext(other.error(), bench.where.At("goldens_of"));
    bench.goldens_sha256 = Sha256Hex(*other);
  }
  return bench;
}

}  // namespace rig
