#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rig/base/trace_sink.h"
#include "rig/record/hdf5_file.h"
#include "rig/record/trace_digest.h"

namespace rig {

struct ChannelDescription {
  std::string name;
  std::string unit;
  v1::ChannelKind kind = v1::CHANNEL_KIND_UNSET;
  std::int64_t period_ns = 0;  // SAMPLED only
  std::int64_t start_ns = 0;   // SAMPLED only
};

// One channel of a trace being written: buffers a chunk's worth of values, stores and digests them.
class TraceChannel {
 public:
  explicit TraceChannel(ChannelDescription description);

  // The channel's group with its attributes and series, below `channels`.
  Status Create(const hdf5::Handle& channels);
  // After the file has been closed and opened again.
  Status Reopen(const hdf5::Handle& channels);
  void CloseSeries();
  void Abandon();
  // Count and digest as attributes. The series must be closed for good.
  Status WriteSeal(const hdf5::Handle& channels) const;

  Status AppendSamples(std::span<const double> values);
  Status AppendStep(std::int64_t t_ns, double value);
  Status AppendText(std::int64_t t_ns, std::string_view text);
  // Stores what is buffered. The last STEP point is stored, but may be replaced by one of the same
  // instant until `final`.
  Status Store(bool final);

  const ChannelDescription& description() const { return description_; }
  v1::ChannelIndex Index() const;
  // Time of the last point; after a SAMPLED channel's last sample.
  std::int64_t last_ns() const { return last_ns_; }

 private:
  Status StoreSamples();
  Status StoreSteps(bool final);
  Status StoreText();
  std::uint64_t Chunk() const;

  ChannelDescription description_;
  ChannelDigest digest_;
  std::uint64_t stored_ = 0;  // elements in the file that will not change
  std::uint64_t stored_bytes_ = 0;
  std::int64_t last_ns_;

  std::vector<float> samples_;
  std::vector<hdf5::StoredStep> steps_;
  std::vector<std::int64_t> text_times_;
  std::vector<std::int64_t> text_ends_;  // offset behind the text, from the channel's first byte
  std::string text_;

  hdf5::Handle series_;
  hdf5::Handle text_times_series_;
  hdf5::Handle text_ends_series_;
};

}  // namespace rig
