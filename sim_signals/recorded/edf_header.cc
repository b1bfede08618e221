#include <fmt/format.h>

#include <chrono>

#include "sim_signals/recorded/edf.h"
#include "sim_signals/recorded/text.h"

namespace rig {
namespace {

constexpr std::string_view kEdfVersion = "0       ";
constexpr std::string_view kBdfVersion =
    "\xFF"
    "BIOSEMI";

class Parser {
 public:
  Parser(std::istream& stream, const std::string& name) : stream_(stream), name_(name) {}
  Result<EdfHeader> Parse();

 private:
  tl::unexpected<Error> Refuse(std::string_view field, std::string_view text,
                               std::string_view expected) const {
    return MakeError(Code::kInvalidArgument, fmt::format("{}: {}{} is \"{}\"; expected {}", name_,
                                                         signal_, field, text, expected));
  }
  // The next field of this many bytes, without blanks at its end.
  Result<std::string> Text(std::size_t size, std::string_view field);
  Result<std::int64_t> Whole(std::size_t size, std::string_view field, std::int64_t low,
                             std::int64_t high);
  Result<double> Number(std::size_t size, std::string_view field);
  Status ParseStart(EdfHeader& header);
  Status ParseFixed(EdfHeader& header, std::int64_t& signals);
  // One field of every signal, with `read` for each.
  template <typename Read>
  Status ForEach(EdfHeader& header, Read read);
  Status ParseSignals(EdfHeader& header);
  Status CheckSignals(EdfHeader& header);

  std::istream& stream_;
  const std::string& name_;
  std::string signal_;  // "signal 3, " while signals are read
};

Result<std::string> Parser::Text(std::size_t size, std::string_view field) {
  std::string text(size, '\0');
  stream_.read(text.data(), static_cast<std::streamsize>(size));
  if (stream_.gcount() != static_cast<std::streamsize>(size)) {
    return MakeError(Code::kDataLoss, fmt::format("{}: ends within {}{}", name_, signal_, field));
  }
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 32 && byte != 127) continue;
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: {}{} holds a byte {:#04x}; expected printable text", name_,
                                 signal_, field, byte));
  }
  return std::string(Trimmed(text));
}

Result<std::int64_t> Parser::Whole(std::size_t size, std::string_view field, std::int64_t low,
                                   std::int64_t high) {
  RIG_TRY_ASSIGN(const std::string text, Text(size, field));
  std::int64_t number = 0;
  if (ParseNumber(text, number) && number >= low && number <= high) return number;
  return Refuse(field, text, fmt::format("a whole number from {} to {}", low, high));
}

Result<double> Parser::Number(std::size_t size, std::string_view field) {
  RIG_TRY_ASSIGN(const std::string text, Text(size, field));
  double number = 0.0;
  if (ParseNumber(text, number)) return number;
  return Refuse(field, text, "a number");
}

// "dd.mm.yyhh.mm.ss", 85..99 in the 20th century. Anonymous files have 00.00.00 or XX.XX.XX.
Status Parser::ParseStart(EdfHeader& header) {
  RIG_TRY_ASSIGN(const std::string date, Text(8, "start date"));
  RIG_TRY_ASSIGN(const std::string time, Text(8, "start time"));
  const auto part = [](const std::string& text, std::size_t i) {
    std::int64_t v = -1;
    return text.size() == 8 && ParseNumber(text.substr(3 * i, 2), v) ? static_cast<int>(v) : -1;
  };
  const int hour = part(time, 0), minute = part(time, 1), second = part(time, 2);
  const bool told =
      hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
  if (!told) return Refuse("start time", time, "hh.mm.ss");
  int year = part(date, 2);
  year += year >= 85 ? 1900 : 2000;
  const std::chrono::year_month_day day(std::chrono::year(year),
                                        std::chrono::month(static_cast<unsigned>(part(date, 1))),
                                        std::chrono::day(static_cast<unsigned>(part(date, 0))));
  if (!day.ok() || part(date, 2) < 0) return {};
  header.start = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", year, part(date, 1),
                             part(date, 0), hour, minute, second);
  return {};
}

Status Parser::ParseFixed(EdfHeader& header, std::int64_t& signals) {
  std::string version(8, '\0');
  stream_.read(version.data(), 8);
  header.bdf = version == kBdfVersion;
  if (version != kEdfVersion && !header.bdf) {
    return MakeError(Code::kInvalidArgument,
                     name_ +
                         ": begins like neither EDF nor BDF; expected \"0\" and seven blanks, "
                         "or 0xFF and \"BIOSEMI\"");
  }
  RIG_TRY_ASSIGN(header.patient, Text(80, "patient"));
  RIG_TRY_ASSIGN(header.recording, Text(80, "recording"));
  RIG_TRY(ParseStart(header));
  RIG_TRY_ASSIGN(const std::int64_t bytes, Whole(8, "bytes in the header", 256, 99'999'999));
  RIG_TRY_ASSIGN(const std::string reserved, Text(44, "reserved field"));
  const std::string_view kind = header.bdf ? "BDF+" : "EDF+";
  header.plus = reserved.starts_with(kind);
  header.discontinuous = header.plus && reserved.size() > 4 && reserved[4] == 'D';
  if (header.plus && !header.discontinuous && (reserved.size() < 5 || reserved[4] != 'C')) {
    return Refuse("reserved field", reserved, fmt::format("{0}C or {0}D", kind));
  }
  RIG_TRY_ASSIGN(header.records, Whole(8, "number of data records", -1, 99'999'999));
  RIG_TRY_ASSIGN(header.record_s, Number(8, "duration of a data record"));
  const bool usable = header.record_s >= 0.0 && header.record_s <= 1e7;
  if (!usable) {
    return Refuse("duration of a data record", fmt::format("{}", header.record_s), "0 to 1e7 s");
  }
  RIG_TRY_ASSIGN(signals, Whole(4, "number of signals", 1, kMaxRecordingChannels));
  if (bytes == 256 * (signals + 1)) return {};
  return Refuse(
      "bytes in the header", fmt::format("{}", bytes),
      fmt::format("{}, 256 and as many for each of {} signals", 256 * (signals + 1), signals));
}

template <typename Read>
Status Parser::ForEach(EdfHeader& header, Read read) {
  for (std::size_t i = 0; i < header.signals.size(); ++i) {
    signal_ = fmt::format("signal {}, ", i + 1);
    RIG_TRY(read(header.signals[i]));
  }
  signal_.clear();
  return {};
}

Status Parser::ParseSignals(EdfHeader& header) {
  using S = EdfSignal;
  const auto text = [&](std::size_t size, std::string_view field, std::string S::*to) {
    return ForEach(header, [&](S& s) -> Status {
      RIG_TRY_ASSIGN(s.*to, Text(size, field));
      return {};
    });
  };
  const auto number = [&](std::string_view field, double S::*to) {
    return ForEach(header, [&](S& s) -> Status {
      RIG_TRY_ASSIGN(s.*to, Number(8, field));
      return {};
    });
  };
  const auto whole = [&](std::string_view field, std::int64_t low, std::int64_t high,
                         std::int64_t S::*to) {
    return ForEach(header, [&](S& s) -> Status {
      RIG_TRY_ASSIGN(s.*to, Whole(8, field, low, high));
      return {};
    });
  };
  const std::int64_t most = header.bdf ? 8'388'607 : 32'767;
  RIG_TRY(text(16, "label", &S::label));
  RIG_TRY(text(80, "transducer", &S::transducer));
  RIG_TRY(text(8, "physical dimension", &S::unit));
  RIG_TRY(number("physical minimum", &S::physical_min));
  RIG_TRY(number("physical maximum", &S::physical_max));
  RIG_TRY(whole("digital minimum", -most - 1, most, &S::digital_min));
  RIG_TRY(whole("digital maximum", -most - 1, most, &S::digital_max));
  RIG_TRY(text(80, "prefiltering", &S::prefilter));
  RIG_TRY(whole("samples in a data record", 1, 99'999'999, &S::samples));
  std::string unused;
  return ForEach(header, [&](S&) -> Status {
    RIG_TRY_ASSIGN(unused, Text(32, "reserved field"));
    return {};
  });
}

Status Parser::CheckSignals(EdfHeader& header) {
  constexpr std::int64_t kMaxAnnotationBytes = 1 << 20;
  std::int64_t offset = 0;
  return ForEach(header, [&](EdfSignal& s) -> Status {
    s.byte_offset = offset;
    offset += s.samples * header.sample_bytes();
    s.annotations = header.plus && s.label == (header.bdf ? "BDF Annotations" : "EDF Annotations");
    if (s.annotations && s.samples * header.sample_bytes() > kMaxAnnotationBytes) {
      return Refuse("samples in a data record", fmt::format("{}", s.samples),
                    fmt::format("at most {} bytes of annotations", kMaxAnnotationBytes));
    }
    if (s.annotations) return {};
    if (s.digital_min >= s.digital_max) {
      return Refuse("digital maximum", fmt::format("{}", s.digital_max),
                    fmt::format("more than the minimum, {}", s.digital_min));
    }
    if (s.physical_min == s.physical_max) {
      return Refuse("physical maximum", fmt::format("{}", s.physical_max),
                    "another value than the minimum");
    }
    const bool rate_usable = header.record_s > 0.0 &&
                             static_cast<double>(s.samples) / header.record_s <= kMaxRecordingRate;
    if (rate_usable) return {};
    return Refuse("samples in a data record", fmt::format("{}", s.samples),
                  fmt::format("a rate of at most {} Hz in records of {} s", kMaxRecordingRate,
                              header.record_s));
  });
}

Result<EdfHeader> Parser::Parse() {
  EdfHeader header;
  std::int64_t signals = 0;
  RIG_TRY(ParseFixed(header, signals));
  header.signals.resize(static_cast<std::size_t>(signals));
  RIG_TRY(ParseSignals(header));
  RIG_TRY(CheckSignals(header));
  return header;
}

}  // namespace

bool IsEdf(std::string_view head) {
  return head.starts_with(kEdfVersion) || head.starts_with(kBdfVersion);
}

std::int64_t EdfHeader::record_bytes() const {
  return signals.empty() ? 0 : signals.back().byte_offset + signals.back().samples * sample_bytes();
}

Result<EdfHeader> ParseEdfHeader(std::istream& stream, const std::string& name) {
  return Parser(stream, name).Parse();
}

}  // namespace rig
