// Parses any text as a formula, and as a definition, and judges what parses over a small trace: no
// crash, no verdict without a reason.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "rig/check/formula/judge.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto unit_of = [](std::string_view name) -> std::string {
    if (name == "a.rate") return "Hz";
    if (name == "a.volume") return "m3";
    return name == "x" || name == "a.lamp" || name == "a.none" ? "1" : "";
  };
  const auto formula = rig::Formula::Parse(text, {unit_of});
  // Values are definitions, too.
  if (formula && !rig::Formula::CheckDefinition(text, {unit_of})) std::abort();
  if (!formula) {
    if (!formula.error().message.starts_with("column ")) std::abort();
    return 0;
  }
  rig::check::Signals signals;
  signals.end = rig::AtNanoseconds(10'000'000'000);
  std::vector<rig::StepPoint> points;
  for (int i = 1; i < 20; ++i) {
    const double value = i % 7 == 0 ? rig::check::kUnknown : i % 3;
    points.push_back({rig::AtNanoseconds(std::int64_t{i} * 450'000'001), value});
  }
  for (const char* name : {"a.rate", "a.volume", "x", "a.lamp"}) signals.channels[name].Add(points);
  const rig::v1::CheckResult result =
      rig::check::JudgeSignals(*formula, signals, {[](std::string_view) { return 0.01; }});
  if (result.verdict() == rig::v1::VERDICT_UNSET || result.reason().empty()) std::abort();
  return 0;
}
