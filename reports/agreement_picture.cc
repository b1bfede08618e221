#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "reports/agreement_parts.h"
#include "reports/escape.h"

namespace rig::html {
namespace {

using Report = v1::AgreementReport;

// In pixels. A mark per margin; many at one place are stacked.
constexpr double kLeft = 190, kWidth = 760, kRow = 64, kTop = 26, kMark = 4;
// Differences beyond this many bounds stand at the edge.
constexpr double kEdge = 1.3;

struct Mark {
  double ratio;
  const char* style;
  std::string text;
};

double Place(double ratio) { return kLeft + kWidth * (ratio + kEdge) / (2 * kEdge); }

const char* StyleOf(Report::Outcome outcome) {
  if (outcome == Report::AGREES) return "pass";
  return outcome == Report::ALLOWED ? "open" : "fail";
}

// Of no bound, whatever there is of a difference is beyond it.
double RatioOf(const v1::ComparedMargin& margin) {
  if (margin.outcome() == Report::AGREES && margin.bound() <= 0) return 0;
  const double ratio = margin.bound() > 0 ? margin.difference() / margin.bound()
                                          : std::copysign(kEdge, margin.difference());
  return std::clamp(ratio, -kEdge, kEdge);
}

// By what was compared: "margin in Hz", "margin in time".
std::map<std::string, std::vector<Mark>> MarksOf(const Report& report) {
  std::map<std::string, std::vector<Mark>> rows;
  for (const v1::ComparedRun& run : report.runs()) {
    for (const v1::ComparedCheck& check : run.checks()) {
      for (const v1::ComparedMargin& margin : check.margins()) {
        if (!margin.note().empty()) continue;  // no difference to place
        const std::string name = margin.of() == v1::TIME_MARGIN
                                     ? "margins in time"
                                     : fmt::format("margins in {}", margin.unit());
        rows[name].push_back({RatioOf(margin), StyleOf(margin.outcome()),
                              fmt::format("{}/{}: {:.3g} of {:.3g} {}", run.scenario(), check.id(),
                                          margin.difference(), margin.bound(), margin.unit())});
      }
    }
  }
  return rows;
}

std::string Strip(const std::string& name, const std::vector<Mark>& marks, double top) {
  std::string svg = fmt::format("<text class=\"l\" x=\"{}\" y=\"{}\">{} ({})</text>", kLeft - 12,
                                top + kRow / 2 + 4, Escape(name), marks.size());
  const double base = top + kRow - 8;
  svg += fmt::format("<path class=\"g\" d=\"M{} {}h{}\"/>", kLeft, base, kWidth);
  std::map<int, int> stacked;
  for (const Mark& mark : marks) {
    const double x = Place(mark.ratio);
    const int height = stacked[static_cast<int>(std::floor(x / kMark))]++;
    // A column that is full goes on behind its top mark.
    const double y = base - 3 - std::min(3.5 * height, kRow - 18);
    svg += fmt::format(
        "<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2\" fill=\"currentColor\">"
        "<title>{}</title></circle>",
        mark.style, x, y, Escape(mark.text));
  }
  return svg;
}

}  // namespace

std::string DifferencePicture(const Report& report) {
  const auto rows = MarksOf(report);
  if (rows.empty()) return "<p class=\"note\">No margins of both sides to compare.</p>\n";
  const double height = kTop + kRow * static_cast<double>(rows.size()) + 10;
  std::string svg = fmt::format(
      "<figure><svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"Differences relative to their "
      "bound\">",
      kLeft + kWidth + 20, height);
  for (const auto& [ratio, label] :
       {std::pair(-1.0, "−bound"), std::pair(0.0, "equal"), std::pair(1.0, "+bound")}) {
    svg += fmt::format(
        "<path class=\"g\" d=\"M{:.1f} {}V{}\"/><text class=\"a\" x=\"{:.1f}\" "
        "y=\"14\">{}</text>",
        Place(ratio), kTop - 6, height - 10, Place(ratio), label);
  }
  double top = kTop;
  for (const auto& [name, marks] : rows) {
    svg += Strip(name, marks, top);
    top += kRow;
  }
  return svg +
         "</svg><figcaption>Right less left, relative to the bound of each difference: its "
         "uncertainty, and what is allowed beside it. <span class=\"pass\">Within the "
         "uncertainty</span>, <span class=\"open\">allowed</span>, <span "
         "class=\"fail\">unexplained</span>; beyond 1.3 bounds at the "
         "edge.</figcaption></figure>\n";
}

}  // namespace rig::html
