#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rig/base/result.h"

namespace rig {

// The text header of a WFDB record. Source: wfdb-spec, header.md.

struct WfdbSignal {
  std::string file;  // "~" in the layout of a record of several segments
  int format = 0;
  int samples_per_frame = 1;
  // Frames by which the signal lies too late in its file.
  std::int64_t skew = 0;
  std::int64_t byte_offset = 0;
  double gain = 200.0;        // counts per unit
  std::int64_t baseline = 0;  // counts at 0 units
  std::string unit = "mV";
  int resolution_bits = 0;  // of the converter; 0: not stated
  std::int64_t zero = 0;    // counts at the middle of the converter's range
  std::optional<std::int32_t> initial_value;
  std::optional<std::uint16_t> checksum;  // sum of all counts modulo 2^16
  std::string description;
};

struct WfdbSegment {
  std::string record;  // "~": nothing was recorded
  std::int64_t frames = 0;
};

struct WfdbHeader {
  std::string record;
  double sampling_hz = 250.0;         // frames per second
  std::int64_t frames = 0;            // 0: not stated
  std::string start;                  // "1994-08-15T17:27:45", a time alone, or empty
  std::vector<WfdbSignal> signals;    // empty where there are segments
  std::vector<WfdbSegment> segments;  // empty: this is a record by itself
  std::size_t segment_signals = 0;    // number of signals a record of segments has
  // The first segment is no data but the layout: every signal that any segment has.
  bool variable_layout() const { return !segments.empty() && segments.front().frames == 0; }
};

// `name` is what errors call the file. Errors: INVALID_ARGUMENT as "name:line: …; expected …";
// UNIMPLEMENTED for a format that WFDB does not have.
Result<WfdbHeader> ParseWfdbHeader(std::string_view text, const std::string& name);

// The signals that share a file with signal `index`: their range in header.signals.
struct WfdbFileGroup {
  std::size_t first, size;
};
WfdbFileGroup GroupOf(const WfdbHeader& header, std::size_t index);

// Most samples of all signals together in one frame.
inline constexpr std::int64_t kMaxFrameSamples = 1 << 18;

}  // namespace rig
