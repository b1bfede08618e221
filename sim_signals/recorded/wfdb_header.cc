#include "sim_signals/recorded/wfdb_header.h"

#include <fmt/format.h>

#include <charconv>

#include "sim_signals/recorded/recording.h"
#include "sim_signals/recorded/wfdb_format.h"

namespace rig {
namespace {

// Every segment takes a line, and headers are of limited size.
constexpr std::int64_t kMaxSegments = 1 << 18;

// One header line, taken apart from left to right.
class Fields {
 public:
  explicit Fields(std::string_view text) : text_(text) {}

  // The next word; empty at the end.
  std::string_view Word() {
    SkipBlanks();
    const std::size_t end = std::min(text_.find_first_of(" \t"), text_.size());
    const std::string_view word = text_.substr(0, end);
    text_.remove_prefix(end);
    return word;
  }
  std::string_view Rest() {
    SkipBlanks();
    return text_;
  }

 private:
  void SkipBlanks() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t"), text_.size())); }
  std::string_view text_;
};

// Takes a number off the front of `text`.
template <typename Number>
bool TakeNumber(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool Take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

template <typename Number>
bool ParseWhole(std::string_view word, Number& number) {
  return TakeNumber(word, number) && word.empty();
}

class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& name) : text_(text), name_(name) {}
  Result<WfdbHeader> Parse();

 private:
  // The next line that is neither empty nor a comment, without its line end.
  bool NextLine(std::string_view& line);
  tl::unexpected<Error> Refuse(std::string_view what, std::string_view expected,
                               Code code = Code::kInvalidArgument) const {
    return MakeError(code, fmt::format("{}:{}: {}; expected {}", name_, line_, what, expected));
  }
  Status ParseRecordLine(std::string_view line, WfdbHeader& header);
  Status ParseSegmentCount(std::string_view record, WfdbHeader& header);
  Status ParseTime(std::string_view time, std::string_view date, WfdbHeader& header);
  Status ParseSegmentLine(std::string_view line, WfdbSegment& segment);
  Status ParseSegments(WfdbHeader& header);
  Status ParseSignals(WfdbHeader& header);
  Status ParseSignalLine(std::string_view line, WfdbSignal& signal);
  Status ParseNumbers(Fields& fields, WfdbSignal& signal, bool has_baseline);
  Status ParseFormat(std::string_view word, WfdbSignal& signal);
  // Sets whether the word states the baseline.
  Status ParseGain(std::string_view word, WfdbSignal& signal, bool& has_baseline);
  Status CheckGroups(const WfdbHeader& header) const;

  std::string_view text_;
  const std::string& name_;
  int line_ = 0;
  std::int64_t signals_ = 0;
  std::int64_t segments_ = 0;
};

bool HeaderParser::NextLine(std::string_view& line) {
  while (!text_.empty()) {
    ++line_;
    const std::size_t end = std::min(text_.find('\n'), text_.size());
    line = text_.substr(0, end);
    text_.remove_prefix(std::min(end + 1, text_.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    const std::size_t first = line.find_first_not_of(" \t");
    if (first != std::string_view::npos && line[first] != '#') return true;
  }
  return false;
}

Status HeaderParser::ParseSegmentCount(std::string_view record, WfdbHeader& header) {
  const std::size_t slash = record.find('/');
  header.record = std::string(record.substr(0, slash));
  if (slash == std::string_view::npos) return {};
  const bool read = ParseWhole(record.substr(slash + 1), segments_) && segments_ >= 1 &&
                    segments_ <= kMaxSegments;
  if (read) return {};
  return Refuse(fmt::format("record \"{}\"", record),
                fmt::format("RECORD or RECORD/SEGMENTS, 1 to {} segments", kMaxSegments));
}

// HH:MM:SS[.SSS] or H:M:S, then DD/MM/YYYY. Elapsed times ("0:0") of other forms say nothing.
Status HeaderParser::ParseTime(std::string_view time, std::string_view date, WfdbHeader& header) {
  if (time.empty()) return {};
  int hour = 0, minute = 0, day = 0, month = 0, year = 0;
  double second = 0.0;
  std::string_view rest = time;
  bool read = TakeNumber(rest, hour);
  if (read && Take(rest, ':')) read = TakeNumber(rest, minute);
  if (read && Take(rest, ':')) read = TakeNumber(rest, second);
  read = read && rest.empty() && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 &&
         second >= 0.0 && second < 60.0;
  if (!read) return Refuse(fmt::format("base time \"{}\"", time), "HH:MM:SS");
  const auto whole = static_cast<int>(second);
  header.start = fmt::format("{:02}:{:02}:{:02}", hour, minute, whole);
  if (second > whole) header.start += fmt::format("{:.9g}", second - whole).substr(1);
  if (date.empty()) return {};
  rest = date;
  read = TakeNumber(rest, day) && Take(rest, '/') && TakeNumber(rest, month) && Take(rest, '/') &&
         TakeNumber(rest, year) && rest.empty() && day >= 1 && day <= 31 && month >= 1 &&
         month <= 12 && year >= 0 && year <= 9999;
  if (!read) return Refuse(fmt::format("base date \"{}\"", date), "DD/MM/YYYY");
  header.start = fmt::format("{:04}-{:02}-{:02}T{}", year, month, day, header.start);
  return {};
}

Status HeaderParser::ParseRecordLine(std::string_view line, WfdbHeader& header) {
  Fields fields(line);
  RIG_TRY(ParseSegmentCount(fields.Word(), header));
  if (!ParseWhole(fields.Word(), signals_) || signals_ < 1 || signals_ > kMaxRecordingChannels) {
    return Refuse("no usable number of signals", fmt::format("1 to {}", kMaxRecordingChannels));
  }
  // Frequency, then perhaps /counter frequency(base counter), which concern only the recorder's
  // tape.
  std::string_view frequency = fields.Word();
  if (!frequency.empty()) {
    const bool read = TakeNumber(frequency, header.sampling_hz) &&
                      (frequency.empty() || frequency.front() == '/') && header.sampling_hz > 0.0 &&
                      header.sampling_hz <= kMaxRecordingRate;
    if (!read) return Refuse("no usable sampling frequency", "hertz above 0, up to 1e7");
  }
  const std::string_view frames = fields.Word();
  if (!frames.empty()) {
    const bool read = ParseWhole(frames, header.frames) && header.frames >= 0 &&
                      header.frames <= kMaxRecordingSamples;
    if (!read) return Refuse(fmt::format("\"{}\" samples per signal", frames), "a count");
  }
  const std::string_view time = fields.Word();
  return ParseTime(time, fields.Word(), header);
}

Status HeaderParser::ParseFormat(std::string_view word, WfdbSignal& signal) {
  std::string_view rest = word;
  bool read = TakeNumber(rest, signal.format);
  if (read && Take(rest, 'x')) read = TakeNumber(rest, signal.samples_per_frame);
  if (read && Take(rest, ':')) read = TakeNumber(rest, signal.skew);
  if (read && Take(rest, '+')) read = TakeNumber(rest, signal.byte_offset);
  const bool usable = read && rest.empty() && signal.byte_offset >= 0 &&
                      signal.byte_offset <= kMaxRecordingSamples && signal.skew >= 0 &&
                      signal.skew <= kMaxRecordingSamples && signal.samples_per_frame >= 1 &&
                      signal.samples_per_frame <= kMaxFrameSamples;
  if (!usable) {
    return Refuse(fmt::format("format \"{}\"", word),
                  fmt::format("FORMAT[xSAMPLES][:SKEW][+OFFSET], up to {} samples per frame",
                              kMaxFrameSamples));
  }
  const bool none = signal.format == 0 && signal.file == "~";
  if (none || FindWfdbFormat(signal.format) != nullptr) return {};
  return Refuse(fmt::format("{} is in format {}", signal.file, signal.format),
                "one of " + WfdbFormatNumbers(), Code::kUnimplemented);
}

Status HeaderParser::ParseGain(std::string_view word, WfdbSignal& signal, bool& has_baseline) {
  std::string_view rest = word;
  bool read = TakeNumber(rest, signal.gain);
  if (read && Take(rest, '(')) {
    has_baseline = true;
    read = TakeNumber(rest, signal.baseline) && Take(rest, ')') && signal.baseline >= INT32_MIN &&
           signal.baseline <= INT32_MAX;
  }
  if (read && Take(rest, '/')) {
    signal.unit = std::string(rest);
    read = !rest.empty();
    rest = {};
  }
  // A gain of 0 says "not calibrated", and then 200 per mV.
  if (read && signal.gain == 0.0) signal.gain = 200.0;
  const bool finite = signal.gain - signal.gain == 0.0;
  if (!read || !rest.empty() || !finite) {
    return Refuse(fmt::format("gain \"{}\"", word), "COUNTS[(BASELINE)][/UNIT]");
  }
  return {};
}

// Resolution, zero, first value, checksum, block size: each optional if all after it are missing
// too.
Status HeaderParser::ParseNumbers(Fields& fields, WfdbSignal& signal, bool has_baseline) {
  std::int64_t numbers[5] = {};
  int count = 0;
  while (count < 5) {
    const std::string_view word = fields.Word();
    if (word.empty()) break;
    const bool read = ParseWhole(word, numbers[count]) && numbers[count] >= INT32_MIN &&
                      numbers[count] <= INT32_MAX;
    if (!read) {
      return Refuse(fmt::format("\"{}\" in the description of a signal", word), "a whole number");
    }
    ++count;
  }
  signal.resolution_bits = static_cast<int>(numbers[0]);
  signal.zero = numbers[1];
  if (!has_baseline) signal.baseline = numbers[1];
  if (count > 2) signal.initial_value = static_cast<std::int32_t>(numbers[2]);
  if (count > 3) signal.checksum = static_cast<std::uint16_t>(numbers[3]);
  return {};
}

Status HeaderParser::ParseSignalLine(std::string_view line, WfdbSignal& signal) {
  Fields fields(line);
  signal.file = std::string(fields.Word());
  if (signal.file.find('/') != std::string::npos || signal.file == "-") {
    return Refuse(fmt::format("signal file \"{}\"", signal.file), "a file beside the header");
  }
  RIG_TRY(ParseFormat(fields.Word(), signal));
  bool has_baseline = false;
  const std::string_view gain = fields.Word();
  if (!gain.empty()) RIG_TRY(ParseGain(gain, signal, has_baseline));
  RIG_TRY(ParseNumbers(fields, signal, has_baseline));
  const std::string_view rest = fields.Rest();
  signal.description = std::string(rest.substr(0, rest.find_last_not_of(" \t") + 1));
  return {};
}

Status HeaderParser::ParseSegmentLine(std::string_view line, WfdbSegment& segment) {
  Fields fields(line);
  segment.record = std::string(fields.Word());
  const bool read = ParseWhole(fields.Word(), segment.frames) && segment.frames >= 0 &&
                    segment.frames <= kMaxRecordingSamples && fields.Rest().empty() &&
                    segment.record.find('/') == std::string::npos;
  if (!read)
    return Refuse(fmt::format("segment \"{}\"", line), "RECORD SAMPLES, beside the header");
  return {};
}

Status HeaderParser::CheckGroups(const WfdbHeader& header) const {
  const auto& signals = header.signals;
  for (std::size_t i = 1; i < signals.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (signals[i].file != signals[j].file || signals[i].file == "~") continue;
      const bool together = signals[i - 1].file == signals[i].file &&
                            signals[j].format == signals[i].format &&
                            signals[j].byte_offset == signals[i].byte_offset;
      if (together) break;
      return MakeError(
          Code::kInvalidArgument,
          fmt::format("{}: signals {} and {} in {} differ in format or offset or stand apart; "
                      "expected signals of one file in a row and alike",
                      name_, j, i, signals[i].file));
    }
  }
  return {};
}

Status HeaderParser::ParseSegments(WfdbHeader& header) {
  header.segment_signals = static_cast<std::size_t>(signals_);
  std::string_view line;
  std::int64_t frames = 0;
  for (std::int64_t i = 0; i < segments_; ++i) {
    if (!NextLine(line)) {
      return Refuse(fmt::format("{} segments named", i), fmt::format("{}", segments_));
    }
    WfdbSegment segment;
    RIG_TRY(ParseSegmentLine(line, segment));
    if (segment.frames == 0 && (i > 0 || segment.record == "~")) {
      return Refuse(fmt::format("segment {} of 0 samples", segment.record),
                    "a length, or a layout in the first place");
    }
    frames = std::min(frames + segment.frames, 2 * kMaxRecordingSamples);
    header.segments.push_back(std::move(segment));
  }
  if (header.frames == 0) header.frames = frames;
  if (header.frames == frames && frames > 0 && frames <= kMaxRecordingSamples) return {};
  return Refuse(fmt::format("segments of {} samples in all", frames),
                fmt::format("{}, as the first line says", header.frames));
}

Status HeaderParser::ParseSignals(WfdbHeader& header) {
  std::string_view line;
  std::int64_t frame_samples = 0;
  for (std::int64_t i = 0; i < signals_; ++i) {
    if (!NextLine(line)) {
      return Refuse(fmt::format("{} signals described", i), fmt::format("{}", signals_));
    }
    WfdbSignal signal;
    RIG_TRY(ParseSignalLine(line, signal));
    frame_samples += signal.samples_per_frame;
    if (frame_samples > kMaxFrameSamples) {
      return Refuse(fmt::format("frames of {} samples", frame_samples),
                    fmt::format("at most {}", kMaxFrameSamples));
    }
    header.signals.push_back(std::move(signal));
  }
  return CheckGroups(header);
}

Result<WfdbHeader> HeaderParser::Parse() {
  WfdbHeader header;
  std::string_view line;
  if (!NextLine(line)) return Refuse("no record line", "RECORD SIGNALS [FREQUENCY [SAMPLES …]]");
  RIG_TRY(ParseRecordLine(line, header));
  if (segments_ > 0) {
    RIG_TRY(ParseSegments(header));
  } else {
    RIG_TRY(ParseSignals(header));
  }
  return header;
}

}  // namespace

Result<WfdbHeader> ParseWfdbHeader(std::string_view text, const std::string& name) {
  return HeaderParser(text, name).Parse();
}

WfdbFileGroup GroupOf(const WfdbHeader& header, std::size_t index) {
  const auto& signals = header.signals;
  WfdbFileGroup group{index, 1};
  while (group.first > 0 && signals[group.first - 1].file == signals[index].file) --group.first;
  while (group.first + group.size < signals.size() &&
         signals[group.first + group.size].file == signals[index].file) {
    ++group.size;
  }
  return group;
}

}  // namespace rig
