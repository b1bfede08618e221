#include "rig/cli/score/measures.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reports/reports.h"
#include "rig/cli/terminal.h"
#include "rig/record/record.h"

namespace rig {

void Measures::AddShare(const std::string& name, const score::Fraction& fraction,
                        std::int64_t open) {
  Measure measure{name, fraction.hits, std::to_string(fraction.trials), false, {}, true, "", open};
  if (const auto estimate = score::ShareOf(fraction, open)) {
    measure.known = true;
    measure.estimate = *estimate;
  }
  measures_.push_back(std::move(measure));
}

Status Measures::AddRate(const std::string& name, std::int64_t events, double exposure,
                         const std::string& unit, std::int64_t open) {
  RIG_TRY_ASSIGN(const score::Estimate estimate, score::RateOf(events, exposure, open));
  measures_.push_back(
      {name, events, fmt::format("{:.6g}", exposure), true, estimate, false, unit, open});
  return {};
}

std::string Measures::Show(const Measure& measure, double value) {
  return measure.percent ? fmt::format("{:.2f} %", 100 * value)
                         : fmt::format("{:.4g} {}", value, measure.unit);
}

void Measures::Require(const std::string& name, bool at_least, double limit) {
  const auto found = std::find_if(measures_.rbegin(), measures_.rend(),
                                  [&](const Measure& measure) { return measure.name == name; });
  if (found == measures_.rend() || !found->known) {
    worst_limit_ = Worst(worst_limit_, v1::INCONCLUSIVE);
    sentences_.push_back(fmt::format("{}: inconclusive, there was nothing to measure it on", name));
    return;
  }
  const score::Estimate& estimate = found->estimate;
  const bool passes = at_least ? estimate.low >= limit : estimate.high <= limit;
  const bool fails = at_least ? estimate.high < limit : estimate.low > limit;
  const v1::Verdict verdict = passes ? v1::PASS : fails ? v1::FAIL : v1::INCONCLUSIVE;
  worst_limit_ = Worst(worst_limit_, verdict);
  sentences_.push_back(fmt::format("{}: {}, {} (95 %: {} to {}); expected {} {}", name,
                                   VerdictText(verdict), Show(*found, estimate.value),
                                   Show(*found, estimate.low), Show(*found, estimate.high),
                                   at_least ? "at least" : "at most", Show(*found, limit)));
}

std::string Measures::Table() const {
  TextTable table{{"measure", "value", "95 % from", "to", "count"}, {}};
  for (const Measure& measure : measures_) {
    std::string count = fmt::format("{}/{}", measure.events, measure.of);
    if (measure.open > 0) count += fmt::format(", {} open", measure.open);
    if (!measure.known) {
      table.rows.push_back({measure.name, "-", "-", "-", count});
      continue;
    }
    table.rows.push_back({measure.name, Show(measure, measure.estimate.value),
                          Show(measure, measure.estimate.low), Show(measure, measure.estimate.high),
                          count});
  }
  return RenderTable(table, UseColour(stdout));
}

nlohmann::ordered_json Measures::Json() const {
  auto all = nlohmann::ordered_json::object();
  for (const Measure& measure : measures_) {
    nlohmann::ordered_json one{{"count", measure.events}, {"of", std::stod(measure.of)}};
    if (measure.open > 0) one["open"] = measure.open;
    if (measure.known) {
      one["value"] = measure.estimate.value;
      one["low"] = measure.estimate.low;
      one["high"] = measure.estimate.high;
    } else {
      one["value"] = nullptr;
    }
    if (!measure.unit.empty()) one["unit"] = measure.unit;
    all[measure.name] = std::move(one);
  }
  return all;
}

v1::Verdict Measures::verdict() const {
  const bool any = std::any_of(measures_.begin(), measures_.end(),
                               [](const Measure& measure) { return measure.known; });
  return any ? worst_limit_ : Worst(worst_limit_, v1::INCONCLUSIVE);
}

int Tell(const Measures& measures, const nlohmann::ordered_json& more, const std::string& text,
         bool json) {
  const v1::Verdict verdict = measures.verdict();
  if (json) {
    nlohmann::ordered_json all = more;
    all["measures"] = measures.Json();
    all["confidence"] = score::kConfidence;
    all["limits"] = measures.sentences();
    if (!measures.sentences().empty() || verdict != v1::PASS) all["verdict"] = VerdictText(verdict);
    fmt::print("{}\n", all.dump(2));
    return ExitCodeOf(verdict);
  }
  fmt::print("{}{}", text, measures.Table());
  for (const std::string& sentence : measures.sentences()) fmt::print("{}\n", sentence);
  if (measures.sentences().empty() && verdict != v1::PASS) fmt::print("nothing to score\n");
  return ExitCodeOf(verdict);
}

int TellError(const Error& error) {
  PrintError(error.message);
  return kRigError;
}

}  // namespace rig
