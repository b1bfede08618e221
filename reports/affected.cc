#include <fmt/format.h>

#include "reports/escape.h"
#include "reports/html_parts.h"
#include "reports/reports.h"
#include "rig/record/record.h"

namespace rig {
namespace {

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

// RFC 4180, always in quotes. What a spreadsheet would take for a formula is made a text.
std::string Field(const std::string& text) {
  std::string quoted = "\"";
  if (!text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos) {
    quoted += '\'';
  }
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string Instrument(const v1::AffectedVerdicts& affected) {
  return fmt::format("{} of bench {}, serial {}", affected.fixture(), affected.bench(),
                     affected.serial().empty() ? "not known" : affected.serial());
}

}  // namespace

TextTable AffectedTable(const v1::AffectedVerdicts& affected) {
  TextTable table{{"run", "started", "check", "verdict", "requirements", "firmware", "why"}, {}};
  for (const v1::AffectedVerdict& one : affected.verdicts()) {
    table.rows.push_back({one.run(), one.started(), one.check(),
                          std::string(VerdictText(one.verdict())), Joined(one.verifies()),
                          one.firmware(), one.why()});
  }
  return table;
}

std::string AffectedCsv(const v1::AffectedVerdicts& affected) {
  std::string csv;
  const auto add = [&](const std::vector<std::string>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) csv += (i == 0 ? "" : ",") + Field(row[i]);
    csv += "\r\n";
  };
  const TextTable table = AffectedTable(affected);
  add(table.header);
  for (const auto& row : table.rows) add(row);
  for (const std::string& run : affected.unreadable()) {
    add({run, "", "", "not known", "", "", "the record cannot be read"});
  }
  return csv;
}

std::string AffectedHtml(const v1::AffectedVerdicts& affected) {
  std::string head;
  std::string rows;
  const TextTable table = AffectedTable(affected);
  for (const std::string& name : table.header) {
    head += "<th scope=\"col\">" + Escape(name) + "</th>";
  }
  for (const v1::AffectedVerdict& one : affected.verdicts()) {
    rows += "<tr>" + html::Cell("<code>" + Escape(one.run()) + "</code>") +
            html::Cell(Escape(one.started())) +
            html::Cell("<code>" + Escape(one.check()) + "</code>") +
            html::Cell(html::Badge(one.verdict())) + html::Cell(html::Codes(one.verifies())) +
            html::Cell(Escape(one.firmware())) + html::Cell(Escape(one.why())) + "</tr>\n";
  }
  for (const std::string& run : affected.unreadable()) {
    rows += "<tr><td colspan=\"7\">" + Escape("in doubt, its record cannot be read: " + run) +
            "</td></tr>\n";
  }
  const std::string title = "Verdicts that depend on " + Instrument(affected);
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" +
         Escape(title) + "</title>\n<style>" + std::string(html::StyleSheet()) +
         "</style>\n</head>\n<body>\n<h1>" + Escape(title) + "</h1>\n<p>" +
         Escape(fmt::format("{} verdicts in {} runs searched, since {}", affected.verdicts_size(),
                            affected.runs(),
                            affected.since().empty() ? "the beginning" : affected.since())) +
         "</p>\n<div class=\"scroll\"><table aria-label=\"Affected verdicts\">\n<thead><tr>" +
         head + "</tr></thead>\n<tbody>\n" + rows + "</tbody></table></div>\n</body>\n</html>\n";
}

}  // namespace rig
