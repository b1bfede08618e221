#include <fmt/format.h>

#include <cctype>
#include <map>
#include <set>
#include <utility>

#include "reports/escape.h"
#include "reports/html_parts.h"
#include "rig/base/units.h"
#include "rig/record/record.h"

namespace rig::html {
namespace {

std::string_view ClassOf(v1::Verdict verdict) {
  switch (verdict) {
    case v1::PASS:
      return "pass";
    case v1::FAIL:
      return "fail";
    case v1::ERROR:
      return "error";
    default:
      return "open";
  }
}

// Scenario (with its device) → its verdict and section.
using Runs = std::map<std::pair<std::string, std::string>, const v1::NightRun*>;

Runs ByScenario(const v1::NightRecord& night) {
  Runs runs;
  for (const v1::NightRun& run : night.runs()) runs[{run.device(), run.scenario()}] = &run;
  return runs;
}

std::string RunLink(const v1::NightRun& run) {
  return fmt::format("<a href=\"#{}\">{}</a>", Anchor("run", run.device() + "/" + run.scenario()),
                     Escape(run.scenario()));
}

// Links to scenarios, those that did not pass with their verdict.
template <typename Names>
std::string ScenarioLinks(const Runs& runs, const std::string& device, const Names& scenarios) {
  std::string text;
  for (const std::string& scenario : scenarios) {
    const auto run = runs.find({device, scenario});
    if (!text.empty()) text += ", ";
    if (run == runs.end()) {
      text += Escape(scenario) + " (not in this night)";
      continue;
    }
    text += RunLink(*run->second);
    if (run->second->verdict() != v1::PASS) text += " " + Badge(run->second->verdict());
  }
  return text;
}

std::string TableOf(std::string_view caption, std::initializer_list<std::string_view> header,
                    const std::string& rows) {
  std::string text =
      fmt::format("<div class=\"scroll\"><table aria-label=\"{}\">\n<thead><tr>", caption);
  for (const std::string_view name : header) {
    text += fmt::format("<th scope=\"col\">{}</th>", name);
  }
  return text + "</tr></thead>\n<tbody>\n" + rows + "</tbody></table></div>\n";
}

// A second, softer line in a cell.
std::string Note(const std::string& text) {
  return text.empty() ? "" : "<br><span class=\"note\">" + Escape(text) + "</span>";
}

std::string_view ChangeText(v1::Change::Kind kind) {
  switch (kind) {
    case v1::Change::NEW_FAILURE:
      return "<span class=\"v fail\">new failure</span>";
    case v1::Change::FIXED_FAILURE:
      return "<span class=\"v pass\">fixed</span>";
    case v1::Change::MARGIN_MOVED:
      return "<span class=\"v open\">margin moved</span>";
    case v1::Change::ADDED:
      return "added";
    case v1::Change::REMOVED:
      return "removed";
    default:
      return "changed";
  }
}

// A verdict is the device's, the rig's, or nobody's yet.
std::string_view Whose(v1::Verdict verdict) {
  if (verdict == v1::FAIL) return "device";
  return verdict == v1::INCONCLUSIVE ? "undecided" : "rig";
}

std::string MarginText(const v1::CheckResult& check) {
  std::string text;
  for (const v1::Quantity* quantity : {&check.value(), &check.time()}) {
    if (!quantity->known()) continue;
    if (!text.empty()) text += ", ";
    text += Escape(fmt::format("{} (limit {})", Display(quantity->margin(), quantity->unit()),
                               ShowOnScale(*quantity, quantity->limit())));
  }
  return text;
}

std::string BrokenRow(const Runs& runs, const v1::RunRecord& record, v1::Verdict verdict,
                      const google::protobuf::RepeatedPtrField<std::string>& requirements,
                      const std::string& margin, const std::string& reason) {
  const auto run = runs.find({record.device(), record.scenario()});
  const std::string scenario =
      run == runs.end() ? Escape(record.scenario()) : RunLink(*run->second);
  const std::string& reported = record.reported().version();
  const std::string& version = reported.empty() ? record.firmware().identity().version() : reported;
  return "<tr>" +
         Cell(Badge(verdict) + " <span class=\"note\">" + std::string(Whose(verdict)) + "</span>") +
         Cell(Codes(requirements)) + Cell(Escape(record.device()) + "<br>" + scenario) +
         Cell(Escape(version) + " <code>" + Escape(record.firmware().sha256().substr(0, 12)) +
              "</code>") +
         "<td class=\"n\">" + margin + "</td>" + Cell(Escape(reason)) + "</tr>\n";
}

// What no check accounts for: the run itself went wrong.
bool AccountedFor(const v1::RunRecord& record) {
  v1::Verdict worst = v1::PASS;
  for (const v1::CheckResult& check : record.checks()) worst = Worst(worst, check.verdict());
  return Worst(worst, record.verdict()) == worst && record.error().empty();
}

// That a run was not the only attempt of its scenario.
std::string Attempts(const v1::NightRun& run) {
  std::string text;
  if (!run.flaky().empty()) text += " <span class=\"v open\">FLAKY</span>";
  if (run.earlier_attempts_size() > 0) {
    text += fmt::format(" <span class=\"note\">attempt {} of this night</span>",
                        run.earlier_attempts_size() + 1);
  }
  return text;
}

}  // namespace

std::string Badge(v1::Verdict verdict) {
  return fmt::format("<span class=\"v {}\">{}</span>", ClassOf(verdict), VerdictText(verdict));
}

std::string Codes(const google::protobuf::RepeatedPtrField<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) {
    if (!text.empty()) text += ", ";
    text += "<code>" + Escape(id) + "</code>";
  }
  return text;
}

std::string Anchor(std::string_view kind, std::string_view name) {
  std::string anchor(kind);
  anchor += '-';
  for (const char c : name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
    anchor += plain ? c : '.';
  }
  return anchor;
}

std::string Cell(const std::string& markup) { return "<td>" + markup + "</td>"; }

std::string BrokenSection(const v1::NightRecord& night, const std::vector<v1::RunRecord>& records) {
  const Runs runs = ByScenario(night);
  std::string rows;
  for (const v1::RunRecord& record : records) {
    for (const v1::CheckResult& check : record.checks()) {
      if (check.verdict() == v1::PASS) continue;
      rows += BrokenRow(runs, record, check.verdict(),
                        check.verifies_size() > 0 ? check.verifies() : record.verifies(),
                        MarginText(check), check.id() + ": " + check.reason());
    }
    if (AccountedFor(record)) continue;
    const v1::Verdict verdict = record.verdict() == v1::PASS ? v1::ERROR : record.verdict();
    rows += BrokenRow(runs, record, verdict, record.verifies(), "", record.error());
  }
  const std::string body = rows.empty()
                               ? "<p class=\"note\">Everything passed.</p>\n"
                               : TableOf("What did not pass",
                                         {"Verdict, whose", "Requirement", "Device, scenario",
                                          "Firmware", "Margin", "Reason"},
                                         rows);
  return "<section id=\"broken\">\n<h2>What did not pass</h2>\n" + body + "</section>\n";
}

std::string ChangesSection(const v1::NightRecord& night) {
  std::string text = "<section id=\"changes\">\n<h2>Changes since the previous night</h2>\n";
  if (night.previous().empty()) {
    text += "<p class=\"note\">There is no previous night to compare with.</p>\n";
  } else if (night.changes_size() == 0) {
    text += fmt::format("<p class=\"note\">None, compared with night <code>{}</code>.</p>\n",
                        Escape(night.previous()));
  } else {
    const Runs runs = ByScenario(night);
    std::string rows;
    for (const v1::Change& change : night.changes()) {
      const auto run = runs.find({change.device(), change.scenario()});
      rows += "<tr>" + Cell(std::string(ChangeText(change.kind()))) +
              Cell(Escape(change.device())) +
              Cell(run == runs.end() ? Escape(change.scenario()) : RunLink(*run->second)) +
              Cell(Escape(change.text())) + "</tr>\n";
    }
    text += fmt::format("<p class=\"note\">Compared with night <code>{}</code>.</p>\n",
                        Escape(night.previous())) +
            TableOf("Changes", {"Change", "Device", "Scenario", "What"}, rows);
  }
  return text + "</section>\n";
}

std::string ScenariosSection(const v1::NightRecord& night) {
  std::string rows;
  for (const v1::NightRun& run : night.runs()) {
    std::string margin = Escape(run.worst_margin());
    if (!run.worst_check().empty()) {
      margin += " <span class=\"note\">" + Escape(run.worst_check()) + "</span>";
    }
    if (!run.error().empty()) margin += " " + Escape(run.error());
    rows += "<tr>" + Cell(Escape(run.device())) + Cell(RunLink(run) + Note(run.title())) +
            Cell(Badge(run.verdict()) + Attempts(run)) + Cell(margin) +
            Cell(Codes(run.verifies())) +
            fmt::format("<td class=\"n\">{:.0f} s</td><td class=\"n\">{:.1f} s</td></tr>\n",
                        run.device_s(), run.wall_s());
  }
  return "<section id=\"scenarios\">\n<h2>Scenarios</h2>\n" +
         TableOf("Scenarios",
                 {"Device", "Scenario", "Verdict", "Worst margin", "Requirements", "Device time",
                  "Wall time"},
                 rows) +
         "</section>\n";
}

std::string CoverageSection(const v1::NightRecord& night,
                            const std::vector<v1::RunRecord>& records) {
  const Runs runs = ByScenario(night);
  std::string rows;
  int open = 0;
  for (const v1::Coverage& coverage : night.coverage()) {
    const bool covered = coverage.scenarios_size() > 0;
    if (!covered) ++open;
    const std::string by =
        covered ? ScenarioLinks(runs, coverage.device(), coverage.scenarios())
                : "<span class=\"open\">not covered</span> " + Escape(coverage.not_covered());
    rows += fmt::format("<tr id=\"{}\">",
                        Anchor("req", coverage.device() + "/" + coverage.requirement())) +
            Cell(Escape(coverage.device())) +
            Cell("<code>" + Escape(coverage.requirement()) + "</code>") +
            Cell(Escape(coverage.text()) +
                 Note(coverage.kind().empty() ? coverage.source()
                                              : coverage.source() + " · " + coverage.kind())) +
            Cell(by) + Cell(covered ? Badge(coverage.verdict()) : "") + "</tr>\n";
  }
  std::string text = fmt::format(
      "<section id=\"coverage\">\n<h2>Coverage</h2>\n<p class=\"note\">{} requirements, {} not "
      "covered.</p>\n",
      night.coverage_size(), open);
  if (night.left_out_size() > 0) {
    text +=
        "<p class=\"note\">Not run, for want of recordings: " + Codes(night.left_out()) + "</p>\n";
  }
  text += TableOf("Coverage by requirement",
                  {"Device", "Requirement", "Text and source", "Verified by", "Verdict"}, rows);
  std::map<std::pair<std::string, std::string>, std::set<std::string>> controls;
  for (const v1::RunRecord& record : records) {
    for (const std::string& control : record.controls()) {
      controls[{record.device(), control}].insert(record.scenario());
    }
  }
  if (!controls.empty()) {
    rows.clear();
    for (const auto& [control, scenarios] : controls) {
      rows += "<tr>" + Cell(Escape(control.first)) +
              Cell("<code>" + Escape(control.second) + "</code>") +
              Cell(ScenarioLinks(runs, control.first, scenarios)) + "</tr>\n";
    }
    text += "<h3>Risk controls</h3>\n" +
            TableOf("Risk controls", {"Device", "Risk control", "Shown effective by"}, rows);
  }
  return text + "</section>\n";
}

}  // namespace rig::html
