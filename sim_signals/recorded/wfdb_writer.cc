#include "sim_signals/recorded/wfdb_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "rig/base/digest.h"
#include "sim_signals/recorded/wfdb_format.h"

namespace rig {
namespace {

tl::unexpected<Error> Refuse(const std::filesystem::path& path, const std::string& what) {
  return MakeError(Code::kInvalidArgument, path.string() + ": " + what);
}

bool IsWord(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c != 127; });
}

bool IsLine(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 127; }) &&
         !text.starts_with(' ') && !text.ends_with(' ');
}

Status Check(const std::filesystem::path& path, const WfdbHeader& record) {
  const bool any = !record.signals.empty() && record.sampling_hz > 0.0;
  if (path.extension() != ".hea" || !IsWord(path.stem().string()) || !any) {
    return Refuse(path, "expected NAME.hea, without blanks, for one signal at least");
  }
  for (const WfdbSignal& s : record.signals) {
    const bool known = (s.format == 16 || s.format == 212) && s.format == record.signals[0].format;
    if (!known) return Refuse(path, "expected format 16 or 212, the same for all signals");
    // As the header's reader takes it, a long of 32 bits in the WFDB library.
    const bool baseline_fits = s.baseline >= INT32_MIN && s.baseline <= INT32_MAX;
    if (!baseline_fits) {
      return Refuse(path,
                    fmt::format("signal \"{}\": baseline {}, its range lies too far from 0 for "
                                "its width; expected 32 bits",
                                s.description, s.baseline));
    }
    const bool sayable = IsWord(s.unit) && IsLine(s.description) && s.samples_per_frame >= 1 &&
                         s.gain != 0.0 && s.gain - s.gain == 0.0 && s.skew == 0;
    if (!sayable) {
      return Refuse(path, fmt::format("signal \"{}\": expected a gain, a unit without blanks and a "
                                      "description in one line",
                                      s.description));
    }
  }
  return {};
}

// The start as a header has it: time, then date.
std::string TimeAndDate(const std::string& start) {
  const std::size_t t = start.find('T');
  if (t == std::string::npos) return start.empty() ? "" : " " + start;
  return fmt::format(" {} {}/{}/{}", start.substr(t + 1), start.substr(8, 2), start.substr(5, 2),
                     start.substr(0, 4));
}

std::string Word(std::uint32_t word) {
  return {static_cast<char>(word & 0xFF), static_cast<char>(word >> 8 & 0xFF)};
}

}  // namespace

Result<WfdbWriter> WfdbWriter::Create(const std::filesystem::path& header, WfdbHeader record) {
  RIG_TRY(Check(header, record));
  WfdbWriter writer;
  writer.path_ = header;
  writer.record_ = std::move(record);
  writer.record_.frames = 0;
  writer.data_ = header;
  writer.data_.replace_extension(".dat");
  // Of an older record of that name nothing may stay: its annotations would be read as this one's.
  for (const char* extension : {".hea", ".atr"}) {
    std::error_code failed;
    std::filesystem::remove(std::filesystem::path(header).replace_extension(extension), failed);
    if (!failed) continue;
    return MakeError(Code::kUnavailable, fmt::format("{}: the older {} cannot be removed: {}",
                                                     header.string(), extension, failed.message()));
  }
  writer.stream_ = std::make_unique<std::ofstream>(writer.data_, std::ios::binary);
  if (!*writer.stream_) {
    return MakeError(Code::kUnavailable, writer.data_.string() + ": cannot be written");
  }
  for (std::size_t s = 0; s < writer.record_.signals.size(); ++s) {
    const auto n = static_cast<std::size_t>(writer.record_.signals[s].samples_per_frame);
    writer.signal_of_.insert(writer.signal_of_.end(), n, s);
  }
  writer.sums_.assign(writer.record_.signals.size(), 0);
  writer.begun_.assign(writer.record_.signals.size(), false);
  return writer;
}

void WfdbWriter::Encode(std::int32_t count) {
  const auto v = static_cast<std::uint32_t>(count);
  if (record_.signals[0].format == 16) {
    bytes_ += Word(v & 0xFFFF);
    return;
  }
  if (!has_half_) {
    half_ = count;
    has_half_ = true;
    return;
  }
  const auto first = static_cast<std::uint32_t>(half_);
  bytes_ += static_cast<char>(first & 0xFF);
  bytes_ += static_cast<char>((first >> 8 & 0x0F) | (v >> 4 & 0xF0));
  bytes_ += static_cast<char>(v & 0xFF);
  has_half_ = false;
}

Status WfdbWriter::Append(std::span<const std::int32_t> counts) {
  if (counts.size() % signal_of_.size() != 0) {
    return Refuse(data_, fmt::format("{} samples; expected whole frames of {}", counts.size(),
                                     signal_of_.size()));
  }
  const std::int32_t most = record_.signals[0].format == 16 ? 32767 : 2047;
  bytes_.clear();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::size_t s = signal_of_[i % signal_of_.size()];
    if (counts[i] < -most - 1 || counts[i] > most) {
      return MakeError(Code::kOutOfRange,
                       fmt::format("{}: count {} of \"{}\"; expected {} to {} in format {}",
                                   data_.string(), counts[i], record_.signals[s].description,
                                   -most - 1, most, record_.signals[0].format));
    }
    if (!begun_[s]) record_.signals[s].initial_value = counts[i];
    begun_[s] = true;
    sums_[s] += static_cast<std::uint32_t>(counts[i]);
    Encode(counts[i]);
  }
  record_.frames += static_cast<std::int64_t>(counts.size() / signal_of_.size());
  stream_->write(bytes_.data(), static_cast<std::streamsize>(bytes_.size()));
  if (*stream_) return {};
  return MakeError(Code::kResourceExhausted, data_.string() + ": cannot be written on");
}

Status WfdbWriter::Close() {
  if (has_half_) {
    const auto v = static_cast<std::uint32_t>(half_);
    bytes_ = Word(v & 0xFFF);
    stream_->write(bytes_.data(), static_cast<std::streamsize>(bytes_.size()));
    has_half_ = false;
  }
  stream_->flush();
  if (!*stream_) return MakeError(Code::kResourceExhausted, data_.string() + ": cannot be closed");
  stream_.reset();
  std::string text = fmt::format("{} {} {} {}{}\n", path_.stem().string(), record_.signals.size(),
                                 record_.sampling_hz, record_.frames, TimeAndDate(record_.start));
  for (std::size_t i = 0; i < record_.signals.size(); ++i) {
    const WfdbSignal& s = record_.signals[i];
    const std::string frame =
        s.samples_per_frame == 1 ? "" : fmt::format("x{}", s.samples_per_frame);
    const int bits = s.resolution_bits > 0 ? s.resolution_bits : (s.format == 16 ? 16 : 12);
    text +=
        fmt::format("{} {}{} {}({})/{} {} {} {} {} 0 {}\n", data_.filename().string(), s.format,
                    frame, s.gain, s.baseline, s.unit, bits, s.zero, s.initial_value.value_or(0),
                    static_cast<std::int16_t>(sums_[i]), s.description);
  }
  return WriteFileAtomically(path_, text);
}

Status WriteWfdbAnnotations(const std::filesystem::path& path,
                            std::span<const WfdbAnnotation> annotations) {
  constexpr std::uint32_t kSkip = 59, kNumber = 60, kSubtype = 61, kChannel = 62, kText = 63;
  std::string bytes;
  std::int64_t time = 0;
  int channel = 0, number = 0;
  const auto is_byte = [](int v) { return v >= -128 && v <= 127; };
  const auto attach = [&](std::uint32_t code, int value) {
    bytes += Word(code << 10 | (static_cast<std::uint32_t>(value) & 0xFF));
  };
  for (const WfdbAnnotation& a : annotations) {
    const bool sayable = a.code >= 1 && a.code <= 49 && a.time >= time && a.text.size() <= 255 &&
                         a.time < std::int64_t{1} << 48 && is_byte(a.subtype) &&
                         is_byte(a.channel) && is_byte(a.number) &&
                         a.text.find('\0') == std::string::npos;
    if (!sayable) {
      return Refuse(path, fmt::format("annotation of code {} at {} after {}; expected codes 1 to "
                                      "49 in time order, with texts up to 255 bytes",
                                      a.code, a.time, time));
    }
    std::int64_t interval = a.time - time;
    while (interval > 1023) {
      const std::int64_t skip = std::min<std::int64_t>(interval, INT32_MAX);
      const auto v = static_cast<std::uint32_t>(skip);
      bytes += Word(kSkip << 10) + Word(v >> 16) + Word(v & 0xFFFF);
      interval -= skip;
    }
    bytes += Word(static_cast<std::uint32_t>(a.code) << 10 | static_cast<std::uint32_t>(interval));
    if (a.subtype != 0) attach(kSubtype, a.subtype);
    if (a.channel != channel) attach(kChannel, a.channel);
    if (a.number != number) attach(kNumber, a.number);
    if (!a.text.empty()) {
      bytes += Word(kText << 10 | static_cast<std::uint32_t>(a.text.size())) + a.text;
      if (a.text.size() % 2 != 0) bytes += '\0';
    }
    time = a.time;
    channel = a.channel;
    number = a.number;
  }
  return WriteFileAtomically(path, bytes + std::string(2, '\0'));
}

}  // namespace rig
