#include <fmt/format.h>

#include <charconv>

#include "sim_signals/wfdb.h"

namespace rig {
namespace {

// More signals than any recorder has; a header that asks for more is not believed.
constexpr std::int64_t kMaxSignals = 4096;
constexpr std::int64_t kMaxFrames = std::int64_t{1} << 40;

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
  Status ParseSignalLine(std::string_view line, WfdbSignal& signal);
  Status ParseFormat(std::string_view word, WfdbSignal& signal);
  // Sets whether the word states the baseline.
  Status ParseGain(std::string_view word, WfdbSignal& signal, bool& has_baseline);
  Status CheckGroups(const WfdbHeader& header) const;

  std::string_view text_;
  const std::string& name_;
  int line_ = 0;
  std::int64_t signals_ = 0;
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

Status HeaderParser::ParseRecordLine(std::string_view line, WfdbHeader& header) {
  Fields fields(line);
  const std::string_view record = fields.Word();
  header.record = std::string(record);
  if (record.find('/') != std::string_view::npos) {
    return Refuse(fmt::format("record \"{}\" has several segments", record), "one segment",
                  Code::kUnimplemented);
  }
  if (!ParseWhole(fields.Word(), signals_) || signals_ < 1 || signals_ > kMaxSignals) {
    return Refuse("no usable number of signals", fmt::format("1 to {}", kMaxSignals));
  }
  // Frequency, then perhaps /counter frequency(base counter), which concern only the recorder's
  // tape.
  std::string_view frequency = fields.Word();
  if (!frequency.empty()) {
    const bool read = TakeNumber(frequency, header.sampling_hz) &&
                      (frequency.empty() || frequency.front() == '/') && header.sampling_hz > 0.0 &&
                      header.sampling_hz <= 1e7;
    if (!read) return Refuse("no usable sampling frequency", "hertz above 0, up to 1e7");
  }
  const std::string_view frames = fields.Word();
  if (!frames.empty()) {
    const bool read =
        ParseWhole(frames, header.frames) && header.frames >= 0 && header.frames <= kMaxFrames;
    if (!read) return Refuse(fmt::format("\"{}\" samples per signal", frames), "a count");
  }
  return {};  // base time and date may follow
}

Status HeaderParser::ParseFormat(std::string_view word, WfdbSignal& signal) {
  std::string_view rest = word;
  std::int64_t per_frame = 1;
  std::int64_t skew = 0;
  bool read = TakeNumber(rest, signal.format);
  if (read && Take(rest, 'x')) read = TakeNumber(rest, per_frame);
  if (read && Take(rest, ':')) read = TakeNumber(rest, skew);
  if (read && Take(rest, '+')) read = TakeNumber(rest, signal.byte_offset);
  if (!read || !rest.empty() || signal.byte_offset < 0 || signal.byte_offset > kMaxFrames) {
    return Refuse(fmt::format("format \"{}\"", word), "format[xSAMPLES][:SKEW][+OFFSET]");
  }
  if (signal.format != 16 && signal.format != 212) {
    return Refuse(fmt::format("{} is in format {}", signal.file, signal.format), "format 16 or 212",
                  Code::kUnimplemented);
  }
  if (per_frame != 1 || skew != 0) {
    return Refuse(
        fmt::format("{} has {} samples per frame and a skew of {}", signal.file, per_frame, skew),
        "one sample per frame and no skew", Code::kUnimplemented);
  }
  return {};
}

Status HeaderParser::ParseGain(std::string_view word, WfdbSignal& signal, bool& has_baseline) {
  std::string_view rest = word;
  bool read = TakeNumber(rest, signal.gain);
  if (read && Take(rest, '(')) {
    has_baseline = true;
    read = TakeNumber(rest, signal.baseline) && Take(rest, ')');
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

Status HeaderParser::ParseSignalLine(std::string_view line, WfdbSignal& signal) {
  Fields fields(line);
  signal.file = std::string(fields.Word());
  if (signal.file.find('/') != std::string::npos || signal.file == "-" || signal.file == "~") {
    return Refuse(fmt::format("signal file \"{}\"", signal.file), "a file beside the header");
  }
  RIG_TRY(ParseFormat(fields.Word(), signal));
  bool has_baseline = false;
  const std::string_view gain = fields.Word();
  if (!gain.empty()) RIG_TRY(ParseGain(gain, signal, has_baseline));
  // Resolution, zero, first value, checksum, block size: each optional if all after it are missing
  // too.
  std::int64_t numbers[5] = {};
  int count = 0;
  while (count < 5) {
    const std::string_view word = fields.Word();
    if (word.empty()) break;
    const bool read = ParseWhole(word, numbers[count]) && numbers[count] >= INT32_MIN &&
                      numbers[count] <= INT32_MAX;
    if (!read)
      return Refuse(fmt::format("\"{}\" in the description of a signal", word), "a whole number");
    ++count;
  }
  if (!has_baseline) signal.baseline = numbers[1];
  if (count > 2) signal.initial_value = static_cast<std::int32_t>(numbers[2]);
  if (count > 3) signal.checksum = static_cast<std::uint16_t>(numbers[3]);
  signal.description = std::string(fields.Rest());
  return {};
}

Status HeaderParser::CheckGroups(const WfdbHeader& header) const {
  const auto& signals = header.signals;
  for (std::size_t i = 1; i < signals.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (signals[i].file != signals[j].file) continue;
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

Result<WfdbHeader> HeaderParser::Parse() {
  WfdbHeader header;
  std::string_view line;
  if (!NextLine(line)) return Refuse("no record line", "RECORD SIGNALS [FREQUENCY [SAMPLES …]]");
  RIG_TRY(ParseRecordLine(line, header));
  for (std::int64_t i = 0; i < signals_; ++i) {
    if (!NextLine(line)) {
      return Refuse(fmt::format("{} signals described", i), fmt::format("{}", signals_));
    }
    WfdbSignal signal;
    RIG_TRY(ParseSignalLine(line, signal));
    header.signals.push_back(std::move(signal));
  }
  RIG_TRY(CheckGroups(header));
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
