#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "sim_signals/recorded/text.h"
#include "sim_signals/recorded/wfdb_recording.h"

namespace rig {
namespace {

// A record of several segments, one after the other. Fixed layout: each has the same signals.
// Variable layout: each has some of those the first, empty segment describes, found by their
// description. Source: wfdb-spec, header.md, "Multi-segment records".
class WfdbSegments : public Recording {
 public:
  WfdbSegments(std::filesystem::path path, WfdbHeader header, OpenFile open_file)
      : path_(std::move(path)), header_(std::move(header)), open_file_(std::move(open_file)) {}
  Status Open();

  const std::vector<RecordingChannel>& channels() const override { return channels_; }
  std::string start() const override { return header_.start; }
  Status Read(std::size_t channel, std::int64_t first, std::span<double> values) override;
  Result<std::unique_ptr<AnnotationStream>> Annotations() const override {
    return OpenWfdbAnnotations(annotations_, header_.sampling_hz, open_file_);
  }
  const std::vector<std::filesystem::path>& files() const override { return files_; }

 private:
  std::filesystem::path PathOf(const WfdbSegment& segment) const {
    return path_.parent_path() / (segment.record + ".hea");
  }
  Result<WfdbHeader> HeaderOf(const WfdbSegment& segment) const;
  // Describes the channels. Errors: INVALID_ARGUMENT.
  Status Lay(const WfdbHeader& layout);
  // The channel each signal of a segment is. Errors: INVALID_ARGUMENT where it is none of them.
  Result<std::vector<std::size_t>> Match(const WfdbHeader& segment,
                                         const std::filesystem::path& path) const;
  Status Verify(const WfdbSegment& segment);
  // Makes current_ the segment.
  Status Use(std::size_t segment);

  std::filesystem::path path_;
  WfdbHeader header_;
  OpenFile open_file_;
  std::vector<RecordingChannel> channels_;
  std::vector<std::int64_t> per_frame_;
  std::vector<std::filesystem::path> files_;
  std::filesystem::path annotations_;
  std::vector<std::int64_t> starts_;  // first frame of each segment, and the end
  std::size_t used_ = SIZE_MAX;
  std::unique_ptr<WfdbRecording> current_;  // null: the segment is a gap
  std::vector<std::size_t> matched_;
};

Result<WfdbHeader> WfdbSegments::HeaderOf(const WfdbSegment& segment) const {
  RIG_TRY_ASSIGN(WfdbHeader header, ReadWfdbHeader(PathOf(segment), open_file_));
  const auto refuse = [&](const std::string& what) {
    return MakeError(Code::kInvalidArgument, fmt::format("{}: {}", PathOf(segment).string(), what));
  };
  if (!header.segments.empty()) return refuse("a segment of segments; expected a record by itself");
  if (header.frames == 0) header.frames = segment.frames;
  if (header.frames != segment.frames) {
    return refuse(fmt::format("{} samples per signal; expected {}, as {} says", header.frames,
                              segment.frames, path_.string()));
  }
  if (header.sampling_hz != header_.sampling_hz) {
    return refuse(fmt::format("{} Hz; expected {} Hz, as {} says", header.sampling_hz,
                              header_.sampling_hz, path_.string()));
  }
  return header;
}

Status WfdbSegments::Lay(const WfdbHeader& layout) {
  if (layout.signals.size() != header_.segment_signals) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: {} signals; its first segment has {}", path_.string(),
                                 header_.segment_signals, layout.signals.size()));
  }
  for (const WfdbSignal& signal : layout.signals) {
    channels_.push_back(WfdbChannel(layout, signal));
    channels_.back().samples = header_.frames * signal.samples_per_frame;
    per_frame_.push_back(signal.samples_per_frame);
  }
  return {};
}

Result<std::vector<std::size_t>> WfdbSegments::Match(const WfdbHeader& segment,
                                                     const std::filesystem::path& path) const {
  std::vector<std::size_t> matched;
  std::vector<bool> taken(channels_.size(), false);
  if (!header_.variable_layout() && segment.signals.size() != channels_.size()) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: {} signals; expected {}, as in the first segment",
                                 path.string(), segment.signals.size(), channels_.size()));
  }
  for (std::size_t s = 0; s < segment.signals.size(); ++s) {
    const WfdbSignal& signal = segment.signals[s];
    std::size_t c = header_.variable_layout() ? 0 : s;
    const auto fits = [&](std::size_t i) {
      return !taken[i] && channels_[i].name == signal.description &&
             channels_[i].unit == PlainUnit(signal.unit) &&
             per_frame_[i] == signal.samples_per_frame;
    };
    if (header_.variable_layout()) {
      while (c < channels_.size() && !fits(c)) ++c;
    }
    if (c >= channels_.size() || !fits(c)) {
      return MakeError(
          Code::kInvalidArgument,
          fmt::format("{}: signal \"{}\" in {}, {} per frame; expected one that the "
                      "first segment describes",
                      path.string(), signal.description, signal.unit, signal.samples_per_frame));
    }
    taken[c] = true;
    matched.push_back(c);
  }
  return matched;
}

Status WfdbSegments::Verify(const WfdbSegment& segment) {
  RIG_TRY_ASSIGN(WfdbHeader header, HeaderOf(segment));
  RIG_TRY(Match(header, PathOf(segment)));
  RIG_TRY_ASSIGN(const auto recording, WfdbRecording::Open(PathOf(segment), std::move(header),
                                                           open_file_, Verification::kFull));
  for (const auto& file : recording->files()) {
    // What a segment's own annotations say is not read: the record has its own.
    if (file.extension() != ".atr") files_.push_back(file);
  }
  return {};
}

Status WfdbSegments::Open() {
  files_ = {path_};
  const auto laid = std::find_if(header_.segments.begin(), header_.segments.end(),
                                 [](const WfdbSegment& s) { return s.record != "~"; });
  if (laid == header_.segments.end()) {
    return MakeError(Code::kInvalidArgument, path_.string() + ": every segment is a gap");
  }
  RIG_TRY_ASSIGN(const WfdbHeader layout, HeaderOf(*laid));
  RIG_TRY(Lay(layout));
  if (header_.variable_layout()) files_.push_back(PathOf(*laid));
  std::map<std::string, std::int64_t> verified;
  starts_ = {0};
  for (const WfdbSegment& segment : header_.segments) {
    starts_.push_back(starts_.back() + segment.frames);
    if (segment.frames == 0 || segment.record == "~") continue;
    const auto [known, is_new] = verified.emplace(segment.record, segment.frames);
    if (is_new) RIG_TRY(Verify(segment));
    if (known->second == segment.frames) continue;
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: segment {} once of {} samples, once of {}", path_.string(),
                                 segment.record, known->second, segment.frames));
  }
  RIG_TRY_ASSIGN(annotations_, VerifiedWfdbAnnotations(path_, header_, open_file_));
  if (!annotations_.empty()) files_.push_back(annotations_);
  return {};
}

Status WfdbSegments::Use(std::size_t segment) {
  if (used_ == segment) return {};
  current_.reset();
  used_ = SIZE_MAX;
  const WfdbSegment& named = header_.segments[segment];
  if (named.record != "~") {
    RIG_TRY_ASSIGN(WfdbHeader header, HeaderOf(named));
    RIG_TRY_ASSIGN(matched_, Match(header, PathOf(named)));
    RIG_TRY_ASSIGN(current_, WfdbRecording::Open(PathOf(named), std::move(header), open_file_,
                                                 Verification::kNone));
  }
  used_ = segment;
  return {};
}

Status WfdbSegments::Read(std::size_t channel, std::int64_t first, std::span<double> values) {
  RIG_TRY(CheckRange(*this, channel, first, values.size(), path_.string()));
  const std::int64_t n = per_frame_[channel];
  while (!values.empty()) {
    const auto behind = std::upper_bound(starts_.begin(), starts_.end(), first / n);
    const auto segment = static_cast<std::size_t>(behind - starts_.begin()) - 1;
    const std::int64_t begin = starts_[segment] * n;
    const auto size = static_cast<std::size_t>(
        std::min(static_cast<std::int64_t>(values.size()), *behind * n - first));
    RIG_TRY(Use(segment));
    const auto found = std::find(matched_.begin(), matched_.end(), channel);
    if (current_ == nullptr || found == matched_.end()) {
      std::fill_n(values.begin(), size, std::nan(""));
    } else {
      RIG_TRY(current_->Read(static_cast<std::size_t>(found - matched_.begin()), first - begin,
                             values.first(size)));
    }
    values = values.subspan(size);
    first += static_cast<std::int64_t>(size);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Recording>> OpenWfdbSegments(const std::filesystem::path& path,
                                                    WfdbHeader header, const OpenFile& open_file) {
  auto recording = std::make_unique<WfdbSegments>(path, std::move(header), open_file);
  RIG_TRY(recording->Open());
  return recording;
}

}  // namespace rig
