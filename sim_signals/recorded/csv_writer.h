#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <ostream>
#include <span>
#include <vector>

#include "rig/base/result.h"
#include "sim_signals/recorded/recording.h"

namespace rig {

// Writes a CSV file that OpenCsv reads: "time [s]" and a column for each channel, every number in
// the fewest digits that read back as the same one, nothing for a missing sample.
class CsvWriter {
 public:
  // Channels of one rate. Errors: INVALID_ARGUMENT for other rates, or names with commas, brackets
  // or line ends; UNAVAILABLE.
  static Result<CsvWriter> Create(const std::filesystem::path& path,
                                  std::span<const RecordingChannel> channels);
  // Whole rows, a value of each channel. Errors: INVALID_ARGUMENT, RESOURCE_EXHAUSTED.
  Status Append(std::span<const double> values);
  Status Close();

 private:
  CsvWriter() = default;

  std::filesystem::path path_;
  std::unique_ptr<std::ostream> stream_;
  std::size_t columns_ = 0;
  double rate_hz_ = 0.0;
  std::int64_t row_ = 0;
};

}  // namespace rig
