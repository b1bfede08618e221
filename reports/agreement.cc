#include "reports/agreement.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/agreement_parts.h"
#include "reports/escape.h"
#include "reports/html_parts.h"
#include "rig/base/names.h"
#include "rig/base/units.h"
#include "rig/record/record.h"

namespace rig {
namespace {

using Report = v1::AgreementReport;

// A reason holds two sentences with formulas in the table of a terminal.
constexpr std::size_t kLongestNote = 160;

std::string_view Word(Report::Outcome outcome) {
  switch (outcome) {
    case Report::AGREES:
      return "agree";
    case Report::ALLOWED:
      return "allowed";
    case Report::UNEXPLAINED:
      return "UNEXPLAINED";
    case Report::VERDICT_DIFFERS:
      return "VERDICT DIFFERS";
    case Report::MISSING:
      return "MISSING";
    case Report::NOT_COMPARABLE:
      return "NOT COMPARABLE";
    default:
      return "NOTHING COMPARED";
  }
}

std::string Verdicts(v1::Verdict left, v1::Verdict right) {
  return fmt::format("{} / {}", left == v1::VERDICT_UNSET ? "-" : VerdictText(left),
                     right == v1::VERDICT_UNSET ? "-" : VerdictText(right));
}

// A row as it is shown; `run` also holds the two verdicts for the page.
struct Row {
  std::string scenario, check, verdicts, left, right, difference, bound, reason;
  Report::Outcome outcome;
};

Row MarginRow(const v1::ComparedRun& run, const v1::ComparedCheck& check,
              const v1::ComparedMargin& margin) {
  Row row{run.scenario(),   check.id(),      Verdicts(check.left(), check.right()), "", "", "", "",
          margin.because(), margin.outcome()};
  const auto show = [&](double si) { return Display(si, margin.unit()); };
  row.left = show(margin.left());
  row.right = show(margin.right());
  if (margin.note().empty()) {
    row.difference = (margin.difference() > 0 ? "+" : "") + show(margin.difference());
    row.bound = show(margin.bound());
  } else {
    row.reason += (row.reason.empty() ? "" : " ") + margin.note();
  }
  return row;
}

void AddCheckRows(const v1::ComparedRun& run, const v1::ComparedCheck& check,
                  std::vector<Row>& rows) {
  const bool is_told = check.note().empty() && !check.margins().empty();
  if (!is_told) {
    rows.push_back({run.scenario(), check.id(), Verdicts(check.left(), check.right()), "", "", "",
                    "", check.note(),
                    check.outcome() == Report::NOT_COMPARABLE || check.margins().empty()
                        ? check.outcome()
                        : Report::VERDICT_DIFFERS});
  }
  for (const v1::ComparedMargin& margin : check.margins()) {
    rows.push_back(MarginRow(run, check, margin));
  }
}

std::vector<Row> RowsOf(const Report& report, bool all) {
  std::vector<Row> rows;
  for (const v1::ComparedRun& run : report.runs()) {
    const bool run_alone = !run.note().empty() || (run.outcome() == Report::VERDICT_DIFFERS &&
                                                   run.left_verdict() != run.right_verdict());
    if (run_alone) {
      rows.push_back({run.scenario(), "", Verdicts(run.left_verdict(), run.right_verdict()), "", "",
                      "", "", run.note(), run.outcome()});
    }
    for (const v1::ComparedCheck& check : run.checks()) AddCheckRows(run, check, rows);
  }
  if (!all) std::erase_if(rows, [](const Row& row) { return row.outcome == Report::AGREES; });
  return rows;
}

std::string OutcomeBadge(Report::Outcome outcome) {
  const char* style = outcome == Report::AGREES                       ? "pass"
                      : outcome == Report::ALLOWED                    ? "open"
                      : outcome <= Report::VERDICT_DIFFERS && outcome ? "fail"
                                                                      : "error";
  return fmt::format("<span class=\"v {}\">{}</span>", style, Word(outcome));
}

std::string HeadOf(const std::vector<std::string>& names) {
  std::string head;
  for (const std::string& name : names) head += "<th scope=\"col\">" + Escape(name) + "</th>";
  return "<thead><tr>" + head + "</tr></thead>\n";
}

const std::vector<std::string>& Columns() {
  static const std::vector<std::string> columns{"scenario",    "check",   "left / right",
                                                "left margin", "right",   "differ",
                                                "bound",       "outcome", "reason"};
  return columns;
}

std::string RowsTable(const std::vector<Row>& rows, const char* label) {
  std::string body;
  for (const Row& row : rows) {
    body += "<tr>" + html::Cell("<code>" + Escape(row.scenario) + "</code>") +
            html::Cell("<code>" + Escape(row.check) + "</code>") +
            html::Cell(Escape(row.verdicts)) + html::Cell(Escape(row.left)) +
            html::Cell(Escape(row.right)) + html::Cell(Escape(row.difference)) +
            html::Cell(Escape(row.bound)) + html::Cell(OutcomeBadge(row.outcome)) +
            html::Cell(Escape(row.reason)) + "</tr>\n";
  }
  return fmt::format("<div class=\"scroll\"><table aria-label=\"{}\">\n", label) +
         HeadOf(Columns()) + "<tbody>\n" + body + "</tbody></table></div>\n";
}

std::string Counts(const Report& report) {
  std::string counts = "<ul class=\"counts\">";
  for (const auto& [name, count] :
       {std::pair("runs", static_cast<std::uint32_t>(report.runs_size())),
        std::pair("checks agree", report.agree()), std::pair("allowed", report.allowed()),
        std::pair("unexplained", report.unexplained()),
        std::pair("verdicts differ", report.verdict_differs()),
        std::pair("missing", report.missing()),
        std::pair("not comparable", report.not_comparable())}) {
    counts += fmt::format("<li><b>{}</b><span>{}</span></li>", count, name);
  }
  return counts + "</ul>\n";
}

}  // namespace

TextTable AgreementTable(const Report& report, bool all) {
  TextTable table{Columns(), {}};
  for (const Row& row : RowsOf(report, all)) {
    table.rows.push_back({row.scenario, row.check, row.verdicts, row.left, row.right,
                          row.difference, row.bound, std::string(Word(row.outcome)),
                          Shorten(row.reason, kLongestNote)});
  }
  return table;
}

std::vector<std::string> AgreementSummary(const Report& report) {
  std::size_t lone = 0;  // runs that were not compared check by check
  for (const v1::ComparedRun& run : report.runs()) lone += run.checks().empty() ? 1 : 0;
  std::vector<std::string> lines{
      fmt::format("{} scenarios, {} of them not compared: {}", report.runs_size(), lone,
                  Word(report.outcome())),
      fmt::format("checks: {} agree ({} by their verdict alone, without a margin), {} allowed, {} "
                  "unexplained, {} of another verdict, {} missing, {} not comparable",
                  report.agree(), report.by_verdict_alone(), report.allowed(), report.unexplained(),
                  report.verdict_differs(), report.missing(), report.not_comparable())};
  lines.push_back(report.allowances().empty()
                      ? "no file of allowances"
                      : fmt::format("allowances: {}", fmt::join(report.allowances(), ", ")));
  for (const std::string& idle : report.idle()) lines.push_back("idle: " + idle);
  for (const std::string& one : report.left().unreadable()) {
    lines.push_back("left, cannot be read: " + one);
  }
  for (const std::string& one : report.right().unreadable()) {
    lines.push_back("right, cannot be read: " + one);
  }
  return lines;
}

std::string AgreementHtml(const Report& report) {
  const std::string title =
      fmt::format("Agreement of {} and {}", fmt::join(report.left().benches(), ", "),
                  fmt::join(report.right().benches(), ", "));
  std::string lines;
  for (const std::string& line : AgreementSummary(report)) lines += "<p>" + Escape(line) + "</p>\n";
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" +
         Escape(title) + "</title>\n<style>" + std::string(html::StyleSheet()) +
         "</style>\n</head>\n<body>\n<header><h1>" + Escape(title) + "</h1>\n<p>" +
         OutcomeBadge(report.outcome()) + "</p></header>\n" + Counts(report) + lines +
         "<h2>Differences</h2>\n" + html::DifferencePicture(report) +
         "<h2>What does not plainly agree</h2>\n" +
         RowsTable(RowsOf(report, false), "Differences") + "<h2>Benches</h2>\n" +
         html::AgreementSideSection("Left", report.left()) +
         html::AgreementSideSection("Right", report.right()) +
         "<h2>Every check</h2>\n<details><summary>All margins</summary>\n" +
         RowsTable(RowsOf(report, true), "Every check") + "</details>\n</body>\n</html>\n";
}

namespace html {

std::string AgreementSideSection(const std::string& title, const v1::AgreementSide& side) {
  std::string fixtures, health;
  for (const v1::FixtureSeen& seen : side.fixtures()) {
    fixtures += "<tr>" + Cell("<code>" + Escape(seen.fixture()) + "</code>") +
                Cell(Escape(seen.maker())) + Cell(Escape(seen.model())) +
                Cell(Escape(seen.serial())) + Cell(Escape(seen.firmware())) + "</tr>\n";
  }
  for (const v1::HealthRow& row : side.health()) {
    health += "<tr>" + Cell("<code>" + Escape(row.fixture()) + "</code>") +
              Cell(Escape(row.what())) + Cell(Escape(row.measured())) +
              Cell(Escape(row.expected())) + Cell(Badge(row.worst())) +
              Cell(fmt::format("{}", row.checks())) + "</tr>\n";
  }
  return "<h3>" + Escape(title) + ": " +
         Escape(fmt::format("{}, {} runs", fmt::join(side.benches(), ", "), side.runs())) +
         "</h3>\n<p class=\"note\">" +
         Escape(fmt::format("Evidence: {}. Rig builds: {}.", fmt::join(side.evidence(), ", "),
                            fmt::join(side.rig_builds(), ", "))) +
         "</p>\n<details><summary>Fixtures and health</summary>\n<div class=\"scroll\"><table>" +
         HeadOf({"fixture", "maker", "model", "serial", "firmware"}) + "<tbody>\n" + fixtures +
         "</tbody></table></div>\n<div class=\"scroll\"><table>" +
         HeadOf({"fixture", "finding", "worst measured", "expected", "verdict", "checks"}) +
         "<tbody>\n" + health + "</tbody></table></div></details>\n";
}

}  // namespace html
}  // namespace rig
