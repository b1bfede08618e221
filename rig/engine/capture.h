#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rig/base/result.h"
#include "rig/base/trace_sink.h"
#include "rig/bench/bench.h"

namespace rig {

// Turns captured edges into the channels "observed.<signal>": levels, tones or counts, as the wire
// says, and the values of coded outputs.
class CaptureRecorder {
 public:
  static Result<CaptureRecorder> Create(const BoundBench& bench, TraceSink& sink);

  // Takes what the captures have, up to `now`.
  Status Drain(RunTime now);
  // Before this instant nothing of what has been recorded up to `now` can change any more. A tone
  // that may have ended and a counter that may have come to rest are open from their last edge on.
  RunTime Settled(RunTime now) const;
  // Running count of the active edges of a line that is no tone. Null: no such signal.
  const double* FindCount(std::string_view signal) const;
  // A line that is neither counted nor a tone. None: no such signal.
  std::optional<std::size_t> FindLevel(std::string_view signal) const;
  // For how long that line has been active, up to `t`: not before the last `now` of Drain.
  Duration ActiveTime(std::size_t level, RunTime t) const;

 private:
  // Of a level, with how long it had been active before.
  struct Change {
    RunTime t{};
    bool active = false;
    Duration active_before{};
  };

  struct Line {
    CapturePort port;
    TraceSink::ChannelId channel;
    bool recorded = false;  // some value has been recorded
    bool sounding = false;
    RunTime last_edge{};
    RunTime next_record{};
    double count = 0;  // active edges
    double recorded_count = 0;
    // Of a level.
    bool active = false;
    std::deque<Change> changes = {Change{}};  // the last before `now`, and those after
  };

  // A number on several lines.
  struct Coded {
    TraceSink::ChannelId channel;
    double step;
    std::vector<std::size_t> bits;  // of lines_
    std::size_t positive;
    std::size_t negative;
    std::optional<double> recorded = std::nullopt;
  };

  static bool IsOpen(const Line& line);
  Status AddCoded(const CodedPort& port);
  Status RecordCoded(RunTime t);
  Status Take(Line& line, const Edge& edge);
  Status Record(Line& line, RunTime t, double value);
  Status Settle(Line& line, RunTime now);

  std::vector<EdgeCapture*> captures_;
  std::vector<Line> lines_;
  std::vector<Coded> coded_;
  TraceSink* sink_ = nullptr;
  std::vector<Edge> edges_;
};

}  // namespace rig
