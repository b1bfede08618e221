#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>

#include "rig/base/result.h"

namespace rig {

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

}  // namespace rig
