#include <fmt/format.h>

#include <map>
#include <string>
#include <string_view>

#include "reports/escape.h"
#include "reports/reports.h"
#include "rig/record/record.h"

namespace rig {
namespace {

struct Counts {
  int tests = 0;
  int failures = 0;
  int errors = 0;
};

// Anything but a pass counts: JUnit has no "inconclusive", and an omission would read as a pass.
std::string Outcome(v1::Verdict verdict, std::string_view reason, Counts& counts) {
  ++counts.tests;
  if (verdict == v1::PASS) return {};
  const std::string message = Escape(reason);
  if (verdict == v1::FAIL) {
    ++counts.failures;
    return fmt::format("<failure type=\"fail\" message=\"{}\"/>", message);
  }
  ++counts.errors;
  std::string_view type = "error";
  if (verdict == v1::INCONCLUSIVE) type = "inconclusive";
  if (verdict == v1::VERDICT_UNSET) type = "not_run";
  return fmt::format("<error type=\"{}\" message=\"{}\"/>", type, message);
}

std::string Case(std::string_view suite, std::string_view name, double seconds,
                 const std::string& outcome) {
  return fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\">{}</testcase>\n",
                     Escape(suite), Escape(name), seconds, outcome);
}

std::string Properties(const v1::NightRun& run) {
  std::string text = "    <properties>\n";
  for (const std::string& requirement : run.verifies()) {
    text +=
        fmt::format("      <property name=\"requirement\" value=\"{}\"/>\n", Escape(requirement));
  }
  for (const auto& [name, value] :
       {std::pair<std::string_view, const std::string&>("run", run.run()),
        {"trace_sha256", run.trace_sha256()},
        {"record_sha256", run.record_sha256()},
        {"flaky", run.flaky()}}) {
    if (value.empty()) continue;
    text += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, Escape(value));
  }
  for (const std::string& attempt : run.earlier_attempts()) {
    text +=
        fmt::format("      <property name=\"earlier_attempt\" value=\"{}\"/>\n", Escape(attempt));
  }
  return text + "    </properties>\n";
}

// One suite per scenario, a case per check and one for the run itself: that it took place and ended
// in order.
std::string Suite(const v1::NightRun& run, const v1::RunRecord* record, Counts& counts) {
  const std::string name = run.device() + "." + run.scenario();
  v1::Verdict worst = v1::PASS;
  std::string checks;
  if (record != nullptr) {
    for (const v1::CheckResult& check : record->checks()) {
      worst = Worst(worst, check.verdict());
      checks += Case(name, check.id(), 0, Outcome(check.verdict(), check.reason(), counts));
    }
  }
  // The run's own verdict shows wherever its checks do not account for it.
  const v1::Verdict own = Worst(worst, run.verdict()) == worst ? v1::PASS : run.verdict();
  const bool lost = record == nullptr && own == v1::PASS;
  const std::string reason = lost                   ? "the run's record is missing"
                             : !run.error().empty() ? run.error()
                             : !run.flaky().empty() ? run.flaky()
                                                    : std::string(VerdictText(run.verdict()));
  checks =
      Case(name, "run", run.wall_s(), Outcome(lost ? v1::ERROR : own, reason, counts)) + checks;
  return Properties(run) + checks;
}

}  // namespace

std::string JUnitXml(const v1::NightRecord& night, const std::vector<v1::RunRecord>& runs) {
  std::map<std::string_view, const v1::RunRecord*> by_name;
  for (const v1::RunRecord& run : runs) by_name[run.run()] = &run;
  Counts all;
  double seconds = 0;
  std::string suites;
  for (const v1::NightRun& run : night.runs()) {
    const auto found = run.run().empty() ? by_name.end() : by_name.find(run.run());
    Counts counts;
    const std::string body = Suite(run, found == by_name.end() ? nullptr : found->second, counts);
    suites += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" "
        "time=\"{:.3f}\">\n{}  </testsuite>\n",
        Escape(run.device() + "." + run.scenario()), counts.tests, counts.failures, counts.errors,
        run.wall_s(), body);
    all.tests += counts.tests;
    all.failures += counts.failures;
    all.errors += counts.errors;
    seconds += run.wall_s();
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\">\n"
      "{}</testsuites>\n",
      Escape(night.night()), all.tests, all.failures, all.errors, seconds, suites);
}

}  // namespace rig
