#pragma once

#include <cstdint>
#include <filesystem>
#include <istream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rig/base/result.h"

namespace rig {

// Reader of WFDB records, the format of PhysioNet: a text header, sample files in formats 16 and
// 212, annotations in MIT format. Source: wfdb-spec (header.md, signal.md, annotation.md). Memory
// does not grow with the record.

struct WfdbSignal {
  std::string file;
  int format = 0;
  std::int64_t byte_offset = 0;
  double gain = 200.0;        // counts per unit
  std::int64_t baseline = 0;  // counts at 0 units
  std::string unit = "mV";
  std::optional<std::int32_t> initial_value;
  std::optional<std::uint16_t> checksum;  // sum of all counts modulo 2^16
  std::string description;
};

struct WfdbHeader {
  std::string record;
  double sampling_hz = 250.0;
  std::int64_t frames = 0;  // 0: not stated
  std::vector<WfdbSignal> signals;
};

// `name` is what errors call the file. Errors: INVALID_ARGUMENT as "name:line: …, expected …";
// UNIMPLEMENTED for formats other than 16 and 212, several samples per frame, skew, several
// segments.
Result<WfdbHeader> ParseWfdbHeader(std::string_view text, const std::string& name);

// Samples of signals that share a file, interleaved frame by frame.
class WfdbSampleFile {
 public:
  // `stream` outlives this. `format` is 16 or 212.
  WfdbSampleFile(std::istream& stream, std::string name, int format, std::int64_t byte_offset,
                 std::size_t signals);

  std::size_t signals() const { return signals_; }
  // Bytes the file needs for this many frames.
  std::int64_t BytesFor(std::int64_t frames) const;
  // Whole frames in a file of this many bytes.
  std::int64_t FramesIn(std::int64_t bytes) const;
  // Counts of the frames from `first` on, as many as `counts` holds. Errors: DATA_LOSS where the
  // file ends before.
  Status Read(std::int64_t first, std::span<std::int32_t> counts);
  // One pass over the first `frames` frames, comparing first values and checksums with the
  // header's, as far as it states them. Errors: DATA_LOSS naming file, signal, what was found and
  // what was expected.
  Status Verify(std::int64_t frames, std::span<const WfdbSignal> signals);

 private:
  std::istream* stream_;
  std::string name_;
  int format_;
  std::int64_t byte_offset_;
  std::size_t signals_;
  std::vector<unsigned char> bytes_;
};

struct WfdbAnnotation {
  std::int64_t time =
      0;         // in ticks of sampling_hz, or of time_resolution_hz() if the file states one
  int code = 0;  // 1 N, 5 V, 28 rhythm change, …
  int subtype = 0, channel = 0, number = 0;
  std::string text;  // of a rhythm change, "(VFIB"; of a note
};

// Whether an annotation marks a QRS complex. Source: isqrs() of the WFDB library's ecgmap.h.
bool IsQrs(int annotation_code);

// Annotations one after the other.
class WfdbAnnotationReader {
 public:
  // `stream` outlives this.
  WfdbAnnotationReader(std::istream& stream, std::string name)
      : stream_(&stream), name_(std::move(name)) {}
  // The next one; none after the end mark. Errors: DATA_LOSS for a file that ends without its end
  // mark, holds anything behind it, or goes back in time.
  Result<std::optional<WfdbAnnotation>> Next();
  std::optional<double> time_resolution_hz() const { return time_resolution_hz_; }

 private:
  Result<std::uint32_t> Word();
  // The annotation's own word, after any skips; none at the end mark.
  Result<std::optional<WfdbAnnotation>> ReadBare();
  // What follows it and belongs to it; leaves the word behind in pending_.
  Status ReadAttachments(WfdbAnnotation& annotation);
  Status ReadText(std::size_t length, std::string& text);
  void NoteTimeResolution(const WfdbAnnotation& annotation);

  std::istream* stream_;
  std::string name_;
  std::optional<std::uint32_t> pending_;
  std::int64_t time_ = 0;
  std::int64_t last_time_ = 0;
  int channel_ = 0, number_ = 0;  // both hold until they change
  bool ended_ = false;
  std::optional<double> time_resolution_hz_;
};

// A whole record, opened and verified: every sample file is read once and compared with the header.
struct WfdbRecord {
  WfdbHeader header;
  std::filesystem::path directory;
  std::filesystem::path annotations;  // empty: the record has none
};

// `header` names the .hea file, or the record without extension. Errors: as above, NOT_FOUND for a
// missing file; DATA_LOSS for a sample file that is shorter than the header says.
Result<WfdbRecord> OpenWfdbRecord(const std::filesystem::path& header);

// Exactly the files that a replay of the record reads: the header, each signal file it names, once,
// and the annotations if there are any. Errors: those of ParseWfdbHeader, NOT_FOUND for a missing
// file.
Result<std::vector<std::filesystem::path>> RecordFiles(const std::filesystem::path& header);

// The signals that share a file with signal `index`: their range in header.signals.
struct WfdbFileGroup {
  std::size_t first, size;
};
WfdbFileGroup GroupOf(const WfdbHeader& header, std::size_t index);

}  // namespace rig
