#include "sim_signals/recorded/wfdb_recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim_signals/recorded/text.h"
#include "sim_signals/recorded/wfdb_annotations.h"

namespace rig {
namespace {

constexpr std::int64_t kMaxHeaderBytes = 4 << 20;
constexpr std::int64_t kBlockSamples = 1 << 14;

class WfdbAnnotationStream : public AnnotationStream {
 public:
  WfdbAnnotationStream(std::unique_ptr<std::istream> stream, const std::string& name,
                       double ticks_per_s)
      : stream_(std::move(stream)), reader_(*stream_, name), ticks_per_s_(ticks_per_s) {}

  Result<std::optional<RecordingAnnotation>> Next() override {
    RIG_TRY_ASSIGN(auto next, reader_.Next());
    if (!next) return std::nullopt;
    constexpr double kNever = 9e18;  // a tick of hours must not overflow
    const double hz = reader_.time_resolution_hz().value_or(ticks_per_s_);
    const double ns = std::min(static_cast<double>(next->time) * 1e9 / hz, kNever);
    RecordingAnnotation annotation;
    annotation.time_ns = static_cast<std::int64_t>(std::floor(ns + 0.5));
    annotation.code = next->code;
    annotation.text = std::move(next->text);
    annotation.channel = next->channel;
    return annotation;
  }

 private:
  std::unique_ptr<std::istream> stream_;
  WfdbAnnotationReader reader_;
  double ticks_per_s_;
};

class NoAnnotations : public AnnotationStream {
 public:
  Result<std::optional<RecordingAnnotation>> Next() override { return std::nullopt; }
};

}  // namespace

Result<WfdbHeader> ReadWfdbHeader(const std::filesystem::path& path, const OpenFile& open_file) {
  RIG_TRY_ASSIGN(const std::string text, ReadAll(path, kMaxHeaderBytes, open_file));
  return ParseWfdbHeader(text, path.string());
}

RecordingChannel WfdbChannel(const WfdbHeader& header, const WfdbSignal& signal) {
  return {signal.description, PlainUnit(signal.unit), header.sampling_hz * signal.samples_per_frame,
          header.frames * signal.samples_per_frame};
}

Result<std::unique_ptr<AnnotationStream>> OpenWfdbAnnotations(const std::filesystem::path& path,
                                                              double ticks_per_s,
                                                              const OpenFile& open_file) {
  if (path.empty()) return std::make_unique<NoAnnotations>();
  auto stream = open_file(path);
  if (stream == nullptr) return MakeError(Code::kNotFound, path.string() + ": cannot be opened");
  return std::make_unique<WfdbAnnotationStream>(std::move(stream), path.string(), ticks_per_s);
}

Result<std::filesystem::path> VerifiedWfdbAnnotations(std::filesystem::path header_path,
                                                      const WfdbHeader& header,
                                                      const OpenFile& open_file) {
  header_path.replace_extension(".atr");
  const auto stream = open_file(header_path);
  if (stream == nullptr) return std::filesystem::path();
  WfdbAnnotationReader reader(*stream, header_path.string());
  while (true) {
    RIG_TRY_ASSIGN(const auto annotation, reader.Next());
    if (!annotation) return header_path;
    const double to_frames =
        header.sampling_hz / reader.time_resolution_hz().value_or(header.sampling_hz);
    const bool inside = header.frames == 0 || static_cast<double>(annotation->time) * to_frames <
                                                  static_cast<double>(header.frames);
    if (inside) continue;
    return MakeError(
        Code::kDataLoss,
        fmt::format("{}: annotation at {}; expected all within the record's {} samples",
                    header_path.string(), annotation->time, header.frames));
  }
}

Status WfdbRecording::OpenGroup(const std::filesystem::path& path, WfdbFileGroup group,
                                Verification verification) {
  const auto signals =
      std::span<const WfdbSignal>(header_.signals).subspan(group.first, group.size);
  auto stream = open_file_(path);
  if (stream == nullptr) {
    return MakeError(Code::kNotFound, path.string() + ": signal file cannot be opened");
  }
  RIG_TRY_ASSIGN(auto samples, MakeWfdbSamples(std::move(stream), path.string(), signals));
  RIG_TRY_ASSIGN(const std::int64_t frames, samples->Frames());
  if (header_.frames == 0) header_.frames = std::max<std::int64_t>(0, frames);
  if (header_.frames == 0 || header_.frames > kMaxRecordingSamples) {
    return MakeError(Code::kDataLoss,
                     path.string() + (frames < 0 ? ": states no length; expected one in its header"
                                                 : ": holds no samples"));
  }
  if (frames >= 0 && frames < header_.frames) {
    return MakeError(Code::kDataLoss,
                     fmt::format("{}: has {} samples of each of {} signals; "
                                 "expected {}, as the header says",
                                 path.string(), frames, group.size, header_.frames));
  }
  // The last group of bytes may have room for samples that are none; a skewed signal lies later.
  // Of a FLAC stream its own reader finds what is too much.
  std::int64_t skew = 0;
  for (const WfdbSignal& signal : signals) skew = std::max<std::int64_t>(skew, signal.skew);
  const auto frame_samples = static_cast<std::int64_t>(FrameSamples(signals));
  const std::int64_t surplus = (frames - header_.frames - skew) * frame_samples;
  const WfdbFormat& format = *FindWfdbFormat(signals[0].format);
  if (!format.flac && surplus >= format.group) {
    return MakeError(Code::kDataLoss,
                     fmt::format("{}: has {} samples of each of {} signals; "
                                 "expected no more than {}, as the header says",
                                 path.string(), frames, group.size, header_.frames));
  }
  if (verification == Verification::kFull) {
    RIG_TRY(VerifyWfdbSamples(*samples, path.string(), header_.frames, signals));
  }
  groups_.push_back({group, std::move(samples)});
  return {};
}

Result<std::unique_ptr<WfdbRecording>> WfdbRecording::Open(const std::filesystem::path& path,
                                                           WfdbHeader header,
                                                           const OpenFile& open_file,
                                                           Verification verification) {
  std::unique_ptr<WfdbRecording> recording(new WfdbRecording());
  recording->path_ = path;
  recording->open_file_ = open_file;
  recording->files_ = {path};
  recording->header_ = std::move(header);
  const WfdbHeader& own = recording->header_;
  for (std::size_t i = 0; i < own.signals.size();) {
    const WfdbFileGroup group = GroupOf(own, i);
    if (own.signals[i].file == "~") {
      return MakeError(Code::kInvalidArgument,
                       path.string() +
                           ": a signal without a file is the layout of a record of "
                           "segments; expected the header that names the segments");
    }
    recording->files_.push_back(path.parent_path() / own.signals[i].file);
    RIG_TRY(recording->OpenGroup(recording->files_.back(), group, verification));
    i = group.first + group.size;
  }
  for (const WfdbSignal& signal : own.signals) {
    recording->channels_.push_back(WfdbChannel(own, signal));
  }
  if (verification == Verification::kNone) return recording;
  RIG_TRY_ASSIGN(recording->annotations_, VerifiedWfdbAnnotations(path, own, open_file));
  if (!recording->annotations_.empty()) recording->files_.push_back(recording->annotations_);
  return recording;
}

Result<std::unique_ptr<AnnotationStream>> WfdbRecording::Annotations() const {
  return OpenWfdbAnnotations(annotations_, header_.sampling_hz, open_file_);
}

Status WfdbRecording::ReadCounts(std::size_t channel, std::int64_t first,
                                 std::span<std::int32_t> counts, std::vector<bool>& known) {
  RIG_TRY(CheckRange(*this, channel, first, counts.size(), path_.native()));
  const WfdbSignal& signal = header_.signals[channel];
  const auto missing = FindWfdbFormat(signal.format)->missing();
  const auto group = std::find_if(groups_.begin(), groups_.end(), [&](const Group& g) {
    return channel < g.signals.first + g.signals.size;
  });
  const auto own = std::span(header_.signals).subspan(group->signals.first, group->signals.size);
  const auto frame_samples = static_cast<std::int64_t>(FrameSamples(own));
  const auto offset =
      static_cast<std::int64_t>(FrameSamples(own.first(channel - group->signals.first)));
  const std::int64_t n = signal.samples_per_frame;
  known.assign(counts.size(), false);
  const std::int64_t last = first + static_cast<std::int64_t>(counts.size());
  const std::int64_t block_frames = std::max<std::int64_t>(1, kBlockSamples / frame_samples);
  for (std::int64_t i = first; i < last;) {
    const std::int64_t frame = i / n + signal.skew;  // where it lies in the file
    if (frame >= header_.frames) break;
    const std::int64_t frames =
        std::min({block_frames, header_.frames - frame, (last - 1) / n + signal.skew - frame + 1});
    block_.resize(static_cast<std::size_t>(frames * frame_samples));
    RIG_TRY(group->samples->Read(frame, block_));
    for (const std::int64_t end = std::min(last, (i / n + frames) * n); i < end; ++i) {
      const std::int64_t in_block = (i / n + signal.skew - frame) * frame_samples + offset + i % n;
      const std::int32_t count = block_[static_cast<std::size_t>(in_block)];
      counts[static_cast<std::size_t>(i - first)] = count;
      known[static_cast<std::size_t>(i - first)] = !missing || count != *missing;
    }
  }
  return {};
}

Status WfdbRecording::Read(std::size_t channel, std::int64_t first, std::span<double> values) {
  while (!values.empty()) {
    const std::size_t n = std::min<std::size_t>(values.size(), kBlockSamples);
    counts_.resize(n);
    RIG_TRY(ReadCounts(channel, first, counts_, known_));
    const WfdbSignal& signal = header_.signals[channel];
    for (std::size_t i = 0; i < n; ++i) {
      values[i] = known_[i]
                      ? (static_cast<double>(counts_[i]) - static_cast<double>(signal.baseline)) /
                            signal.gain
                      : std::nan("");
    }
    values = values.subspan(n);
    first += static_cast<std::int64_t>(n);
  }
  return {};
}

Result<std::unique_ptr<Recording>> OpenWfdb(const std::filesystem::path& path,
                                            const OpenFile& open_file) {
  std::filesystem::path header_path = path;
  if (header_path.extension() != ".hea") header_path += ".hea";
  RIG_TRY_ASSIGN(WfdbHeader header, ReadWfdbHeader(header_path, open_file));
  if (!header.segments.empty()) return OpenWfdbSegments(header_path, std::move(header), open_file);
  return WfdbRecording::Open(header_path, std::move(header), open_file, Verification::kFull);
}

}  // namespace rig
