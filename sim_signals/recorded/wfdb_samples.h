#pragma once

#include <cstdint>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "sim_signals/recorded/wfdb_format.h"
#include "sim_signals/recorded/wfdb_header.h"

namespace rig {

// The samples of the signals that share one WFDB signal file, frame by frame; within a frame all
// samples of the first signal, then all of the second.
class WfdbSamples {
 public:
  virtual ~WfdbSamples() = default;
  // Counts of the frames from `first` on, as many whole frames as `counts` holds. Errors: DATA_LOSS
  // where the file ends before or is damaged.
  virtual Status Read(std::int64_t first, std::span<std::int32_t> counts) = 0;
  // Whole frames in the file; -1 where it does not say.
  virtual Result<std::int64_t> Frames() = 0;
  // After all frames have been read from the first on. Errors: DATA_LOSS where the file's own
  // checksum differs, or there is more in it.
  virtual Status Finish() { return {}; }
};

// Samples of all signals together in a frame.
std::size_t FrameSamples(std::span<const WfdbSignal> signals);

// `signals` share a file, whose bytes are in `stream`. Errors: INVALID_ARGUMENT, DATA_LOSS.
Result<std::unique_ptr<WfdbSamples>> MakeWfdbSamples(std::unique_ptr<std::istream> stream,
                                                     const std::string& name,
                                                     std::span<const WfdbSignal> signals);

// One pass over all frames, comparing first values and checksums with the header's, as far as it
// states them. Errors: DATA_LOSS naming file, signal, what was found and what was expected.
Status VerifyWfdbSamples(WfdbSamples& samples, const std::string& name, std::int64_t frames,
                         std::span<const WfdbSignal> signals);

// For the formats in groups of bytes.
class WfdbPackedSamples : public WfdbSamples {
 public:
  WfdbPackedSamples(std::unique_ptr<std::istream> stream, std::string name,
                    std::span<const WfdbSignal> signals);
  Status Read(std::int64_t first, std::span<std::int32_t> counts) override;
  Result<std::int64_t> Frames() override;

 private:
  Status ReadGroups(std::int64_t first_sample, std::span<std::int32_t> counts);
  Status SumDifferences(std::int64_t first, std::span<std::int32_t> counts);

  std::unique_ptr<std::istream> stream_;
  std::string name_;
  const WfdbFormat* format_;
  std::int64_t byte_offset_;
  std::size_t frame_samples_;
  std::vector<unsigned char> bytes_;
  std::vector<std::int32_t> lead_in_;
  // Of differences: each signal's samples in a frame, its first value, its last sum, and the frame
  // behind it.
  std::vector<std::size_t> per_frame_;
  std::vector<std::int32_t> initial_, sums_;
  std::int64_t summed_until_ = 0;
};

// For the formats 508, 516 and 524. Errors of making one: INVALID_ARGUMENT, DATA_LOSS.
Result<std::unique_ptr<WfdbSamples>> MakeWfdbFlacSamples(std::unique_ptr<std::istream> stream,
                                                         const std::string& name,
                                                         std::span<const WfdbSignal> signals);

}  // namespace rig
