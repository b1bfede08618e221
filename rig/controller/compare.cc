#include "rig/controller/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "rig/record/record.h"

namespace rig {
namespace {

// Margins are compared as fractions of their limit.
constexpr double kMovedMargin = 0.05;

using Key = std::pair<std::string, std::string>;

std::map<Key, const v1::NightRun*> ByScenario(const v1::NightRecord& night) {
  std::map<Key, const v1::NightRun*> runs;
  for (const v1::NightRun& run : night.runs()) runs[{run.device(), run.scenario()}] = &run;
  return runs;
}

v1::Change MakeChange(v1::Change::Kind kind, const v1::NightRun& run, std::string text) {
  v1::Change change;
  change.set_kind(kind);
  change.set_device(run.device());
  change.set_scenario(run.scenario());
  change.set_text(std::move(text));
  return change;
}

void CompareRun(const v1::NightRun& before, const v1::NightRun& now,
                std::vector<v1::Change>& changes) {
  if (now.verdict() != before.verdict()) {
    const bool worse = Worst(now.verdict(), before.verdict()) == now.verdict();
    std::string text =
        fmt::format("{} → {}", VerdictText(before.verdict()), VerdictText(now.verdict()));
    if (worse && !now.flaky().empty()) {
      text += ": " + now.flaky();
    } else if (worse) {
      text += ": " + (now.error().empty() ? now.worst_check() : now.error());
    }
    changes.push_back(MakeChange(worse ? v1::Change::NEW_FAILURE : v1::Change::FIXED_FAILURE, now,
                                 std::move(text)));
    return;
  }
  // Margins of different checks, or none at all, have nothing to compare.
  if (now.worst_check() != before.worst_check() || now.worst_margin().empty() ||
      before.worst_margin().empty()) {
    return;
  }
  const double moved = now.worst_relative_margin() - before.worst_relative_margin();
  if (!(std::fabs(moved) > kMovedMargin)) return;
  changes.push_back(MakeChange(v1::Change::MARGIN_MOVED, now,
                               fmt::format("worst margin {:.0f} % → {:.0f} % of the limit ({})",
                                           100 * before.worst_relative_margin(),
                                           100 * now.worst_relative_margin(), now.worst_check())));
}

}  // namespace

std::vector<v1::Change> CompareNights(const v1::NightRecord& before, const v1::NightRecord& now) {
  std::vector<v1::Change> changes;
  const auto earlier = ByScenario(before);
  const auto later = ByScenario(now);
  for (const auto& [key, run] : later) {
    const auto known = earlier.find(key);
    if (known == earlier.end()) {
      changes.push_back(
          MakeChange(v1::Change::ADDED, *run, std::string(VerdictText(run->verdict()))));
    } else {
      CompareRun(*known->second, *run, changes);
    }
  }
  for (const auto& [key, run] : earlier) {
    if (!later.contains(key)) {
      changes.push_back(MakeChange(v1::Change::REMOVED, *run,
                                   fmt::format("was {}", VerdictText(run->verdict()))));
    }
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const v1::Change& a, const v1::Change& b) { return a.kind() < b.kind(); });
  return changes;
}

std::vector<v1::Coverage> CoverRequirements(const DeviceFolder& device,
                                            const std::vector<v1::RunRecord>& records) {
  std::vector<v1::Coverage> covered;
  for (const v1::Requirement& requirement : device.requirements.requirements()) {
    v1::Coverage coverage;
    coverage.set_device(device.name);
    coverage.set_requirement(requirement.id());
    coverage.set_text(requirement.text());
    coverage.set_source(requirement.source());
    coverage.set_kind(requirement.kind() == v1::FIXED ? "fixed" : "declared");
    coverage.set_not_covered(requirement.not_covered());
    std::optional<v1::Verdict> verdict;
    for (const v1::RunRecord& record : records) {
      bool verifies = false;
      for (const v1::CheckResult& check : record.checks()) {
        const auto& ids = check.verifies();
        if (std::find(ids.begin(), ids.end(), requirement.id()) == ids.end()) continue;
        verdict = verdict ? Worst(*verdict, check.verdict()) : check.verdict();
        verifies = true;
      }
      if (verifies) coverage.add_scenarios(record.scenario());
    }
    coverage.set_verdict(verdict.value_or(v1::VERDICT_UNSET));
    covered.push_back(std::move(coverage));
  }
  return covered;
}

}  // namespace rig
