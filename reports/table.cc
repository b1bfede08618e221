#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "reports/reports.h"
#include "rig/record/record.h"

namespace rig {
namespace {

constexpr std::string_view kReset = "\033[0m";

// Columns a text takes: UTF-8 characters, for our texts hold no wide or combining ones.
std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  }));
}

std::string_view ColourOf(std::string_view word) {
  if (word == VerdictText(v1::PASS)) return "\033[32m";
  if (word == VerdictText(v1::FAIL)) return "\033[1;31m";
  if (word == VerdictText(v1::ERROR)) return "\033[1;35m";
  if (word == VerdictText(v1::INCONCLUSIVE) || word == VerdictText(v1::VERDICT_UNSET) ||
      word == "not covered") {
    return "\033[33m";
  }
  return {};
}

std::string Line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                 bool colour) {
  std::string line;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const std::string_view cell = i < cells.size() ? std::string_view(cells[i]) : "";
    const std::string_view escape = colour ? ColourOf(cell) : std::string_view();
    line += escape;
    line += cell;
    if (!escape.empty()) line += kReset;
    line.append(widths[i] - Width(cell) + 2, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

template <typename Texts>
std::string Join(const Texts& texts) {
  return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace

std::string RenderTable(const TextTable& table, bool colour) {
  std::vector<std::size_t> widths;
  const auto widen = [&widths](const std::vector<std::string>& cells) {
    widths.resize(std::max(widths.size(), cells.size()));
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], Width(cells[i]));
  };
  widen(table.header);
  for (const auto& row : table.rows) widen(row);
  std::string text = Line(table.header, widths, false);
  std::vector<std::string> rules;
  rules.reserve(widths.size());
  for (const std::size_t width : widths) rules.emplace_back(width, '-');
  text += Line(rules, widths, false);
  for (const auto& row : table.rows) text += Line(row, widths, colour);
  return text;
}

TextTable SummaryTable(const v1::NightRecord& night) {
  TextTable table;
  table.header = {"scenario", "verdict", "worst margin", "requirements"};
  for (const v1::NightRun& run : night.runs()) {
    // An error's sentence would make every row as wide as itself; it has its own place.
    const std::string margin = run.error().empty() ? run.worst_margin() : "see rig error";
    std::string verdict(VerdictText(run.verdict()));
    if (!run.flaky().empty()) verdict += ", FLAKY";
    table.rows.push_back(
        {run.device() + "/" + run.scenario(), verdict, margin, Join(run.verifies())});
  }
  return table;
}

TextTable CoverageTable(const v1::NightRecord& night) {
  TextTable table;
  table.header = {"requirement", "text", "scenarios", "verdict"};
  for (const v1::Coverage& coverage : night.coverage()) {
    const bool covered = coverage.scenarios_size() > 0;
    table.rows.push_back(
        {coverage.requirement(), coverage.text(),
         covered ? Join(coverage.scenarios()) : coverage.not_covered(),
         covered ? std::string(VerdictText(coverage.verdict())) : std::string("not covered")});
  }
  return table;
}

}  // namespace rig
