#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "rig/base/trace_sink.h"
#include "rig/v1/trace.pb.h"

namespace rig {

// A trace on disk, HDF5; the layout is rig/record/README.md. Values are flushed at least once a
// wall second, so that a killed writer loses at most that. Memory does not grow with the trace's
// length.
class TraceWriter final : public TraceSink {
 public:
  // `flush_every`: wall time between flushes, looked at in AdvanceTo. The first AdvanceTo flushes.
  // Errors: ALREADY_EXISTS: evidence is never overwritten; UNAVAILABLE; RESOURCE_EXHAUSTED.
  static Result<std::unique_ptr<TraceWriter>> Create(
      const std::filesystem::path& file,
      std::chrono::milliseconds flush_every = std::chrono::seconds(1));
  ~TraceWriter() override;

  Result<ChannelId> Declare(std::string_view name, std::string_view unit, ChannelKind kind,
                            Duration period = Duration(0), RunTime start = RunTime()) override;
  Status AppendSamples(ChannelId channel, std::span<const double> values) override;
  Status AppendStep(ChannelId channel, RunTime t, double value) override;
  Status AppendText(ChannelId channel, RunTime t, std::string_view text) override;
  Status AdvanceTo(RunTime t) override;
  // Writes what is buffered and the index, closes the file; nothing can be appended afterwards.
  // Once an append has failed this fails with the same error, having kept what was recorded until
  // then.
  Result<v1::TraceIndex> Close();

 private:
  struct File;
  explicit TraceWriter(std::unique_ptr<File> file);
  std::unique_ptr<File> file_;
};

}  // namespace rig
