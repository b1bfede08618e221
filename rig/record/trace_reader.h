#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rig/base/result.h"
#include "rig/base/run_time.h"
#include "rig/v1/trace.pb.h"

namespace rig {

struct StepPoint {
  RunTime t;
  double value;
};

struct TextPoint {
  RunTime t;
  std::string text;
};

// Reads a trace file, also one whose writer was killed. Thread-compatible.
class TraceReader {
 public:
  // Errors: NOT_FOUND; DATA_LOSS when it is no trace or damaged.
  static Result<TraceReader> Open(const std::filesystem::path& file);
  TraceReader(TraceReader&&) noexcept;
  TraceReader& operator=(TraceReader&&) noexcept;
  ~TraceReader();

  // Channels sorted by name, with digests recomputed from the values read.
  Result<v1::TraceIndex> Index() const;
  const v1::ChannelIndex* Find(std::string_view channel) const;  // without digest; null: none
  std::vector<std::string> Names() const;
  // Run time up to which the trace is known.
  RunTime end() const;

  // Hands over a SAMPLED or STEP channel block by block in time order, in at most `block` points:
  // memory independent of length. Return false from `take` to stop. Errors: NOT_FOUND,
  // INVALID_ARGUMENT for a TEXT channel, DATA_LOSS.
  Status ForEachBlock(std::string_view channel, std::size_t block,
                      const std::function<bool(std::span<const StepPoint>)>& take) const;
  // A whole channel. Errors: as above.
  Result<std::vector<StepPoint>> ReadPoints(std::string_view channel) const;
  Result<std::vector<TextPoint>> ReadText(std::string_view channel) const;

 private:
  struct File;
  explicit TraceReader(std::unique_ptr<File> file);
  std::unique_ptr<File> file_;
};

}  // namespace rig
