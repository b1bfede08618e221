#include "sim_signals/recorded/edf_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "sim_signals/recorded/text.h"

namespace rig {
namespace {

// Seconds with a sign, exact to the nanosecond.
std::string Seconds(std::int64_t ns, bool with_sign) {
  const std::int64_t size = ns < 0 ? -ns : ns;
  std::string text = fmt::format("{}{}", ns < 0 ? "-" : with_sign ? "+" : "", size / 1'000'000'000);
  if (size % 1'000'000'000 == 0) return text;
  text += fmt::format(".{:09}", size % 1'000'000'000);
  return text.substr(0, text.find_last_not_of('0') + 1);
}

class Fields {
 public:
  explicit Fields(const std::filesystem::path& path) : path_(path) {}
  // Left-aligned, filled with blanks. What does not fit is refused when all is done.
  void Put(std::string_view value, std::size_t size, std::string_view field) {
    const bool fits = value.size() <= size && std::all_of(value.begin(), value.end(), [](char c) {
                        return c >= ' ' && c <= '~';
                      });
    if (!fits && failure_.empty()) {
      failure_ = fmt::format("{}: {} \"{}\"; expected at most {} printable characters",
                             path_.string(), field, value, size);
    }
    text_ += fmt::format("{:<{}}", value.substr(0, size), size);
  }
  // Exactly, or not at all.
  void PutNumber(double value, std::string_view field) { Put(fmt::format("{}", value), 8, field); }
  Result<std::string> Done() const {
    if (failure_.empty()) return text_;
    return MakeError(Code::kInvalidArgument, failure_);
  }

 private:
  const std::filesystem::path& path_;
  std::string text_;
  std::string failure_;
};

}  // namespace

Status EdfWriter::Check() const {
  const auto refuse = [&](std::string_view what) {
    return MakeError(Code::kInvalidArgument, fmt::format("{}: {}", path_.string(), what));
  };
  if (header_.bdf || header_.records < 1 || header_.record_s <= 0.0 || header_.signals.empty()) {
    return refuse("expected 16 bits, one data record and one signal at least");
  }
  for (const EdfSignal& s : header_.signals) {
    const bool usable = s.samples >= 1 && s.digital_min < s.digital_max &&
                        s.digital_min >= -32768 && s.digital_max <= 32767 &&
                        s.physical_min != s.physical_max && !s.annotations;
    if (!usable) return refuse(fmt::format("signal \"{}\": ranges or samples", s.label));
  }
  return {};
}

// Each into the data record in which it begins.
void EdfWriter::PlaceAnnotations(std::span<const RecordingAnnotation> annotations,
                                 std::span<const std::int64_t> onsets_ns) {
  std::vector<std::int64_t> begins;
  for (std::int64_t r = 0; r < header_.records; ++r) {
    const double continuous = std::floor(static_cast<double>(r) * header_.record_s * 1e9 + 0.5);
    begins.push_back(onsets_ns.empty() ? static_cast<std::int64_t>(continuous)
                                       : onsets_ns[static_cast<std::size_t>(r)]);
    lists_.push_back(Seconds(begins.back(), true) + "\x14\x14" + '\0');
  }
  for (const RecordingAnnotation& a : annotations) {
    const auto behind = std::upper_bound(begins.begin(), begins.end(), a.time_ns);
    const auto record =
        static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, behind - begins.begin() - 1));
    std::string list = Seconds(a.time_ns, true);
    if (a.duration_ns > 0) list += "\x15" + Seconds(a.duration_ns, false);
    lists_[record] += list + "\x14" + a.text + "\x14" + '\0';
  }
}

Result<std::string> EdfWriter::HeaderText(bool discontinuous) const {
  Fields fields(path_);
  const auto& signals = header_.signals;
  const auto each = [&](auto put) { std::for_each(signals.begin(), signals.end(), put); };
  const std::string& start = header_.start;  // "2014-04-29T22:19:44"
  const bool dated = start.size() >= 19;
  const auto two = [&](std::size_t at) { return dated ? start.substr(at, 2) : "00"; };
  const bool in_range = !dated || (start >= "1985" && start < "2085");
  fields.Put("0", 8, "version");
  fields.Put(header_.patient.empty() ? "X X X X" : header_.patient, 80, "patient");
  fields.Put(header_.recording.empty() ? "Startdate X X X X" : header_.recording, 80, "recording");
  fields.Put(in_range ? fmt::format("{}.{}.{}", dated ? two(8) : "01", dated ? two(5) : "01",
                                    dated ? two(2) : "85")
                      : start,
             8, "start date");
  fields.Put(fmt::format("{}.{}.{}", two(11), two(14), two(17)), 8, "start time");
  fields.Put(fmt::format("{}", header_.header_bytes()), 8, "bytes in the header");
  fields.Put(discontinuous ? "EDF+D" : "EDF+C", 44, "reserved field");
  fields.Put(fmt::format("{}", header_.records), 8, "number of data records");
  fields.PutNumber(header_.record_s, "duration of a data record");
  fields.Put(fmt::format("{}", signals.size()), 4, "number of signals");
  each([&](const EdfSignal& s) { fields.Put(s.label, 16, "label"); });
  each([&](const EdfSignal& s) { fields.Put(s.transducer, 80, "transducer"); });
  each([&](const EdfSignal& s) { fields.Put(s.unit, 8, "physical dimension"); });
  each([&](const EdfSignal& s) { fields.PutNumber(s.physical_min, "physical minimum"); });
  each([&](const EdfSignal& s) { fields.PutNumber(s.physical_max, "physical maximum"); });
  each([&](const EdfSignal& s) { fields.Put(fmt::format("{}", s.digital_min), 8, "minimum"); });
  each([&](const EdfSignal& s) { fields.Put(fmt::format("{}", s.digital_max), 8, "maximum"); });
  each([&](const EdfSignal& s) { fields.Put(s.prefilter, 80, "prefiltering"); });
  each([&](const EdfSignal& s) { fields.Put(fmt::format("{}", s.samples), 8, "samples"); });
  each([&](const EdfSignal&) { fields.Put("", 32, "reserved field"); });
  return fields.Done();
}

Result<EdfWriter> EdfWriter::Create(const std::filesystem::path& path, EdfHeader header,
                                    std::span<const RecordingAnnotation> annotations,
                                    std::span<const std::int64_t> onsets_ns) {
  EdfWriter writer;
  writer.path_ = path;
  writer.header_ = std::move(header);
  RIG_TRY(writer.Check());
  if (!onsets_ns.empty() && onsets_ns.size() != static_cast<std::size_t>(writer.header_.records)) {
    return MakeError(Code::kInvalidArgument, path.string() + ": expected an onset of each record");
  }
  for (const RecordingAnnotation& a : annotations) {
    const bool sayable =
        !a.text.empty() && a.duration_ns >= 0 &&
        a.text.find_first_of(std::string_view("\x14\x15\0", 3)) == std::string::npos;
    if (sayable) continue;
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: annotation at {} ns; expected a text without control bytes",
                                 path.string(), a.time_ns));
  }
  writer.PlaceAnnotations(annotations, onsets_ns);
  std::size_t longest = 0;
  for (const std::string& list : writer.lists_) longest = std::max(longest, list.size());
  EdfSignal texts;
  texts.label = "EDF Annotations";
  texts.samples = static_cast<std::int64_t>((longest + 1) / 2);
  writer.header_.signals.push_back(texts);
  RIG_TRY_ASSIGN(const std::string text, writer.HeaderText(!onsets_ns.empty()));
  writer.stream_ = std::make_unique<std::ofstream>(path, std::ios::binary);
  writer.stream_->write(text.data(), static_cast<std::streamsize>(text.size()));
  if (*writer.stream_) return writer;
  return MakeError(Code::kUnavailable, path.string() + ": cannot be written");
}

Status EdfWriter::Append(std::span<const std::int32_t> counts) {
  std::int64_t expected = 0;
  for (const EdfSignal& s : header_.signals) expected += s.samples;
  const std::int64_t text_samples = header_.signals.back().samples;
  const bool whole = counts.size() == static_cast<std::size_t>(expected - text_samples) &&
                     appended_ < lists_.size();
  if (!whole) {
    return MakeError(
        Code::kOutOfRange,
        fmt::format("{}: data record {} of {} samples; expected at most {} of {}", path_.string(),
                    appended_ + 1, counts.size(), lists_.size(), expected - text_samples));
  }
  std::string bytes;
  for (const std::int32_t count : counts) {
    if (count < -32768 || count > 32767) {
      return MakeError(Code::kOutOfRange,
                       fmt::format("{}: count {}; expected 16 bits", path_.string(), count));
    }
    bytes += static_cast<char>(count & 0xFF);
    bytes += static_cast<char>(count >> 8 & 0xFF);
  }
  std::string list = lists_[appended_++];
  list.resize(static_cast<std::size_t>(2 * text_samples), '\0');
  bytes += list;
  stream_->write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (*stream_) return {};
  return MakeError(Code::kResourceExhausted, path_.string() + ": cannot be written on");
}

Status EdfWriter::Close() {
  if (appended_ != lists_.size()) {
    return MakeError(Code::kFailedPrecondition,
                     fmt::format("{}: {} data records written; expected {}", path_.string(),
                                 appended_, lists_.size()));
  }
  stream_->flush();
  const bool closed = static_cast<bool>(*stream_);
  stream_.reset();
  if (closed) return {};
  return MakeError(Code::kResourceExhausted, path_.string() + ": cannot be closed");
}

}  // namespace rig
