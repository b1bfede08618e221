#include "reports/html_waveform.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "reports/escape.h"
#include "reports/html_parts.h"
#include "rig/base/units.h"
#include "rig/record/record.h"

namespace rig {
namespace {

// User units; the page scales the picture to its width.
constexpr int kLabels = 190;
constexpr int kPlot = 900;  // one unit is one column
constexpr int kRight = 30;
constexpr int kTop = 22;
constexpr int kAxis = 24;
constexpr int kCurve = 54;
constexpr int kFlat = 15;
constexpr int kGap = 7;
constexpr int kHeading = 18;

constexpr Duration kLong = std::chrono::seconds(30);
constexpr Duration kExcerpt = std::chrono::seconds(10);

int HeightOf(const Lane& lane) { return lane.form == Lane::Form::kCurve ? kCurve : kFlat; }

std::string_view RoleTitle(Lane::Role role) {
  switch (role) {
    case Lane::Role::kStimulus:
      return "Stimulus";
    case Lane::Role::kResponse:
      return "Response";
    case Lane::Role::kTruth:
      return "Truth";
    case Lane::Role::kAlarm:
      break;
  }
  return "Outputs and alarms";
}

std::string_view RoleClass(Lane::Role role) {
  switch (role) {
    case Lane::Role::kStimulus:
      return "st";
    case Lane::Role::kResponse:
      return "re";
    case Lane::Role::kTruth:
      return "tr";
    case Lane::Role::kAlarm:
      break;
  }
  return "al";
}

int XOf(RunTime t, const Stretch& stretch) {
  const double at = static_cast<double>((t - stretch.from).count()) /
                    static_cast<double>((stretch.to - stretch.from).count());
  return kLabels + static_cast<int>(std::lround(std::clamp(at, 0.0, 1.0) * kPlot));
}

// A line through every column's lowest and highest value, in half units of height; as few
// characters as possible.
std::string CurvePath(const ChannelPicture& picture, double low, double high) {
  const auto y_of = [&](double value) {
    const double from_top = (high - value) / (high - low);
    return static_cast<int>(std::lround(std::clamp(from_top, 0.0, 1.0) * (2 * kCurve)));
  };
  std::string path;
  int y = -1;
  int pending = 0;  // columns to the right not yet drawn
  const auto advance = [&] {
    if (pending > 0) path += fmt::format("h{}", pending);
    pending = 0;
  };
  for (std::size_t x = 0; x < picture.columns.size(); ++x) {
    const Column& column = picture.columns[x];
    if (!column.known) {
      if (y >= 0) advance();
      y = -1;
      continue;
    }
    int near = y_of(column.high);
    int far = y_of(column.low);
    if (y < 0) {
      path += fmt::format("M{} {}", x, near);
      y = near;
    } else if (std::abs(far - y) < std::abs(near - y)) {
      std::swap(near, far);
    }
    for (const int to : {near, far}) {
      if (to == y) continue;
      advance();
      path += fmt::format("V{}", to);
      y = to;
    }
    ++pending;
  }
  advance();
  return path;
}

// Bars where the line was active throughout (`solid`), or for a part of the column.
std::string BarsPath(const ChannelPicture& picture, bool solid) {
  std::string path;
  const std::size_t count = picture.columns.size();
  const auto wanted = [&](std::size_t x) {
    const Column& column = picture.columns[x];
    return column.known && column.high > 0 && (column.low > 0) == solid;
  };
  for (std::size_t x = 0; x < count; ++x) {
    if (!wanted(x)) continue;
    std::size_t end = x + 1;
    while (end < count && wanted(end)) ++end;
    path += fmt::format("M{} 0h{}", x, end - x);
    x = end;
  }
  return path;
}

// A tick in every column in which the count went up.
std::string TicksPath(const ChannelPicture& picture) {
  std::string path;
  double last = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t x = 0; x < picture.columns.size(); ++x) {
    const Column& column = picture.columns[x];
    if (!column.known) continue;
    // What the count was before the picture begins is not known: no tick for what may be an old
    // value.
    const bool first = std::isnan(last) && x > 0;
    const bool rose = column.high > column.low || column.high > last;
    if (rose || first) path += fmt::format("M{} 0v1", x);
    last = column.high;
  }
  return path;
}

std::string LabelText(const Lane& lane) {
  if (lane.channels.size() < 2) return lane.label;
  return lane.label.substr(lane.label.find('.') + 1);
}

class SvgPicture {
 public:
  SvgPicture(const TraceReader& trace, const Stretch& stretch) : trace_(trace), stretch_(stretch) {}

  Status Add(const Lane& lane) {
    if (first_ || lane.role != role_) AddHeading(lane.role);
    first_ = false;
    role_ = lane.role;
    lanes_ += fmt::format("<g class=\"{}\"><text class=\"l\" x=\"{}\" y=\"{}\">{}</text>",
                          RoleClass(lane.role), kLabels - 8, y_ + HeightOf(lane) / 2 + 4,
                          Escape(LabelText(lane)));
    Status drawn = lane.form == Lane::Form::kCurve ? AddCurve(lane) : AddFlat(lane);
    lanes_ += "</g>\n";
    y_ += HeightOf(lane) + kGap;
    return drawn;
  }

  std::string Finish(const Stretch& shaded, const std::vector<TimeMark>& marks,
                     const std::string& id, const std::string& title) const;

 private:
  void AddHeading(Lane::Role role) {
    lanes_ +=
        fmt::format("<text class=\"h\" x=\"0\" y=\"{}\">{}</text>\n", y_ + 11, RoleTitle(role));
    y_ += kHeading;
  }

  Status AddCurve(const Lane& lane) {
    std::vector<ChannelPicture> pictures;
    for (const std::string& channel : lane.channels) {
      RIG_TRY_ASSIGN(pictures.emplace_back(), ReadPicture(trace_, channel, stretch_, kPlot));
    }
    lanes_ += fmt::format("<path class=\"f\" d=\"M{} {}h{}v{}h-{}z\"/>", kLabels, y_, kPlot, kCurve,
                          kPlot);
    const auto scale = [&](int y, double value) {
      lanes_ += fmt::format("<text class=\"s\" x=\"{}\" y=\"{}\">{}</text>", kLabels - 8, y,
                            Escape(DisplayPoint(value, lane.unit, 3)));
    };
    scale(y_ + 9, lane.high);
    scale(y_ + kCurve, lane.low);
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      lanes_ += fmt::format(
          "<path class=\"{}\" transform=\"translate({} {})scale(1 .5)\" "
          "d=\"{}\"><title>{}</title></path>",
          i + 1 < pictures.size() ? "c u" : "c", kLabels, y_,
          CurvePath(pictures[i], lane.low, lane.high), Escape(lane.channels[i]));
    }
    return {};
  }

  Status AddFlat(const Lane& lane) {
    const int middle = y_ + kFlat / 2;
    lanes_ += fmt::format("<path class=\"z\" d=\"M{} {}h{}\"/>", kLabels, y_ + kFlat, kPlot);
    for (std::size_t i = 0; i < lane.channels.size(); ++i) {
      RIG_TRY_ASSIGN(const ChannelPicture picture,
                     ReadPicture(trace_, lane.channels[i], stretch_, kPlot));
      const std::string title = Escape(lane.channels[i]);
      if (lane.form == Lane::Form::kTicks) {
        lanes_ += fmt::format(
            "<path class=\"t\" transform=\"translate({} {})scale(1 {})\" "
            "d=\"{}\"><title>{}</title></path>",
            kLabels, y_, kFlat, TicksPath(picture), title);
        continue;
      }
      for (const bool solid : {true, false}) {
        const std::string path = BarsPath(picture, solid);
        if (path.empty()) continue;
        lanes_ += fmt::format(
            "<path class=\"{}{}\" transform=\"translate({} {})\" d=\"{}\"><title>{}</title></path>",
            solid ? "b" : "b m", i == 0 ? "" : " o", kLabels, middle, path, title);
      }
    }
    return {};
  }

  const TraceReader& trace_;
  const Stretch stretch_;
  std::string lanes_;
  int y_ = kTop;
  bool first_ = true;
  Lane::Role role_ = Lane::Role::kStimulus;
};

std::string SvgPicture::Finish(const Stretch& shaded, const std::vector<TimeMark>& marks,
                               const std::string& id, const std::string& title) const {
  const int bottom = y_;
  std::string out = fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{}\"><title "
      "id=\"{}\">{}</title>\n",
      kLabels + kPlot + kRight, bottom + kAxis, id, id, Escape(title));
  for (const TimeTick& tick : TimeTicks(stretch_, 11)) {
    const int x = kLabels + static_cast<int>(std::lround(tick.at * kPlot));
    out += fmt::format(
        "<path class=\"g\" d=\"M{0} {1}V{2}\"/><text class=\"a\" x=\"{0}\" y=\"{3}\">{4}</text>\n",
        x, kTop, bottom, bottom + 16, tick.label);
  }
  if (shaded.to > shaded.from) {
    const int x = XOf(shaded.from, stretch_);
    out += fmt::format("<path class=\"w\" d=\"M{} {}h{}V{}h-{}z\"/>\n", x, kTop,
                       std::max(XOf(shaded.to, stretch_) - x, 2), bottom,
                       std::max(XOf(shaded.to, stretch_) - x, 2));
  }
  out += lanes_;
  int free_from = 0;
  for (const TimeMark& mark : marks) {
    if (mark.t < stretch_.from || mark.t > stretch_.to) continue;
    const int x = XOf(mark.t, stretch_);
    out += fmt::format("<g class=\"k\"><path d=\"M{} {}V{}\"><title>{}</title></path>", x, kTop - 6,
                       bottom, Escape(mark.label));
    // A label that would lie over another is left to the mark's title.
    const int width = 6 * static_cast<int>(mark.label.size());
    const bool left = x + width > kLabels + kPlot;
    const int begin = left ? x - width : x;
    if (begin >= free_from) {
      out += fmt::format("<text x=\"{}\" y=\"12\"{}>{}</text>", x, left ? " class=\"e\"" : "",
                         Escape(mark.label));
      free_from = begin + width + 6;
    }
    out += "</g>\n";
  }
  return out + "</svg>\n";
}

}  // namespace

Result<std::string> WaveformSvg(const TraceReader& trace, const std::vector<Lane>& lanes,
                                const Stretch& stretch, const Stretch& shaded,
                                const std::vector<TimeMark>& marks, const std::string& id,
                                const std::string& title) {
  SvgPicture picture(trace, stretch);
  for (const Lane& lane : lanes) RIG_TRY(picture.Add(lane));
  return picture.Finish(shaded, marks, id, title);
}

namespace {

// The failing check decided first; else the one with the smallest margin.
const v1::CheckResult* Decisive(const v1::RunRecord& record) {
  const v1::CheckResult* decisive = nullptr;
  for (const v1::CheckResult& check : record.checks()) {
    if (check.verdict() == v1::PASS || check.decided_at_ns() <= 0) continue;
    if (decisive == nullptr || check.decided_at_ns() < decisive->decided_at_ns()) decisive = &check;
  }
  if (decisive != nullptr) return decisive;
  double least = std::numeric_limits<double>::infinity();
  for (const v1::CheckResult& check : record.checks()) {
    for (const v1::Quantity* quantity : {&check.value(), &check.time()}) {
      if (quantity->known() && quantity->relative_margin() < least) {
        least = quantity->relative_margin();
        decisive = &check;
      }
    }
  }
  return decisive;
}

Stretch Around(RunTime t, RunTime end) {
  const RunTime latest = std::max(end - kExcerpt, RunTime());
  const RunTime from = std::clamp(t - kExcerpt / 2, RunTime(), latest);
  return {from, std::min(from + kExcerpt, end)};
}

std::string List(std::string_view what, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  std::string text = fmt::format("<p class=\"note\">{}: ", what);
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : ", ") + ("<code>" + Escape(names[i]) + "</code>");
  }
  return text + "</p>\n";
}

}  // namespace

Result<std::string> WaveformFigures(const TraceReader& trace, const v1::RunRecord& record) {
  RIG_TRY_ASSIGN(const LaneChoice choice, ChooseLanes(trace));
  const RunTime end = trace.end();
  if (choice.lanes.empty() || end <= RunTime()) {
    return "<p class=\"note\">The trace holds nothing that changes.</p>\n" +
           List("Constant", choice.constants) + List("Text", choice.texts);
  }
  std::vector<TimeMark> marks;
  for (const v1::CheckResult& check : record.checks()) {
    if (check.verdict() == v1::PASS || check.decided_at_ns() <= 0) continue;
    marks.push_back({AtNanoseconds(check.decided_at_ns()),
                     fmt::format("{} {}", VerdictText(check.verdict()), check.id())});
  }
  std::stable_sort(marks.begin(), marks.end(),
                   [](const TimeMark& a, const TimeMark& b) { return a.t < b.t; });
  const v1::CheckResult* decisive = Decisive(record);
  const bool excerpt = end - RunTime() > kLong && decisive != nullptr;
  const Stretch shaded =
      excerpt ? Around(AtNanoseconds(decisive->decided_at_ns()), end) : Stretch{};
  const std::string name = record.device() + "/" + record.scenario();
  RIG_TRY_ASSIGN(std::string svg, WaveformSvg(trace, choice.lanes, {RunTime(), end}, shaded, marks,
                                              html::Anchor("w", record.run()),
                                              "Waveforms of " + name + ", whole run"));
  std::string text = "<figure>" + svg +
                     "<figcaption>Whole run. Every column shows the lowest and the "
                     "highest value in it. Where both are there: pale what was commanded, thin "
                     "what was observed.</figcaption></figure>\n";
  if (excerpt) {
    RIG_TRY_ASSIGN(
        svg, WaveformSvg(trace, choice.lanes, shaded, {}, marks, html::Anchor("x", record.run()),
                         "Waveforms of " + name + ", 10 s around " + decisive->id()));
    text += fmt::format(
        "<figure>{}<figcaption>10 s around the instant that decided <code>{}</code> "
        "(shaded above).</figcaption></figure>\n",
        svg, Escape(decisive->id()));
  }
  return text + List("Constant", choice.constants) + List("Text", choice.texts) +
         List("Not drawn", choice.left_out);
}

}  // namespace rig
