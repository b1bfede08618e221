#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "rig/base/digest.h"
#include "rig/base/run_time.h"
#include "rig/record/hdf5_file.h"
#include "rig/v1/trace.pb.h"

namespace rig {

// SHA-256 over what a channel means, not over how HDF5 stores it; defined in rig/record/README.md.
// Incremental: the same values in blocks of other sizes give the same digest.
class ChannelDigest {
 public:
  ChannelDigest(std::string_view name, std::string_view unit, v1::ChannelKind kind,
                std::int64_t period_ns, std::int64_t start_ns);
  void AddSamples(std::span<const float> values);
  void AddSteps(std::span<const hdf5::StoredStep> points);
  void AddText(std::int64_t t_ns, std::string_view text);
  std::string Hex() const { return sha_.Hex(); }

 private:
  Sha256 sha_;
};

// Sorts the channels by name and sets the digest of the whole trace from theirs and the end time.
void Seal(v1::TraceIndex& index);

}  // namespace rig
