#include <fmt/format.h>

#include <set>
#include <string>
#include <utility>

#include "rig/base/names.h"
#include "rig/base/units.h"
#include "rig/bench/bench.h"
#include "rig/bench/checks.h"

namespace rig {
namespace {

// What the console and its reports must say.
class ConsoleChecks {
 public:
  ConsoleChecks(const v1::Bench& bench, const SourceMap& where) : bench_(bench), where_(where) {}

  Status Do() const {
    const v1::Console& console = bench_.console();
    const v1::Wire* wire = FindWire(bench_, console.signal());
    const bool is_serial = wire != nullptr && KindOf(bench_, *wire) == WireKind::kSerial;
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

 private:
  std::vector<std::string> SignalsOf(WireKind kind) const {
    std::vector<std::string> signals;
    for (const v1::Wire& wire : bench_.wiring()) {
      if (KindOf(bench_, wire) == kind) signals.push_back(wire.signal());
    }
    return signals;
  }

  const v1::Bench& bench_;
  const SourceMap& where_;
};

}  // namespace

Status CheckConsole(const v1::Bench& bench, const SourceMap& where) {
  return ConsoleChecks(bench, where).Do();
}

}  // namespace rig
