#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "rig/base/digest.h"
#include "rig/base/units.h"
#include "rig/controller/calibrate.h"

namespace rig {
namespace {

constexpr std::size_t kLargest = 1u << 20;  // bytes

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

Result<double> Volts(std::string_view text) {
  RIG_TRY_ASSIGN(const PhysicalQuantity quantity, ParseQuantity(text));
  static const Dimension volts = ParseUnit("V")->dimension;
  if (quantity.dimension == volts) return quantity.si;
  return MakeError(Code::kInvalidArgument,
                   fmt::format("\"{}\"; expected volts, such as \"1.2503 V\"", text));
}

}  // namespace

Result<ReadingsFile> ReadingsFile::Load(const std::string& file) {
  RIG_TRY_ASSIGN(const std::string text, ReadFile(file, kLargest));
  return Parse(text, file);
}

Result<ReadingsFile> ReadingsFile::Parse(const std::string& text, const std::string& file) {
  ReadingsFile readings;
  readings.file_ = file;
  std::string_view rest = text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    line = Trimmed(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    const auto refuse = [&](const std::string& what) {
      return MakeError(Code::kInvalidArgument, fmt::format("{}:{}: {}", file, number, what));
    };
    const std::size_t first = line.find(',');
    const std::size_t second = first == line.npos ? line.npos : line.find(',', first + 1);
    if (second == line.npos || line.find(',', second + 1) != line.npos) {
      return refuse("expected \"channel, level asked, reading\", such as \"0, 1.25 V, 1.2503 V\"");
    }
    const std::string_view channel_text = Trimmed(line.substr(0, first));
    Line parsed{.number = number, .channel = 0, .asked_v = 0, .reading_v = 0, .used = false};
    const char* const stop = channel_text.data() + channel_text.size();
    const auto read = std::from_chars(channel_text.data(), stop, parsed.channel);
    if (read.ec != std::errc() || read.ptr != stop) {
      return refuse(fmt::format("channel \"{}\"; expected a number from 0", channel_text));
    }
    const auto asked = Volts(Trimmed(line.substr(first + 1, second - first - 1)));
    if (!asked) return refuse("level asked: " + asked.error().message);
    const auto reading = Volts(Trimmed(line.substr(second + 1)));
    if (!reading) return refuse("reading: " + reading.error().message);
    parsed.asked_v = *asked;
    parsed.reading_v = *reading;
    readings.lines_.push_back(parsed);
  }
  return readings;
}

Result<double> ReadingsFile::Read(const MeterReading& wanted) {
  for (Line& line : lines_) {
    const bool meant = !line.used && line.channel == wanted.channel &&
                       std::fabs(line.asked_v - wanted.asked_v) <= 1e-6;
    if (!meant) continue;
    line.used = true;
    if (IsPlausible(wanted, line.reading_v)) return line.reading_v;
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("{}:{}: {} read at {}; expected it within {}: wrong channel, "
                    "range or decimal point?",
                    file_, line.number, Display(line.reading_v, "V", 6),
                    Display(wanted.fixture_v, "V", 6), Display(wanted.plausible_v, "V")));
  }
  return MakeError(Code::kInvalidArgument,
                   fmt::format("{}: no reading {} of channel {} at {}; expected a line \"{}, {} V, "
                               "<reading>\"",
                               file_, wanted.repeat, wanted.channel,
                               Display(wanted.asked_v, "V", 6), wanted.channel, wanted.asked_v));
}

Status ReadingsFile::CheckAllUsed() const {
  for (const Line& line : lines_) {
    if (line.used) continue;
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}:{}: nobody asked for channel {} at {}; expected the levels, "
                                 "channels and repeats of this calibration",
                                 file_, line.number, line.channel, Display(line.asked_v, "V", 6)));
  }
  return {};
}

}  // namespace rig
