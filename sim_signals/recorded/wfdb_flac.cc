#include <FLAC/stream_decoder.h>
#include <fmt/format.h>

#include <algorithm>

#include "sim_signals/recorded/wfdb_samples.h"

namespace rig {
namespace {

// One FLAC stream with a channel for each signal; a frame of the record takes as many samples of it
// as the signals have in a frame. Source: wfdb-spec, signal.md, formats 508, 516 and 524.
class FlacSamples : public WfdbSamples {
 public:
  FlacSamples(std::unique_ptr<std::istream> stream, const std::string& name,
              std::span<const WfdbSignal> signals)
      : stream_(std::move(stream)),
        name_(name),
        bits_(FindWfdbFormat(signals[0].format)->bits),
        byte_offset_(signals[0].byte_offset),
        per_frame_(signals[0].samples_per_frame),
        block_(signals.size()) {}

  // Reads what stands before the first sample. Errors: DATA_LOSS, INVALID_ARGUMENT.
  Status Start();
  Status Read(std::int64_t first, std::span<std::int32_t> counts) override;
  Result<std::int64_t> Frames() override;
  Status Finish() override;

 private:
  struct Delete {
    void operator()(FLAC__StreamDecoder* decoder) const { FLAC__stream_decoder_delete(decoder); }
  };
  using Self = FlacSamples*;

  tl::unexpected<Error> Damaged(const std::string& what) const {
    return MakeError(Code::kDataLoss, name_ + ": " + what);
  }
  // Decodes the next block into block_; false at the end of the stream.
  Result<bool> NextBlock();
  // Makes block_ hold the stream's sample `t`.
  Status Seek(std::int64_t t);

  static FLAC__StreamDecoderReadStatus OnRead(const FLAC__StreamDecoder*, FLAC__byte* bytes,
                                              std::size_t* size, void* self) {
    std::istream& stream = *Self(self)->stream_;
    stream.read(reinterpret_cast<char*>(bytes), static_cast<std::streamsize>(*size));
    *size = static_cast<std::size_t>(stream.gcount());
    return *size > 0 ? FLAC__STREAM_DECODER_READ_STATUS_CONTINUE
                     : FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM;
  }
  static FLAC__StreamDecoderWriteStatus OnBlock(const FLAC__StreamDecoder*,
                                                const FLAC__Frame* frame,
                                                const FLAC__int32* const* samples, void* self) {
    return Self(self)->Take(*frame, samples);
  }
  static void OnError(const FLAC__StreamDecoder*, FLAC__StreamDecoderErrorStatus status,
                      void* self) {
    std::string& failure = Self(self)->failure_;
    if (failure.empty()) failure = FLAC__StreamDecoderErrorStatusString[status];
  }
  FLAC__StreamDecoderWriteStatus Take(const FLAC__Frame& frame, const FLAC__int32* const* samples);

  std::unique_ptr<std::istream> stream_;
  std::string name_;
  int bits_;
  std::int64_t byte_offset_;
  std::int64_t per_frame_;
  std::unique_ptr<FLAC__StreamDecoder, Delete> decoder_;
  // The decoded block: a row for each channel, from the stream's sample block_first_ on.
  std::vector<std::vector<std::int32_t>> block_;
  std::int64_t block_first_ = 0;
  std::int64_t read_until_ = 0;
  std::string failure_;
};

FLAC__StreamDecoderWriteStatus FlacSamples::Take(const FLAC__Frame& frame,
                                                 const FLAC__int32* const* samples) {
  const bool as_described = frame.header.channels == block_.size() &&
                            frame.header.bits_per_sample == static_cast<unsigned>(bits_);
  if (!as_described) {
    failure_ =
        fmt::format("a FLAC block has {} channels of {} bits; expected {} of {}",
                    frame.header.channels, frame.header.bits_per_sample, block_.size(), bits_);
    return FLAC__STREAM_DECODER_WRITE_STATUS_ABORT;
  }
  for (std::size_t c = 0; c < block_.size(); ++c) {
    block_[c].assign(samples[c], samples[c] + frame.header.blocksize);
  }
  return FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE;
}

Status FlacSamples::Start() {
  stream_->clear();
  stream_->seekg(byte_offset_);
  decoder_.reset(FLAC__stream_decoder_new());
  if (decoder_ == nullptr) return MakeError(Code::kResourceExhausted, name_ + ": no FLAC decoder");
  FLAC__stream_decoder_set_md5_checking(decoder_.get(), 1);
  block_first_ = 0;
  failure_.clear();
  for (auto& row : block_) row.clear();
  const auto begun = FLAC__stream_decoder_init_stream(
      decoder_.get(), OnRead, nullptr, nullptr, nullptr, nullptr, OnBlock, nullptr, OnError, this);
  const bool read =
      begun == FLAC__STREAM_DECODER_INIT_STATUS_OK &&
      FLAC__stream_decoder_process_until_end_of_metadata(decoder_.get()) && failure_.empty() &&
      FLAC__stream_decoder_get_state(decoder_.get()) != FLAC__STREAM_DECODER_END_OF_STREAM;
  if (read) return {};
  return Damaged("no FLAC stream; expected one, as the header says");
}

Result<std::int64_t> FlacSamples::Frames() {
  const std::uint64_t samples = FLAC__stream_decoder_get_total_samples(decoder_.get());
  if (samples == 0) return -1;
  return static_cast<std::int64_t>(samples / static_cast<std::uint64_t>(per_frame_));
}

Result<bool> FlacSamples::NextBlock() {
  block_first_ += static_cast<std::int64_t>(block_[0].size());
  for (auto& row : block_) row.clear();
  while (block_[0].empty()) {
    const bool went_on = FLAC__stream_decoder_process_single(decoder_.get());
    if (!failure_.empty() || !went_on) {
      return Damaged(fmt::format("damaged FLAC stream at sample {}: {}", block_first_,
                                 failure_.empty() ? "it ends" : failure_));
    }
    const auto state = FLAC__stream_decoder_get_state(decoder_.get());
    if (block_[0].empty() && state == FLAC__STREAM_DECODER_END_OF_STREAM) return false;
  }
  return true;
}

Status FlacSamples::Seek(std::int64_t t) {
  if (t < block_first_) RIG_TRY(Start());
  while (t >= block_first_ + static_cast<std::int64_t>(block_[0].size())) {
    RIG_TRY_ASSIGN(const bool more, NextBlock());
    if (more) continue;
    return Damaged(fmt::format("ends at sample {}; expected {} at least", block_first_, t + 1));
  }
  return {};
}

Status FlacSamples::Read(std::int64_t first, std::span<std::int32_t> counts) {
  const auto n = static_cast<std::size_t>(per_frame_);
  std::int64_t t = first * per_frame_;
  for (std::size_t at = 0; at < counts.size(); at += n * block_.size()) {
    for (std::size_t k = 0; k < n; ++k, ++t) {
      RIG_TRY(Seek(t));
      const auto i = static_cast<std::size_t>(t - block_first_);
      for (std::size_t c = 0; c < block_.size(); ++c) counts[at + c * n + k] = block_[c][i];
    }
  }
  read_until_ = t;
  return {};
}

Status FlacSamples::Finish() {
  // Less than a frame may be left.
  const std::int64_t left =
      block_first_ + static_cast<std::int64_t>(block_[0].size()) - read_until_;
  RIG_TRY_ASSIGN(const bool more, NextBlock());
  if (more || left >= per_frame_) {
    return Damaged(
        fmt::format("FLAC stream goes on behind sample {}; expected its end", read_until_));
  }
  const bool intact = FLAC__stream_decoder_finish(decoder_.get());
  RIG_TRY(Start());
  if (intact) return {};
  return Damaged("samples differ from the FLAC stream's own MD5 sum");
}

}  // namespace

Result<std::unique_ptr<WfdbSamples>> MakeWfdbFlacSamples(std::unique_ptr<std::istream> stream,
                                                         const std::string& name,
                                                         std::span<const WfdbSignal> signals) {
  const bool alike = std::all_of(signals.begin(), signals.end(), [&](const WfdbSignal& s) {
    return s.samples_per_frame == signals[0].samples_per_frame;
  });
  if (!alike || signals.size() > FLAC__MAX_CHANNELS) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: {} signals in a FLAC file, or some with more samples per "
                                 "frame; expected up to {} with as many",
                                 name, signals.size(), FLAC__MAX_CHANNELS));
  }
  auto samples = std::make_unique<FlacSamples>(std::move(stream), name, signals);
  RIG_TRY(samples->Start());
  return samples;
}

}  // namespace rig
