#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "rig/base/names.h"
#include "rig/base/units.h"
#include "rig/bench/bench.h"
#include "rig/bench/checks.h"

namespace rig {
namespace {

constexpr std::string_view kNoGain = "1 V/V";  // the schema's default

bool IsDigit(char c, char last) { return c >= '0' && c <= last; }

bool IsPort(std::string_view pin) {
  return pin.size() == 3 && pin[0] == 'P' && pin[1] >= 'A' && pin[1] <= 'D' && IsDigit(pin[2], '7');
}

// What each wire must say.
class WiringChecks {
 public:
  WiringChecks(const v1::Bench& bench, const SourceMap& where) : bench_(bench), where_(where) {}

  Status Do() {
    for (int i = 0; i < bench_.wiring_size(); ++i) {
      const v1::Wire& wire = bench_.wiring(i);
      const std::string path = fmt::format("wiring[{}]", i);
      RIG_TRY(CheckEnds(wire, path));
      RIG_TRY(CheckPin(wire, path));
      RIG_TRY(CheckScaling(wire, path));
      RIG_TRY(CheckCapture(wire, path));
      RIG_TRY(CheckProfile(wire, path));
      RIG_TRY(CheckLoopBack(wire, path));
    }
    return {};
  }

 private:
  // Signal, fixture and channel: known, and taken once.
  Status CheckEnds(const v1::Wire& wire, const std::string& path) {
    if (!IsName(wire.signal())) {
      return where_.Refuse(path + ".signal", fmt::format("signal \"{}\"", wire.signal()),
                           kNameForm);
    }
    if (!signals_.insert(wire.signal()).second) {
      return where_.Refuse(path + ".signal", fmt::format("signal \"{}\" again", wire.signal()),
                           "each signal wired once");
    }
    const v1::Fixture* fixture = FindFixture(bench_, wire.fixture());
    if (fixture == nullptr) {
      std::vector<std::string> known;
      for (const v1::Fixture& one : bench_.fixtures()) known.push_back(one.name());
      return where_.Refuse(path + ".fixture", fmt::format("no fixture \"{}\"", wire.fixture()),
                           OneOf(wire.fixture(), std::move(known)));
    }
    const std::uint32_t channels = TraitsOf(*fixture).channels;
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
    const FixtureTraits traits = TraitsOf(*FindFixture(bench_, wire.fixture()));
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

  // A loop-back of some outputs would speak for those it does not reach.
  Status CheckLoopBack(const v1::Wire& wire, const std::string& path) const {
    const v1::Fixture& dac = *FindFixture(bench_, wire.fixture());
    if (!dac.has_card_dac()) return {};
    for (const v1::Fixture& fixture : bench_.fixtures()) {
      const auto& looped = fixture.card_adc().loop_back();
      const bool same_card = fixture.card_adc().card() == dac.card_dac().card();
      if (!same_card || looped.empty()) continue;
      if (std::find(looped.begin(), looped.end(), wire.channel()) != looped.end()) continue;
      return where_.Refuse(
          path + ".channel",
          fmt::format("channel {} of \"{}\" without loop-back", wire.channel(), dac.name()),
          fmt::format("it in loop_back of \"{}\", as the other outputs", fixture.name()));
    }
    return {};
  }

  Status CheckProfile(const v1::Wire& wire, const std::string& path) const {
    if (wire.profile_every() == 0) return {};
    const v1::Fixture& fixture = *FindFixture(bench_, wire.fixture());
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

  const v1::Bench& bench_;
  const SourceMap& where_;
  std::set<std::string> signals_;
  std::set<std::pair<std::string, std::uint32_t>> channels_;
  std::set<std::string> pins_;
};

}  // namespace

Status CheckWiring(const v1::Bench& bench, const SourceMap& where) {
  return WiringChecks(bench, where).Do();
}

}  // namespace rig
