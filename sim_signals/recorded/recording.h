#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <istream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rig/base/result.h"

namespace rig {

struct RecordingChannel {
  std::string name;      // as the file has it, without blanks around it
  std::string unit;      // as the file has it, "uV" for a micro sign; empty: not stated
  double rate_hz = 0.0;  // its own, however fast the others are
  std::int64_t samples = 0;
};

struct RecordingAnnotation {
  std::int64_t time_ns = 0;      // since the first sample; negative: before it
  std::int64_t duration_ns = 0;  // 0: an instant, or not stated
  int code = 0;  // MIT code (1 N, 5 V, 28 rhythm change, …); 0: the format has texts only
  std::string text;
  int channel = -1;  // index of a channel; -1: of the recording as a whole
};

// Annotations one after the other, in the file's order: that of time in WFDB.
class AnnotationStream {
 public:
  virtual ~AnnotationStream() = default;
  // The next one; none at the end. Errors: DATA_LOSS.
  virtual Result<std::optional<RecordingAnnotation>> Next() = 0;
};

// A recorded signal file of any format, opened and verified. Memory does not grow with the samples,
// but for aECG, whose files are of limited size. Not for several threads at once.
class Recording {
 public:
  virtual ~Recording() = default;

  // Empty: a file of annotations alone.
  virtual const std::vector<RecordingChannel>& channels() const = 0;
  // Local time of the first sample, "2014-04-29T22:19:44.5"; a time alone, "11:44:12.65", where no
  // date is stated; empty where neither is.
  virtual std::string start() const = 0;
  // Samples [first, first + values.size()) of a channel, in its unit; NaN where the file has none.
  // Sample i lies at i / rate_hz. Fast forward; going back may mean to start over.
  // Errors: OUT_OF_RANGE beyond the channel's samples; DATA_LOSS where the file is damaged or has
  // changed.
  virtual Status Read(std::size_t channel, std::int64_t first, std::span<double> values) = 0;
  // From the first one on. `this` outlives it. Errors: NOT_FOUND, DATA_LOSS.
  virtual Result<std::unique_ptr<AnnotationStream>> Annotations() const = 0;
  // Exactly the files that reading it reads, the one it was opened by first.
  virtual const std::vector<std::filesystem::path>& files() const = 0;
};

// How readers get at files: a stream at the file's first byte, null if there is none.
using OpenFile = std::function<std::unique_ptr<std::istream>(const std::filesystem::path&)>;
// From the disk.
std::unique_ptr<std::istream> OpenOnDisk(const std::filesystem::path& path);

struct RecordingOptions {
  // Samples per second of a file that does not state it (CSV without a time column); 0: none given.
  double rate_hz = 0.0;
  OpenFile open_file = OpenOnDisk;
};

// Opens a file by its content, and WFDB records by their header (with or without ".hea").
// What the file says is checked before anything is played: structure, lengths, checksums, first
// values, annotations to their end.
//
// Errors: NOT_FOUND; INVALID_ARGUMENT as "file:line: what; expected …" for what breaks its format;
// DATA_LOSS for a file that is shorter or other than its header says; UNIMPLEMENTED for what this
// reader does not read, by name; RESOURCE_EXHAUSTED for what no recorder makes.
Result<std::unique_ptr<Recording>> OpenRecording(const std::filesystem::path& path,
                                                 const RecordingOptions& options = {});

// Exactly the files that a replay of the recording reads. Errors: those of OpenRecording.
Result<std::vector<std::filesystem::path>> RecordFiles(const std::filesystem::path& path,
                                                       const RecordingOptions& options = {});

// The index of the channel of that name; empty: the first. "#2" is the second, whatever its name.
// Errors: NOT_FOUND, listing what there is; INVALID_ARGUMENT for a name that several have.
Result<std::size_t> FindChannel(const Recording& recording, const std::string& channel);

// Limits of what is believed. A header beyond them is refused before memory is asked for.
inline constexpr std::int64_t kMaxRecordingChannels = 4096;
inline constexpr std::int64_t kMaxRecordingSamples = std::int64_t{1} << 40;
inline constexpr double kMaxRecordingRate = 1e7;

}  // namespace rig
