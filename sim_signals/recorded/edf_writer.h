#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "sim_signals/recorded/edf.h"

namespace rig {

// Writes an EDF+ file: 16 bits, with annotations, continuous or not.
class EdfWriter {
 public:
  // Of `header` the patient and recording texts (empty: unknown), start, record_s, records and the
  // signals count (label, transducer, unit, ranges, prefilter, samples); the annotation signal is
  // added. `onsets_ns` says when each data record begins, for a file with gaps; empty: one after
  // the other from 0 on. Annotation times count from the start.
  // Errors: INVALID_ARGUMENT for what the header's fields cannot hold, OUT_OF_RANGE, UNAVAILABLE.
  static Result<EdfWriter> Create(const std::filesystem::path& path, EdfHeader header,
                                  std::span<const RecordingAnnotation> annotations = {},
                                  std::span<const std::int64_t> onsets_ns = {});

  // One data record: all samples of the first signal, then all of the second. Errors: OUT_OF_RANGE
  // beyond 16 bits or the records announced; RESOURCE_EXHAUSTED.
  Status Append(std::span<const std::int32_t> counts);
  // Errors: FAILED_PRECONDITION with fewer records than announced; RESOURCE_EXHAUSTED.
  Status Close();

 private:
  EdfWriter() = default;
  Status Check() const;
  void PlaceAnnotations(std::span<const RecordingAnnotation> annotations,
                        std::span<const std::int64_t> onsets_ns);
  Result<std::string> HeaderText(bool discontinuous) const;

  std::filesystem::path path_;
  EdfHeader header_;
  std::vector<std::string> lists_;  // annotations of each data record
  std::unique_ptr<std::ostream> stream_;
  std::size_t appended_ = 0;
};

}  // namespace rig
