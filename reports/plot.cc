#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "reports/channel_picture.h"
#include "reports/reports.h"
#include "rig/base/units.h"

namespace rig {
namespace {

constexpr int kLeast = 40;
constexpr int kMost = 1000;
constexpr int kGutter = 12;               // scale left of a curve
constexpr int kCurveRows = 4;             // characters
constexpr int kDotRows = 4 * kCurveRows;  // a braille character has 4 × 2 dots
constexpr std::size_t kMostTexts = 5;

// Bits of a braille character's dots, U+2800: row by row, left and right.
constexpr std::array<std::array<unsigned, 2>, 4> kDot = {
    {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};

std::string Braille(unsigned dots) {
  // U+2800 + dots in UTF-8.
  const unsigned code = 0x2800 + dots;
  return {static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3F)),
          static_cast<char>(0x80 | (code & 0x3F))};
}

// Right-aligned in the gutter.
std::string Gutter(const std::string& text) {
  const auto shown = static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  }));
  return std::string(static_cast<std::size_t>(std::max(kGutter - 1 - shown, 0)), ' ') + text + ' ';
}

std::string Curve(const ChannelPicture& picture, const std::string& unit) {
  const std::size_t width = picture.columns.size() / 2;
  std::vector<std::vector<unsigned>> cells(kCurveRows, std::vector<unsigned>(width));
  const double span = picture.high > picture.low ? picture.high - picture.low : 1.0;
  const auto row_of = [&](double value) {
    const double from_top = (picture.high - value) / span * (kDotRows - 1);
    return std::clamp(static_cast<int>(std::lround(from_top)), 0, kDotRows - 1);
  };
  for (std::size_t x = 0; x < 2 * width; ++x) {
    const Column& column = picture.columns[x];
    if (!column.known) continue;
    for (int row = row_of(column.high); row <= row_of(column.low); ++row) {
      cells[static_cast<std::size_t>(row / 4)][x / 2] |=
          kDot[static_cast<std::size_t>(row % 4)][x % 2];
    }
  }
  std::string text;
  for (std::size_t row = 0; row < kCurveRows; ++row) {
    const bool top = row == 0;
    const bool bottom = row + 1 == kCurveRows;
    text += Gutter(top      ? DisplayPoint(picture.high, unit, 3)
                   : bottom ? DisplayPoint(picture.low, unit, 3)
                            : "");
    for (const unsigned dots : cells[row]) text += Braille(dots);
    text += '\n';
  }
  return text;
}

// Active, inactive, both within one character, unknown.
std::string Digital(const ChannelPicture& picture) {
  std::string text = Gutter("0/1");
  for (std::size_t x = 0; x + 1 < picture.columns.size(); x += 2) {
    const Column& a = picture.columns[x];
    const Column& b = picture.columns[x + 1];
    const bool known = a.known || b.known;
    const bool active = (a.known && a.high > 0) || (b.known && b.high > 0);
    const bool inactive = (a.known && a.low < 1) || (b.known && b.low < 1);
    text += !known ? " " : active && inactive ? "▓" : active ? "█" : "▁";
  }
  return text + '\n';
}

// What a device says must not steer the terminal.
std::string Printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text;
}

std::string Texts(const std::vector<TextPoint>& lines) {
  std::string text;
  for (std::size_t i = 0; i < std::min(lines.size(), kMostTexts); ++i) {
    text += fmt::format("{}{}\n", Gutter(fmt::format("{:.3f} s", Seconds(lines[i].t))),
                        Printable(lines[i].text));
  }
  if (lines.size() > kMostTexts) {
    text += fmt::format("{}… {} more lines\n", Gutter(""), lines.size() - kMostTexts);
  }
  return text;
}

std::string Axis(const Stretch& stretch, std::size_t width) {
  std::string line;
  for (std::size_t x = 0; x < width; ++x) line += "─";
  std::string labels(width + 16, ' ');
  std::size_t free_from = 0;
  for (const TimeTick& tick : TimeTicks(stretch, static_cast<int>(width / 12) + 1)) {
    const auto x = static_cast<std::size_t>(tick.at * static_cast<double>(width - 1));
    if (x < free_from) continue;
    line.replace(3 * x, 3, "┬");
    labels.replace(x, tick.label.size(), tick.label);
    free_from = x + tick.label.size() + 1;
  }
  labels.erase(labels.find_last_not_of(' ') + 1);
  return Gutter("") + line + '\n' + Gutter("time") + labels + '\n';
}

}  // namespace

Result<std::string> PlotTrace(const TraceReader& trace, const std::vector<std::string>& channels,
                              int columns) {
  const auto width = static_cast<std::size_t>(std::clamp(columns, kLeast, kMost) - kGutter);
  const Stretch stretch{RunTime(), std::max(trace.end(), AtNanoseconds(1))};
  std::string text;
  for (const std::string& name : channels.empty() ? trace.Names() : channels) {
    const v1::ChannelIndex* index = trace.Find(name);
    if (index == nullptr) {
      return MakeError(Code::kNotFound, fmt::format("no channel \"{}\" in the trace", name));
    }
    text += name + '\n';
    if (index->kind() == v1::TEXT) {
      RIG_TRY_ASSIGN(const std::vector<TextPoint> lines, trace.ReadText(name));
      text += Texts(lines);
      continue;
    }
    RIG_TRY_ASSIGN(const ChannelPicture picture, ReadPicture(trace, name, stretch, 2 * width));
    const bool digital = index->kind() == v1::STEP && picture.two_valued && !picture.constant();
    if (!picture.known) {
      text += Gutter("") + "no values\n";
    } else if (digital) {
      text += Digital(picture);
    } else if (picture.constant()) {
      text += Gutter("") + "always " + DisplayPoint(picture.low, index->unit()) + '\n';
    } else {
      text += Curve(picture, index->unit());
    }
  }
  return text + Axis(stretch, width);
}

}  // namespace rig
