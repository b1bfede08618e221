#include "sim_signals/recorded/wfdb_samples.h"

#include <fmt/format.h>

#include <algorithm>

namespace rig {
namespace {

constexpr std::size_t kBlockSamples = 1 << 16;

}  // namespace

std::size_t FrameSamples(std::span<const WfdbSignal> signals) {
  std::size_t all = 0;
  for (const WfdbSignal& s : signals) all += static_cast<std::size_t>(s.samples_per_frame);
  return all;
}

Result<std::unique_ptr<WfdbSamples>> MakeWfdbSamples(std::unique_ptr<std::istream> stream,
                                                     const std::string& name,
                                                     std::span<const WfdbSignal> signals) {
  if (FindWfdbFormat(signals[0].format)->flac) {
    return MakeWfdbFlacSamples(std::move(stream), name, signals);
  }
  return std::make_unique<WfdbPackedSamples>(std::move(stream), name, signals);
}

WfdbPackedSamples::WfdbPackedSamples(std::unique_ptr<std::istream> stream, std::string name,
                                     std::span<const WfdbSignal> signals)
    : stream_(std::move(stream)),
      name_(std::move(name)),
      format_(FindWfdbFormat(signals[0].format)),
      byte_offset_(signals[0].byte_offset),
      frame_samples_(FrameSamples(signals)) {
  if (!format_->differences) return;
  for (const WfdbSignal& s : signals) {
    per_frame_.push_back(static_cast<std::size_t>(s.samples_per_frame));
    initial_.push_back(s.initial_value.value_or(0));
  }
  sums_ = initial_;
}

Result<std::int64_t> WfdbPackedSamples::Frames() {
  stream_->clear();
  stream_->seekg(0, std::ios::end);
  const auto end = static_cast<std::int64_t>(stream_->tellg());
  return format_->Samples(std::max<std::int64_t>(0, end - byte_offset_)) /
         static_cast<std::int64_t>(frame_samples_);
}

// `first_sample` begins a group, or `counts` starts later: then whole groups are decoded.
Status WfdbPackedSamples::ReadGroups(std::int64_t first_sample, std::span<std::int32_t> counts) {
  const std::int64_t before = first_sample % format_->group;
  const std::int64_t begin = format_->Bytes(first_sample - before);
  const std::int64_t end = format_->Bytes(first_sample + static_cast<std::int64_t>(counts.size()));
  bytes_.resize(static_cast<std::size_t>(end - begin));
  stream_->clear();
  stream_->seekg(byte_offset_ + begin);
  stream_->read(reinterpret_cast<char*>(bytes_.data()), end - begin);
  if (stream_->gcount() != end - begin) {
    return MakeError(
        Code::kDataLoss,
        fmt::format("{}: ends at byte {}; expected {} at least", name_,
                    byte_offset_ + begin + std::max<std::int64_t>(0, stream_->gcount()),
                    byte_offset_ + end));
  }
  if (before == 0) {
    format_->Decode(bytes_.data(), counts);
    return {};
  }
  lead_in_.resize(counts.size() + static_cast<std::size_t>(before));
  format_->Decode(bytes_.data(), lead_in_);
  std::copy(lead_in_.begin() + before, lead_in_.end(), counts.begin());
  return {};
}

// Turns differences into sums, frame by frame.
Status WfdbPackedSamples::SumDifferences(std::int64_t first, std::span<std::int32_t> counts) {
  summed_until_ = first + static_cast<std::int64_t>(counts.size() / frame_samples_);
  for (std::size_t i = 0; i < counts.size();) {
    for (std::size_t s = 0; s < per_frame_.size(); ++s) {
      for (std::size_t k = 0; k < per_frame_[s]; ++k, ++i) {
        sums_[s] = static_cast<std::int32_t>(static_cast<std::uint32_t>(sums_[s]) +
                                             static_cast<std::uint32_t>(counts[i]));
        counts[i] = sums_[s];
      }
    }
  }
  return {};
}

Status WfdbPackedSamples::Read(std::int64_t first, std::span<std::int32_t> counts) {
  if (counts.empty()) return {};
  if (format_->differences && first < summed_until_) {
    summed_until_ = 0;
    sums_ = initial_;
  }
  const auto n = static_cast<std::int64_t>(frame_samples_);
  while (format_->differences && summed_until_ < first) {  // all before counts, too
    const auto block = std::max<std::int64_t>(1, static_cast<std::int64_t>(kBlockSamples) / n);
    std::vector<std::int32_t> skipped(
        static_cast<std::size_t>(std::min(block, first - summed_until_) * n));
    RIG_TRY(ReadGroups(summed_until_ * n, skipped));
    RIG_TRY(SumDifferences(summed_until_, skipped));
  }
  RIG_TRY(ReadGroups(first * n, counts));
  if (format_->differences) return SumDifferences(first, counts);
  return {};
}

Status VerifyWfdbSamples(WfdbSamples& samples, const std::string& name, std::int64_t frames,
                         std::span<const WfdbSignal> signals) {
  const std::size_t frame = std::max<std::size_t>(1, FrameSamples(signals));
  const auto block_frames =
      static_cast<std::int64_t>(std::max<std::size_t>(1, kBlockSamples / frame));
  std::vector<std::int32_t> block;
  std::vector<std::uint32_t> sums(signals.size(), 0);
  for (std::int64_t first = 0; first < frames; first += block_frames) {
    block.resize(static_cast<std::size_t>(std::min(block_frames, frames - first)) * frame);
    RIG_TRY(samples.Read(first, block));
    std::size_t offset = 0;
    for (std::size_t s = 0; s < signals.size(); ++s) {
      const auto n = static_cast<std::size_t>(signals[s].samples_per_frame);
      // A record that begins with a missing sample states the first that is none, or nothing.
      const bool missing = FindWfdbFormat(signals[s].format)->missing() == block[offset];
      if (first == 0 && !missing &&
          signals[s].initial_value.value_or(block[offset]) != block[offset]) {
        return MakeError(
            Code::kDataLoss,
            fmt::format("{}: signal {} (\"{}\") begins with {}; the header says {}", name, s,
                        signals[s].description, block[offset], *signals[s].initial_value));
      }
      for (std::size_t i = offset; i < block.size(); i += frame) {
        for (std::size_t k = 0; k < n; ++k) sums[s] += static_cast<std::uint32_t>(block[i + k]);
      }
      offset += n;
    }
  }
  RIG_TRY(samples.Finish());
  for (std::size_t s = 0; s < signals.size(); ++s) {
    const auto found = static_cast<std::uint16_t>(sums[s]);
    if (!signals[s].checksum || *signals[s].checksum == found) continue;
    return MakeError(Code::kDataLoss,
                     fmt::format("{}: signal {} (\"{}\") has the checksum {}; the header says {}",
                                 name, s, signals[s].description, static_cast<std::int16_t>(found),
                                 static_cast<std::int16_t>(*signals[s].checksum)));
  }
  return {};
}

}  // namespace rig
