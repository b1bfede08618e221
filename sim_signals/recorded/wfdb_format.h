#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace rig {

// How samples lie in a WFDB signal file. Source: wfdb-spec, signal.md.
struct WfdbFormat {
  int number;
  int bits;          // of a sample
  int group;         // samples that are packed together …
  int group_bytes;   // … into this many bytes
  int partial[2];    // bytes of one and of two samples at the end, where a group holds more
  bool differences;  // each sample is the sum of all numbers up to its own
  bool flac;         // one FLAC stream; no groups
  // The count that says "no sample"; none: the format has no such mark.
  std::optional<std::int32_t> missing() const {
    if (differences) return std::nullopt;
    return static_cast<std::int32_t>(-(std::int64_t{1} << (bits - 1)));
  }
  // Bytes that this many samples take.
  std::int64_t Bytes(std::int64_t samples) const;
  // Whole samples in this many bytes.
  std::int64_t Samples(std::int64_t bytes) const;
  // Decodes samples from the first of a group on. `bytes` holds Bytes(counts.size()).
  void Decode(const unsigned char* bytes, std::span<std::int32_t> counts) const;
};

// Null: WFDB has no such format.
const WfdbFormat* FindWfdbFormat(int number);
// "8, 16, …", for messages.
std::string WfdbFormatNumbers();

}  // namespace rig
