#pragma once

#include <cstdint>
#include <filesystem>
#include <istream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim_signals/recorded/recording.h"

namespace rig {

// EDF, EDF+, BDF and BDF+. Source: Kemp et al. 1992 (EDF), Kemp and Olivan 2003 (EDF+), as on
// edfplus.info; the 24-bit variant as BioSemi describes it.

struct EdfSignal {
  std::string label;
  std::string transducer;
  std::string unit;  // physical dimension
  double physical_min = -1.0, physical_max = 1.0;
  std::int64_t digital_min = -32768, digital_max = 32767;
  std::string prefilter;
  std::int64_t samples = 0;  // in a data record
  bool annotations = false;
  std::int64_t byte_offset = 0;  // in a data record

  double units_per_count() const {
    return (physical_max - physical_min) / static_cast<double>(digital_max - digital_min);
  }
  double ToUnits(std::int64_t count) const {
    return physical_min + static_cast<double>(count - digital_min) * units_per_count();
  }
};

struct EdfHeader {
  bool bdf = false;            // 24 bits
  bool plus = false;           // EDF+ or BDF+
  bool discontinuous = false;  // …+D
  std::string patient, recording;
  std::string start;         // "2014-04-29T22:19:44"; empty: no such date
  std::int64_t records = 0;  // -1: not known while it was recorded
  double record_s = 1.0;
  std::vector<EdfSignal> signals;

  std::int64_t sample_bytes() const { return bdf ? 3 : 2; }
  std::int64_t header_bytes() const {
    return 256 * (static_cast<std::int64_t>(signals.size()) + 1);
  }
  std::int64_t record_bytes() const;
};

bool IsEdf(std::string_view head);

// Errors: INVALID_ARGUMENT as "name: signal 2, samples in a record: …; expected …".
Result<EdfHeader> ParseEdfHeader(std::istream& stream, const std::string& name);

// One time-stamped list: "+0.5 x15 1 x14 text x14 text x14 x00".
struct EdfAnnotationList {
  std::int64_t onset_ns = 0;  // since the file's start
  std::int64_t duration_ns = 0;
  std::vector<std::string> texts;  // the first of a data record's first list is empty
};

// The lists of one data record's annotation signal. Errors: DATA_LOSS naming `name`.
Result<std::vector<EdfAnnotationList>> ParseEdfAnnotations(std::string_view bytes,
                                                           const std::string& name);

// Errors: as OpenRecording.
Result<std::unique_ptr<Recording>> OpenEdf(const std::filesystem::path& path,
                                           const OpenFile& open_file);

}  // namespace rig
