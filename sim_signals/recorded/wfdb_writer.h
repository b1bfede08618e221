#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "sim_signals/recorded/wfdb_annotations.h"
#include "sim_signals/recorded/wfdb_header.h"

namespace rig {

// Writes a WFDB record into one signal file in format 16 or 212 beside its header, which states
// lengths, first values and checksums. The header is written last: a record that was not closed has
// none. An older record of that name loses its header and its annotations (.atr) first.
class WfdbWriter {
 public:
  // `header` names the .hea file. Of `record` the rate, the start and the signals count: format (16
  // or 212, the same for all), samples per frame, gain, baseline, unit, resolution, description.
  // Errors: INVALID_ARGUMENT for what a header cannot say, a baseline beyond 32 bits among it;
  // UNAVAILABLE.
  static Result<WfdbWriter> Create(const std::filesystem::path& header, WfdbHeader record);

  // Whole frames, in each all samples of the first signal, then all of the second. Errors:
  // OUT_OF_RANGE for a count that the format does not have; RESOURCE_EXHAUSTED.
  Status Append(std::span<const std::int32_t> counts);
  // Errors: RESOURCE_EXHAUSTED, UNAVAILABLE.
  Status Close();

 private:
  WfdbWriter() = default;
  void Encode(std::int32_t count);

  std::filesystem::path path_;
  std::filesystem::path data_;
  WfdbHeader record_;
  std::unique_ptr<std::ostream> stream_;
  std::vector<std::size_t> signal_of_;  // of each sample in a frame
  std::vector<std::uint32_t> sums_;
  std::vector<bool> begun_;
  std::string bytes_;
  std::int32_t half_ = 0;  // of format 212, the first of a pair
  bool has_half_ = false;
};

// An annotation file. Errors: INVALID_ARGUMENT for annotations out of order, codes outside 1 to 49,
// texts above 255 bytes or numbers beyond a byte; UNAVAILABLE.
Status WriteWfdbAnnotations(const std::filesystem::path& path,
                            std::span<const WfdbAnnotation> annotations);

}  // namespace rig
