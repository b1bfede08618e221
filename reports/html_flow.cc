#include "reports/html_flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/escape.h"
#include "rig/base/units.h"
#include "rig/check/formula/signal.h"
#include "rig/check/therapy/flow.h"
#include "rig/check/therapy/flow_check.h"

namespace rig {
namespace {

// Drawing units: two panels side by side.
constexpr double kWidth = 330;
constexpr double kHeight = 150;
constexpr double kTop = 24;

// One panel: values over x, both scaled to it.
class Panel {
 public:
  Panel(double left, double x_max, double y_min, double y_max)
      : left_(left), x_max_(x_max), y_min_(y_min), y_max_(y_max > y_min ? y_max : y_min + 1) {}

  double X(double x) const { return left_ + kWidth * x / x_max_; }
  double Y(double y) const { return kTop + kHeight * (y_max_ - y) / (y_max_ - y_min_); }

  void Title(const std::string& title) {
    svg_ += fmt::format("<text class=\"h\" x=\"{:.1f}\" y=\"14\">{}</text>", left_, Escape(title));
    svg_ += fmt::format("<path class=\"f\" d=\"M{:.1f} {}h{}v{}h-{}z\"/>", left_, kTop, kWidth,
                        kHeight, kWidth);
  }
  // A horizontal line with its value beside it.
  void Level(double y, const std::string& label) {
    svg_ += fmt::format(
        "<path class=\"g\" d=\"M{:.1f} {:.1f}h{}\"/><text class=\"s\" x=\"{:.1f}\" y=\"{:.1f}\">{}"
        "</text>",
        left_, Y(y), kWidth, left_ - 6, Y(y) + 3, Escape(label));
  }
  void Tick(double x, const std::string& label) {
    svg_ += fmt::format("<text class=\"a\" x=\"{:.1f}\" y=\"{}\">{}</text>", X(x),
                        kTop + kHeight + 14, Escape(label));
  }
  void Curve(const std::vector<std::pair<double, double>>& points, const char* colour) {
    std::string path;
    for (const auto& [x, y] : points) {
      path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? 'M' : 'L', X(x), Y(y));
    }
    svg_ += fmt::format("<g class=\"{}\"><path class=\"c\" d=\"{}\"/></g>", colour, path);
  }
  const std::string& svg() const { return svg_; }

 private:
  double left_;
  double x_max_;
  double y_min_;
  double y_max_;
  std::string svg_;
};

std::string StartUpPanel(const therapy::FlowAnalysis& flow, const therapy::FlowTiming& timing,
                         double set_rate) {
  std::vector<std::pair<double, double>> points;
  double most = set_rate;
  const double sample_min = Seconds(timing.sample) / 60;
  for (std::size_t i = 0; i < flow.start_up.size(); ++i) {
    points.emplace_back((static_cast<double>(i) + 0.5) * sample_min, flow.start_up[i]);
    most = std::max(most, flow.start_up[i]);
  }
  const double minutes = static_cast<double>(flow.start_up.size()) * sample_min;
  Panel panel(70, minutes, 0, 1.1 * most);
  panel.Title("Start-up: flow over minutes since the start");
  panel.Level(0, "0");
  panel.Level(set_rate, Display(set_rate, "m3/s", 3));
  for (int i = 0; i <= 4; ++i) panel.Tick(minutes * i / 4, fmt::format("{:g}", minutes * i / 4));
  panel.Curve(points, "re");
  return panel.svg();
}

std::string TrumpetPanel(const therapy::FlowAnalysis& flow, double limit) {
  std::vector<std::pair<double, double>> high;
  std::vector<std::pair<double, double>> low;
  double most = limit;
  double longest = 0;
  for (const therapy::TrumpetPoint& point : flow.trumpet) {
    const double minutes = Seconds(point.window) / 60;
    high.emplace_back(minutes, point.highest);
    low.emplace_back(minutes, point.lowest);
    most = std::max({most, std::fabs(point.highest), std::fabs(point.lowest)});
    longest = std::max(longest, minutes);
  }
  Panel panel(480, 1.05 * longest, -1.1 * most, 1.1 * most);
  panel.Title("Trumpet: flow error over the window's minutes");
  for (const double level : {limit, 0.0, -limit}) {
    panel.Level(level, fmt::format("{:+.3g} %", 100 * level));
  }
  for (const auto& [minutes, error] : high) panel.Tick(minutes, fmt::format("{:g}", minutes));
  panel.Curve(high, "re");
  panel.Curve(low, "re");
  return panel.svg();
}

std::string FlowFigure(const v1::Check& check, const therapy::FlowAnalysis& flow) {
  const therapy::FlowTiming timing = therapy::TimingOf(check.flow());
  return fmt::format(
      "<figure><svg viewBox=\"0 0 820 200\" role=\"img\" aria-label=\"Start-up and trumpet curve "
      "of {0}\">{1}{2}</svg>\n<figcaption>Check <code>{0}</code>: {3}, mean error {4:+.2f} % "
      "of the analysis period.</figcaption></figure>\n",
      Escape(check.id()), StartUpPanel(flow, timing, check.flow().set_rate()),
      TrumpetPanel(flow, check.flow().limit()), Escape(check.flow().volume()),
      100 * flow.mean_error);
}

}  // namespace

Result<std::string> FlowFigures(const TraceReader& trace, const v1::RunRecord& record) {
  std::string figures;
  for (const v1::Check& check : record.resolved_scenario().checks()) {
    if (!check.has_flow()) continue;
    const v1::FlowCheck& asked = check.flow();
    RIG_TRY_ASSIGN(const check::Signals signals, check::LoadSignals(trace, {asked.volume()}));
    const auto channel = signals.channels.find(asked.volume());
    const check::Steps none;
    const auto flow = therapy::AnalyseFlow(
        therapy::VolumeOf(asked.step_volume(),
                          channel == signals.channels.end() ? none : channel->second.steps()),
        signals.end, asked.set_rate(), therapy::TimingOf(asked));
    figures += flow ? FlowFigure(check, *flow)
                    : fmt::format("<p class=\"note\">No trumpet curve of <code>{}</code>: {}</p>\n",
                                  Escape(check.id()), Escape(flow.error().message));
  }
  return figures;
}

}  // namespace rig
