#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rig/base/names.h"
#include "rig/base/units.h"
#include "rig/bench/bench.h"
#include "rig/bench/checks.h"

namespace rig {
namespace {

bool IsPlainCapture(const v1::Bench& bench, const v1::Wire& wire) {
  return KindOf(bench, wire) == WireKind::kCapture && wire.tone_hold() == 0 &&
         wire.count_every() == 0;
}

std::vector<std::string> PlainCaptures(const v1::Bench& bench) {
  std::vector<std::string> signals;
  for (const v1::Wire& wire : bench.wiring()) {
    if (IsPlainCapture(bench, wire)) signals.push_back(wire.signal());
  }
  return signals;
}

// Edges of one fixture come in one order.
Status CheckLines(const v1::Bench& bench, const v1::CodedOutput& coded, const std::string& path,
                  const SourceMap& where) {
  std::vector<std::pair<std::string, std::string>> lines;
  lines.reserve(static_cast<std::size_t>(coded.bits_size()) + 2);
  for (int i = 0; i < coded.bits_size(); ++i) {
    lines.emplace_back(fmt::format("{}.bits[{}]", path, i), coded.bits(i));
  }
  lines.emplace_back(path + ".positive", coded.positive());
  lines.emplace_back(path + ".negative", coded.negative());
  std::set<std::string> seen;
  std::string fixture;
  for (const auto& [at, signal] : lines) {
    const v1::Wire* wire = FindWire(bench, signal);
    if (wire == nullptr || !IsPlainCapture(bench, *wire)) {
      return where.Refuse(at, fmt::format("\"{}\" is no plain captured line", signal),
                          OneOf(signal, PlainCaptures(bench)));
    }
    if (!seen.insert(signal).second) {
      return where.Refuse(at, fmt::format("line \"{}\" again", signal), "each line once");
    }
    if (fixture.empty()) fixture = wire->fixture();
    if (wire->fixture() != fixture) {
      return where.Refuse(at, fmt::format("\"{}\" is on another fixture", signal),
                          "lines of one fixture");
    }
  }
  return {};
}

}  // namespace

Status CheckCodedOutputs(const v1::Bench& bench, const SourceMap& where) {
  std::set<std::string> names;
  for (int i = 0; i < bench.coded_outputs_size(); ++i) {
    const v1::CodedOutput& coded = bench.coded_outputs(i);
    const std::string path = fmt::format("coded_outputs[{}]", i);
    if (!IsName(coded.signal())) {
      return where.Refuse(path + ".signal", fmt::format("signal \"{}\"", coded.signal()),
                          kNameForm);
    }
    if (FindWire(bench, coded.signal()) != nullptr || !names.insert(coded.signal()).second) {
      return where.Refuse(path + ".signal", fmt::format("signal \"{}\" again", coded.signal()),
                          "a name of its own");
    }
    const auto step = ParseQuantity(coded.step());
    const bool steps = step && step->si > 0;
    if (!steps) {
      return where.Refuse(path + ".step", fmt::format("a step of \"{}\"", coded.step()),
                          "more than nothing, such as \"0.1 mA\"");
    }
    RIG_TRY(CheckLines(bench, coded, path, where));
  }
  return {};
}

}  // namespace rig
