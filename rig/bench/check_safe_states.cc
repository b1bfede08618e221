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

// What each output's safe state must be.
class SafeStateChecks {
 public:
  SafeStateChecks(const v1::Bench& bench, const SourceMap& where) : bench_(bench), where_(where) {}

  Status Do() const {
    std::set<std::string> seen;
    for (int i = 0; i < bench_.safe_state_size(); ++i) {
      const v1::SafeState& safe = bench_.safe_state(i);
      const std::string path = fmt::format("safe_state[{}]", i);
      const v1::Wire* wire = FindWire(bench_, safe.signal());
      const bool is_output = wire != nullptr && IsOutput(*wire);
      if (!is_output) {
        return where_.Refuse(path + ".signal", fmt::format("no output \"{}\"", safe.signal()),
                             OneOf(safe.signal(), Outputs()));
      }
      if (!seen.insert(safe.signal()).second) {
        return where_.Refuse(path + ".signal",
                             fmt::format("safe state of \"{}\" again", safe.signal()),
                             "one for each output");
      }
      const bool is_line = KindOf(bench_, *wire) == WireKind::kLine;
      if (is_line != (safe.to_case() == v1::SafeState::kActive)) {
        return where_.Refuse(
            path + ".signal",
            fmt::format("\"{}\" is {}", safe.signal(), is_line ? "a digital line" : "a voltage"),
            is_line ? "active: true or false" : "a voltage, such as 0 V");
      }
      RIG_TRY(CheckReachable(safe, *wire, path));
      RIG_TRY(CheckLasting(safe, *wire, path));
    }
    for (const std::string& output : Outputs()) {
      if (seen.contains(output)) continue;
      return where_.Refuse("safe_state", fmt::format("none for output \"{}\"", output),
                           "one for each output");
    }
    return {};
  }

 private:
  // A virtual bench ends with its run; real outputs outlive it, as their fixtures leave them when
  // they are closed.
  Status CheckLasting(const v1::SafeState& safe, const v1::Wire& wire,
                      const std::string& path) const {
    const v1::Fixture& fixture = *FindFixture(bench_, wire.fixture());
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
    const v1::Fixture& fixture = *FindFixture(bench_, wire.fixture());
    const FixtureTraits traits = TraitsOf(fixture);
    if (traits.kind == WireKind::kLine) return {};
    const bool reachable = safe.voltage() >= traits.low_v && safe.voltage() <= traits.high_v;
    if (reachable) return {};
    return where_.Refuse(
        path + ".voltage",
        fmt::format("\"{}\" cannot put out {}", fixture.name(), Display(safe.voltage(), "V")),
        fmt::format("{} to {}", Display(traits.low_v, "V"), Display(traits.high_v, "V")));
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

  const v1::Bench& bench_;
  const SourceMap& where_;
};

}  // namespace

Status CheckSafeStates(const v1::Bench& bench, const SourceMap& where) {
  return SafeStateChecks(bench, where).Do();
}

}  // namespace rig
