#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "rig/base/units.h"
#include "rig/controller/nightly.h"
#include "rig/record/record.h"

namespace rig {
namespace {

// The narrowest margin of a check, of value and time: (relative, as shown).
std::optional<std::pair<double, std::string>> Margin(const v1::CheckResult& check) {
  std::optional<std::pair<double, std::string>> narrowest;
  for (const v1::Quantity* quantity : {&check.value(), &check.time()}) {
    // A limit of zero has no margin relative to it.
    if (!quantity->known() || quantity->limit() == 0) continue;
    if (narrowest && narrowest->first <= quantity->relative_margin()) continue;
    narrowest = {quantity->relative_margin(),
                 fmt::format("{} of {}", Display(quantity->margin(), quantity->unit()),
                             ShowOnScale(*quantity, quantity->limit()))};
  }
  return narrowest;
}

}  // namespace

v1::NightRun Summarise(const v1::RunRecord& record) {
  v1::NightRun run;
  run.set_device(record.device());
  run.set_scenario(record.scenario());
  run.set_scenario_path(record.scenario_file().path());
  run.set_title(record.title());
  run.set_run(record.run());
  run.set_verdict(record.verdict());
  run.set_error(record.error());
  *run.mutable_verifies() = record.verifies();
  run.set_trace_sha256(record.trace().sha256());
  run.set_device_s(record.device_s());
  run.set_wall_s(record.wall_s());
  // The check that decided the verdict, and among equals the one with the narrowest margin.
  std::optional<double> narrowest;
  v1::Verdict worst = v1::VERDICT_UNSET;
  for (const v1::CheckResult& check : record.checks()) {
    const auto margin = Margin(check);
    const bool worse = run.worst_check().empty() || check.verdict() > worst;
    const bool narrower =
        check.verdict() == worst && margin && (!narrowest || margin->first < *narrowest);
    if (!worse && !narrower) continue;
    worst = check.verdict();
    narrowest = margin ? std::optional(margin->first) : std::nullopt;
    run.set_worst_check(check.id());
    run.set_worst_margin(margin ? margin->second : "");
    run.set_worst_relative_margin(margin ? margin->first : 0);
  }
  return run;
}

}  // namespace rig
