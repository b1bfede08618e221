#include <fmt/format.h>

#include "reports/escape.h"
#include "reports/html_flow.h"
#include "reports/html_parts.h"
#include "reports/html_waveform.h"
#include "rig/base/digest.h"
#include "rig/base/units.h"
#include "rig/record/record.h"

namespace rig::html {
namespace {

// A quantity's column from a check's value and, below it, its time.
template <typename Show>
std::string Quantities(const v1::CheckResult& check, Show show) {
  std::string text;
  for (const v1::Quantity* quantity : {&check.value(), &check.time()}) {
    if (!quantity->known()) continue;
    if (!text.empty()) text += "<br>";
    text += Escape(show(*quantity));
  }
  return "<td class=\"n\">" + text + "</td>";
}

// Statement of conformity, the rule it was decided by, its risk and where acceptance ends.
std::string Rule(const v1::CheckResult& check) {
  std::string text = check.conformance();
  for (const std::string* more : {&check.decision_rule(), &check.decision_risk()}) {
    if (more->empty()) continue;
    if (!text.empty()) text += "; ";
    text += *more;
  }
  const bool guarded = check.value().known() && !check.conformance().empty() &&
                       check.acceptance_limit() != check.value().limit();
  if (guarded) {
    text += "; accepted up to " + ShowOnScale(check.value(), check.acceptance_limit());
  }
  return text.empty() ? "" : "<br><span class=\"note\">" + Escape(text) + "</span>";
}

std::string ChecksTable(const v1::RunRecord& record) {
  if (record.checks_size() == 0) return "<p class=\"note\">No check was evaluated.</p>\n";
  std::string rows;
  for (const v1::CheckResult& check : record.checks()) {
    rows +=
        "<tr>" + Cell(Badge(check.verdict())) +
        Cell("<code>" + Escape(check.id()) + "</code><br>" + Escape(check.text()) +
             "<br><span class=\"note\">" + Codes(check.verifies()) + "</span>") +
        Quantities(check, [](const v1::Quantity& q) { return ShowOnScale(q, q.limit()); }) +
        Quantities(check, [](const v1::Quantity& q) { return ShowOnScale(q, q.measured()); }) +
        Quantities(check, [](const v1::Quantity& q) { return Display(q.margin(), q.unit()); }) +
        Quantities(check,
                   [](const v1::Quantity& q) { return Display(q.uncertainty(), q.unit()); }) +
        fmt::format("<td class=\"n\">{:.3f} s</td>",
                    static_cast<double>(check.decided_at_ns()) * 1e-9) +
        Cell(Escape(check.reason()) +
             (check.formula().empty() ? "" : "<br><code>" + Escape(check.formula()) + "</code>") +
             Rule(check)) +
        "</tr>\n";
  }
  std::string head;
  for (const char* name : {"Verdict", "Check", "Limit", "Measured", "Margin", "Uncertainty (k = 2)",
                           "Decided at", "Reason"}) {
    head += fmt::format("<th scope=\"col\">{}</th>", name);
  }
  return "<div class=\"scroll\"><table aria-label=\"Checks\">\n<thead><tr>" + head +
         "</tr></thead>\n<tbody>\n" + rows + "</tbody></table></div>\n";
}

std::string ComponentRows(const v1::UncertaintyBudget& budget) {
  std::string rows;
  for (const auto* components : {&budget.value(), &budget.time(), &budget.clock()}) {
    for (const v1::UncertaintyComponent& row : *components) {
      std::string shape = "rectangular";
      if (row.distribution() == v1::UncertaintyComponent::NORMAL_K2) shape = "normal, k = 2";
      if (row.distribution() == v1::UncertaintyComponent::TRIANGULAR) shape = "triangular";
      rows += "<tr>" + Cell("<code>" + Escape(budget.channel()) + "</code>") +
              Cell(Escape(row.name())) + Cell(Escape(row.source())) + Cell(shape) +
              fmt::format("<td class=\"n\">{}</td><td class=\"n\">{:.3g}</td></tr>\n",
                          Escape(Display(row.half_width(), row.unit())), row.standard());
    }
  }
  return rows;
}

// The components of all channels that have any: those that are not here are exact.
std::string BudgetTable(const v1::RunRecord& record) {
  std::string rows;
  for (const v1::UncertaintyBudget& budget : record.budgets()) rows += ComponentRows(budget);
  if (rows.empty()) return {};
  std::string head;
  for (const char* name :
       {"Channel", "Component", "Source", "Distribution", "Half-width", "Standard uncertainty"}) {
    head += fmt::format("<th scope=\"col\">{}</th>", name);
  }
  return "<h3>Uncertainty</h3>\n<div class=\"scroll\"><table aria-label=\"Uncertainty\">\n"
         "<thead><tr>" +
         head + "</tr></thead>\n<tbody>\n" + rows + "</tbody></table></div>\n";
}

// What the bench was found to be before the run. Findings that several runs share lie in the
// evidence, under their digest.
std::string HealthTable(const v1::RunRecord& record, const std::filesystem::path& run_directory) {
  const v1::RunHealth& health = record.health();
  if (health.sha256().empty()) {
    return "<p class=\"problem\">The bench's health is not known.</p>\n";
  }
  v1::BenchHealth stored;
  *stored.mutable_findings() = health.findings();
  if (health.shared()) {
    const auto file = ObjectPath(run_directory.parent_path().parent_path(), health.sha256());
    const auto text = ReadFile(file);
    const bool whole = text && Sha256Hex(*text) == health.sha256() &&
                       FromJson(*text, stored, file.string()).has_value();
    if (!whole) return "<p class=\"problem\">The bench's health is not in the evidence.</p>\n";
  }
  std::string rows;
  for (const v1::HealthFinding& finding : stored.findings()) {
    rows += "<tr>" + Cell(Badge(finding.verdict())) +
            Cell("<code>" + Escape(finding.fixture()) + "</code>") + Cell(Escape(finding.what())) +
            Cell(Escape(finding.measured())) + Cell(Escape(finding.expected())) +
            Cell(Escape(finding.remedy().empty() ? finding.how() : finding.remedy())) + "</tr>\n";
  }
  std::string head;
  for (const char* name : {"Verdict", "Fixture", "Check", "Measured", "Expected", "How"}) {
    head += fmt::format("<th scope=\"col\">{}</th>", name);
  }
  return fmt::format(
      "<details{}><summary>{}<b>Bench health</b><span class=\"t\">checked {}{}</span></summary>\n"
      "<div class=\"scroll\"><table aria-label=\"Bench health\">\n<thead><tr>{}</tr></thead>\n"
      "<tbody>\n{}</tbody></table></div>\n</details>\n",
      health.verdict() == v1::PASS ? "" : " open", Badge(health.verdict()),
      Escape(health.checked()), health.shared() ? ", for several runs" : "", head, rows);
}

std::string Item(std::string_view term, const std::string& value) {
  if (value.empty()) return {};
  return fmt::format("<dt>{}</dt><dd><code>{}</code></dd>\n", term, Escape(value));
}

std::string IdentityText(const v1::Identity& identity) {
  if (identity.device().empty() && identity.version().empty()) return {};
  std::string text = identity.device() + " " + identity.version();
  if (!identity.build().empty()) text += ", build " + identity.build();
  if (!identity.serial().empty()) text += ", serial " + identity.serial();
  return text;
}

std::string FileText(const std::string& path, const std::string& sha256) {
  if (sha256.empty()) return path;
  return path.empty() ? "sha256:" + sha256 : path + "  sha256:" + sha256;
}

std::string IdentityList(const v1::NightRun& run, const v1::RunRecord& record) {
  const v1::Environment& environment = record.environment();
  std::string text = "<h3>Identity and evidence</h3>\n<dl>\n";
  text += Item("Run", fmt::format("runs/{}, attempt {}", record.run(), record.attempt()));
  text += Item("Repeat it", record.replay());
  text += Item("Device reported", IdentityText(record.reported()));
  text += Item("Firmware says", IdentityText(record.firmware().identity()));
  text += Item("Firmware", FileText(record.firmware().path(), record.firmware().sha256()));
  text +=
      Item("Scenario", FileText(record.scenario_file().path(), record.scenario_file().sha256()));
  text += Item("Bench", FileText(record.bench_file().path(), record.bench_file().sha256()));
  for (const v1::File& input : record.inputs()) {
    text += Item("Input", FileText(input.path(), input.sha256()));
  }
  text += Item("Seed", fmt::format("{}", record.seed()));
  text += Item("Trace", FileText("", record.trace().sha256()));
  text += Item("Trace file", FileText(record.trace_file().path(), record.trace_file().sha256()));
  text += Item("Record", run.record_sha256().empty() ? "" : "sha256:" + run.record_sha256());
  text += Item("Safe state", record.safe_state_reached() ? "reached" : "NOT SHOWN TO BE REACHED");
  text += Item("Rig", FileText(environment.rig_version(), environment.rig_build()));
  text += Item("Ran",
               fmt::format("{} to {} on {}", record.started(), record.ended(), environment.host()));
  return text + "</dl>\n";
}

// Attempts of the same night that this run took the place of.
std::string EarlierAttempts(const v1::NightRun& run) {
  if (run.earlier_attempts_size() == 0) return {};
  std::string items;
  for (const std::string& attempt : run.earlier_attempts()) {
    items += "<li>" + Escape(attempt) + "</li>\n";
  }
  return "<p>Earlier attempts of this night:</p>\n<ul class=\"attempts\">\n" + items + "</ul>\n";
}

std::string Waveforms(const v1::RunRecord& record, const std::filesystem::path& run_directory) {
  const auto figures = [&]() -> Result<std::string> {
    RIG_TRY_ASSIGN(const TraceReader trace, TraceReader::Open(run_directory / "trace.h5"));
    RIG_TRY_ASSIGN(const std::string flow, FlowFigures(trace, record));
    RIG_TRY_ASSIGN(const std::string waveforms, WaveformFigures(trace, record));
    return flow + waveforms;
  }();
  if (figures) return *figures;
  return "<p class=\"problem\">No waveforms: " + Escape(figures.error().message) + "</p>\n";
}

}  // namespace

std::string RunSection(const v1::NightRun& run, const v1::RunRecord* record,
                       const std::string& problem, const std::filesystem::path& run_directory) {
  const std::string name = run.device() + "/" + run.scenario();
  const bool open = run.verdict() != v1::PASS || !problem.empty();
  std::string text = fmt::format(
      "<details id=\"{}\"{}>\n<summary>{}<b>{}</b><span class=\"t\">{}</span></summary>\n",
      Anchor("run", name), open ? " open" : "", Badge(run.verdict()), Escape(name),
      Escape(run.title()));
  if (!problem.empty()) text += "<p class=\"problem\">" + Escape(problem) + "</p>\n";
  if (!run.flaky().empty()) text += "<p class=\"problem\">" + Escape(run.flaky()) + "</p>\n";
  text += EarlierAttempts(run);
  if (record == nullptr) return text + "</details>\n";
  if (!record->error().empty()) {
    text += "<p class=\"problem\">" + Escape(record->error()) + "</p>\n";
  }
  text += ChecksTable(*record);
  text += BudgetTable(*record);
  text += HealthTable(*record, run_directory);
  text += Waveforms(*record, run_directory);
  text += IdentityList(run, *record);
  return text + "</details>\n";
}

}  // namespace rig::html
