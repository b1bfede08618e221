#include <fmt/format.h>

#include <algorithm>

#include "sim_signals/wfdb.h"

namespace rig {
namespace {

constexpr std::int64_t kBlockFrames = 4096;

std::int32_t SignExtend12(unsigned v) {
  return static_cast<std::int32_t>((v & 0xFFFu) ^ 0x800u) - 0x800;
}

}  // namespace

WfdbSampleFile::WfdbSampleFile(std::istream& stream, std::string name, int format,
                               std::int64_t byte_offset, std::size_t signals)
    : stream_(&stream),
      name_(std::move(name)),
      format_(format),
      byte_offset_(byte_offset),
      signals_(signals) {}

std::int64_t WfdbSampleFile::BytesFor(std::int64_t frames) const {
  const std::int64_t n = frames * static_cast<std::int64_t>(signals_);
  // Format 212 packs two samples into three bytes; an odd last one needs two.
  return byte_offset_ + (format_ == 16 ? 2 * n : 3 * (n / 2) + 2 * (n % 2));
}

std::int64_t WfdbSampleFile::FramesIn(std::int64_t bytes) const {
  const std::int64_t left = std::max<std::int64_t>(0, bytes - byte_offset_);
  const std::int64_t samples = format_ == 16 ? left / 2 : left / 3 * 2 + (left % 3 == 2 ? 1 : 0);
  return samples / static_cast<std::int64_t>(signals_);
}

Status WfdbSampleFile::Read(std::int64_t first, std::span<std::int32_t> counts) {
  if (counts.empty()) return {};
  const std::int64_t from = first * static_cast<std::int64_t>(signals_);
  const std::int64_t to = from + static_cast<std::int64_t>(counts.size());  // exclusive
  const bool packed = format_ == 212;
  const std::int64_t begin = packed ? from / 2 * 3 : from * 2;
  const std::int64_t end = packed ? to / 2 * 3 + to % 2 * 2 : to * 2;
  bytes_.assign(static_cast<std::size_t>(end - begin) + 1, 0);  // one spare: an odd last pair
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
  const unsigned char* b = bytes_.data();
  if (!packed) {
    for (std::size_t i = 0; i < counts.size(); ++i, b += 2) {
      counts[i] = static_cast<std::int16_t>(b[0] | b[1] << 8);
    }
    return {};
  }
  std::int64_t sample = from;
  for (std::int32_t& count : counts) {
    const bool second = sample % 2 != 0;
    count = second ? SignExtend12((b[1] & 0xF0u) << 4 | b[2])
                   : SignExtend12((b[1] & 0x0Fu) << 8 | b[0]);
    if (second) b += 3;
    ++sample;
  }
  return {};
}

Status WfdbSampleFile::Verify(std::int64_t frames, std::span<const WfdbSignal> signals) {
  std::vector<std::int32_t> block;
  std::vector<std::uint32_t> sums(signals_, 0);
  for (std::int64_t first = 0; first < frames; first += kBlockFrames) {
    block.resize(static_cast<std::size_t>(std::min(kBlockFrames, frames - first)) * signals_);
    RIG_TRY(Read(first, block));
    for (std::size_t s = 0; s < signals_; ++s) {
      if (first == 0 && signals[s].initial_value && *signals[s].initial_value != block[s]) {
        return MakeError(
            Code::kDataLoss,
            fmt::format("{}: signal {} (\"{}\") begins with {}; the header says {}", name_, s,
                        signals[s].description, block[s], *signals[s].initial_value));
      }
      for (std::size_t i = s; i < block.size(); i += signals_)
        sums[s] += static_cast<std::uint32_t>(block[i]);
    }
  }
  for (std::size_t s = 0; s < signals_; ++s) {
    const auto found = static_cast<std::uint16_t>(sums[s]);
    if (!signals[s].checksum || *signals[s].checksum == found) continue;
    return MakeError(Code::kDataLoss,
                     fmt::format("{}: signal {} (\"{}\") has the checksum {}; the header says {}",
                                 name_, s, signals[s].description, static_cast<std::int16_t>(found),
                                 static_cast<std::int16_t>(*signals[s].checksum)));
  }
  return {};
}

}  // namespace rig
