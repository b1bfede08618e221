#include "sim_signals/recorded/wfdb_annotations.h"

#include <fmt/format.h>

#include <charconv>

namespace rig {
namespace {

// Codes that are no annotations of their own. Source: wfdb-spec, annotation files, MIT format.
constexpr int kSkip = 59, kNumber = 60, kSubtype = 61, kChannel = 62, kText = 63;
constexpr int kNote = 22;
// Ten-bit times and 32-bit skips summed up stay far below this.
constexpr std::int64_t kMaxTime = std::int64_t{1} << 48;

int CodeOf(std::uint32_t word) { return static_cast<int>(word >> 10); }
int ValueOf(std::uint32_t word) { return static_cast<int>(word & 0x3FFu); }
// NUM, SUB and CHN carry a signed byte.
int SignedValueOf(std::uint32_t word) { return static_cast<std::int8_t>(word & 0xFFu); }

}  // namespace

bool IsQrs(int annotation_code) {
  switch (annotation_code) {
    case 25:  // bundle branch block
    case 30:  // learning
    case 31:  // ventricular flutter wave
    case 34:
    case 35:
    case 38:
    case 41:
      return true;
    default:
      return annotation_code >= 1 && annotation_code <= 13;
  }
}

Result<std::uint32_t> WfdbAnnotationReader::Word() {
  if (pending_) {
    const std::uint32_t word = *pending_;
    pending_.reset();
    return word;
  }
  unsigned char b[2] = {};
  stream_->read(reinterpret_cast<char*>(b), 2);
  if (stream_->gcount() != 2) {
    return MakeError(Code::kDataLoss,
                     name_ + ": ends without an end mark; expected two zero bytes");
  }
  return static_cast<std::uint32_t>(b[0] | b[1] << 8);
}

Status WfdbAnnotationReader::ReadText(std::size_t length, std::string& text) {
  text.resize(length + length % 2);  // padded to whole words
  stream_->read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream_->gcount() != static_cast<std::streamsize>(text.size())) {
    return MakeError(Code::kDataLoss, name_ + ": ends within the text of an annotation");
  }
  text.resize(std::min(length, text.find('\0')));
  return {};
}

Result<std::optional<WfdbAnnotation>> WfdbAnnotationReader::ReadBare() {
  while (true) {
    RIG_TRY_ASSIGN(const std::uint32_t word, Word());
    if (word == 0) {
      // One end mark is the file's end: a file whose later part was zeroed would read as a shorter
      // one, and every beat of that part as never having been.
      if (stream_->peek() == std::istream::traits_type::eof()) return std::nullopt;
      return MakeError(Code::kDataLoss,
                       fmt::format("{}: goes on behind its end mark, after sample {}; expected the "
                                   "end of the file",
                                   name_, time_));
    }
    const int code = CodeOf(word);
    if (code == kSkip) {
      RIG_TRY_ASSIGN(const std::uint32_t high, Word());
      RIG_TRY_ASSIGN(const std::uint32_t low, Word());
      time_ += static_cast<std::int32_t>(high << 16 | low);
    } else if (code > kSkip) {
      return MakeError(
          Code::kDataLoss,
          fmt::format("{}: code {} before any annotation; expected an annotation", name_, code));
    } else {
      time_ += ValueOf(word);
      const bool forward = time_ >= last_time_ && time_ < kMaxTime;
      if (!forward) {
        return MakeError(Code::kDataLoss,
                         fmt::format("{}: annotation at sample {} after one at {}; "
                                     "expected time order",
                                     name_, time_, last_time_));
      }
      last_time_ = time_;
      WfdbAnnotation annotation;
      annotation.time = time_;
      annotation.code = code;
      return annotation;
    }
  }
}

Status WfdbAnnotationReader::ReadAttachments(WfdbAnnotation& annotation) {
  while (true) {
    RIG_TRY_ASSIGN(const std::uint32_t word, Word());
    switch (CodeOf(word)) {
      case kNumber:
        number_ = SignedValueOf(word);
        break;
      case kSubtype:
        annotation.subtype = SignedValueOf(word);
        break;
      case kChannel:
        channel_ = SignedValueOf(word);
        break;
      case kText:
        RIG_TRY(ReadText(static_cast<std::size_t>(ValueOf(word)), annotation.text));
        break;
      default:
        pending_ = word;
        annotation.number = number_;
        annotation.channel = channel_;
        return {};
    }
  }
}

// A file may begin with a note "## time resolution: 1000" instead of an annotation.
void WfdbAnnotationReader::NoteTimeResolution(const WfdbAnnotation& annotation) {
  constexpr std::string_view kPrefix = "## time resolution: ";
  const std::string_view text = annotation.text;
  if (annotation.code != kNote || annotation.time != 0 || !text.starts_with(kPrefix)) return;
  double hz = 0.0;
  const std::string_view number = text.substr(kPrefix.size());
  const auto read = std::from_chars(number.data(), number.data() + number.size(), hz);
  if (read.ec == std::errc() && hz > 0.0 && hz <= 1e9) time_resolution_hz_ = hz;
}

Result<std::optional<WfdbAnnotation>> WfdbAnnotationReader::Next() {
  if (ended_) return std::nullopt;
  RIG_TRY_ASSIGN(std::optional<WfdbAnnotation> annotation, ReadBare());
  if (!annotation) {
    ended_ = true;
    return std::nullopt;
  }
  RIG_TRY(ReadAttachments(*annotation));
  NoteTimeResolution(*annotation);
  return annotation;
}

}  // namespace rig
