#include "sim_signals/recorded/wfdb_calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sim_signals/recorded/text.h"

namespace rig {
namespace {

constexpr std::int64_t kMostSamples = 1 << 24;  // of pulses: hours at any rate

// "-" is none. False for what is neither that nor a number.
bool ParseBound(std::string_view text, std::optional<double>& bound) {
  double value = 0.0;
  if (text == "-") return true;
  if (!ParseNumber(text, value)) return false;
  bound = value;
  return true;
}

bool ParsePulse(std::string_view text, WfdbCalibration::Pulse& pulse) {
  using Pulse = WfdbCalibration::Pulse;
  constexpr std::pair<std::string_view, Pulse> kPulses[] = {
      {"sine", Pulse::kSine}, {"square", Pulse::kSquare}, {"undefined", Pulse::kUndefined}};
  for (const auto& [name, value] : kPulses) {
    if (name != text) continue;
    pulse = value;
    return true;
  }
  return false;
}

// The words of a text; one more than there may be where there are too many.
std::vector<std::string_view> Words(std::string_view text, std::size_t most) {
  std::vector<std::string_view> words;
  while (words.size() <= most) {
    text = Trimmed(text);
    if (text.empty()) break;
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

// What is wrong with a line; empty: nothing.
std::string ParseEntry(std::string_view line, WfdbCalibration& entry) {
  const std::size_t tab = line.find('\t');
  if (tab == std::string_view::npos || tab == 0) return "no description before a tab";
  entry.description = line.substr(0, tab);
  const auto words = Words(line.substr(tab + 1), 5);
  if (words.size() != 5) return "not five words behind the tab";
  if (!ParseBound(words[0], entry.low)) return fmt::format("LOW \"{}\"", words[0]);
  if (!ParseBound(words[1], entry.high)) return fmt::format("HIGH \"{}\"", words[1]);
  if (!ParsePulse(words[2], entry.pulse)) return fmt::format("TYPE \"{}\"", words[2]);
  if (!ParseNumber(words[3], entry.scale) || !(entry.scale > 0.0)) {
    return fmt::format("SCALE \"{}\"", words[3]);
  }
  entry.unit = PlainUnit(words[4]);
  const auto size = entry.size();
  if (size && !(*size > 0.0)) return "a HIGH that is not above LOW";
  return {};
}

}  // namespace

std::optional<double> WfdbCalibration::size() const {
  if (!high) return std::nullopt;
  return *high - low.value_or(0.0);
}

Result<std::vector<WfdbCalibration>> ParseWfdbCalibration(std::string_view text,
                                                          const std::string& name) {
  std::vector<WfdbCalibration> entries;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (Trimmed(line).empty() || line.starts_with('#')) continue;
    WfdbCalibration entry;
    entry.line = number;
    const std::string wrong = ParseEntry(line, entry);
    if (!wrong.empty()) {
      return MakeError(Code::kInvalidArgument,
                       fmt::format("{}:{}: {}; expected \"DESC<tab>LOW HIGH TYPE SCALE UNITS\", "
                                   "\"ECG<tab>- 1 sine 1 mV\"",
                                   name, number, wrong));
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

const WfdbCalibration* FindCalibration(const std::vector<WfdbCalibration>& calibrations,
                                       const RecordingChannel& channel) {
  const auto found = std::find_if(calibrations.begin(), calibrations.end(),
                                  [&](const WfdbCalibration& calibration) {
                                    return channel.name.starts_with(calibration.description) &&
                                           channel.unit == calibration.unit;
                                  });
  return found == calibrations.end() ? nullptr : &*found;
}

Result<double> MeasurePulses(Recording& recording, std::size_t channel, std::int64_t first,
                             std::int64_t last, WfdbCalibration::Pulse pulse) {
  const std::string& file = recording.files().front().native();
  const bool some = first >= 0 && last > first && last - first <= kMostSamples;
  if (!some) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: pulses from sample {} to {}; expected some samples, at most "
                                 "{}",
                                 file, first, last, kMostSamples));
  }
  std::vector<double> values(static_cast<std::size_t>(last - first));
  RIG_TRY(recording.Read(channel, first, values));
  std::erase_if(values, [](double v) { return std::isnan(v); });
  std::sort(values.begin(), values.end());
  if (values.empty() || !(values.back() > values.front())) {
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("{}: nothing moves from sample {} to {}; expected pulses", file, first, last));
  }
  if (pulse != WfdbCalibration::Pulse::kSquare) return values.back() - values.front();
  const double middle = 0.5 * (values.front() + values.back());
  const auto below = std::upper_bound(values.begin(), values.end(), middle) - values.begin();
  const auto at = [&](std::ptrdiff_t i) { return values[static_cast<std::size_t>(i)]; };
  return at((below + std::ssize(values)) / 2) - at(below / 2);
}

}  // namespace rig
