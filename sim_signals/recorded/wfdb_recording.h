#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sim_signals/recorded/recording.h"
#include "sim_signals/recorded/wfdb_header.h"
#include "sim_signals/recorded/wfdb_samples.h"

namespace rig {

enum class Verification { kFull, kNone };

// A WFDB record by itself. A signal's skew is taken out: its last samples are then missing.
// Source: wfdb-spec, header.md.
class WfdbRecording : public Recording {
 public:
  // `path` is the header's, for which `header` was read. kNone: it was verified before.
  static Result<std::unique_ptr<WfdbRecording>> Open(const std::filesystem::path& path,
                                                     WfdbHeader header, const OpenFile& open_file,
                                                     Verification verification);

  const std::vector<RecordingChannel>& channels() const override { return channels_; }
  std::string start() const override { return header_.start; }
  Status Read(std::size_t channel, std::int64_t first, std::span<double> values) override;
  Result<std::unique_ptr<AnnotationStream>> Annotations() const override;
  const std::vector<std::filesystem::path>& files() const override { return files_; }

  const WfdbHeader& header() const { return header_; }
  // As Read, in counts; `known` says which of them the file has.
  Status ReadCounts(std::size_t channel, std::int64_t first, std::span<std::int32_t> counts,
                    std::vector<bool>& known);

 private:
  struct Group {
    WfdbFileGroup signals;
    std::unique_ptr<WfdbSamples> samples;
  };
  WfdbRecording() = default;
  Status OpenGroup(const std::filesystem::path& path, WfdbFileGroup group,
                   Verification verification);

  std::filesystem::path path_;
  WfdbHeader header_;
  OpenFile open_file_;
  std::vector<RecordingChannel> channels_;
  std::vector<std::filesystem::path> files_;
  std::filesystem::path annotations_;  // empty: none
  std::vector<Group> groups_;
  std::vector<std::int32_t> block_, counts_;
  std::vector<bool> known_;
};

// A WFDB record of either kind: by itself, or of several segments. `path` names the header, with or
// without its ".hea".
Result<std::unique_ptr<Recording>> OpenWfdb(const std::filesystem::path& path,
                                            const OpenFile& open_file);

// The pieces that records of segments need, too.
Result<WfdbHeader> ReadWfdbHeader(const std::filesystem::path& path, const OpenFile& open_file);
RecordingChannel WfdbChannel(const WfdbHeader& header, const WfdbSignal& signal);
// The annotations beside the header of a record; empty: there are none. Reads them to their end.
// Errors: DATA_LOSS, also for one behind the record's end: then they are another record's.
Result<std::filesystem::path> VerifiedWfdbAnnotations(std::filesystem::path header_path,
                                                      const WfdbHeader& header,
                                                      const OpenFile& open_file);
Result<std::unique_ptr<AnnotationStream>> OpenWfdbAnnotations(const std::filesystem::path& path,
                                                              double ticks_per_s,
                                                              const OpenFile& open_file);
// A record of several segments; `header` is that at `path`.
Result<std::unique_ptr<Recording>> OpenWfdbSegments(const std::filesystem::path& path,
                                                    WfdbHeader header, const OpenFile& open_file);

}  // namespace rig
