#pragma once

#include <vector>

#include "rig/check/formula/stream.h"

namespace rig::check {

// A channel of a recorded trace over a range: unknown before its first step and behind the trace's
// end. Borrows the steps.
class RecordedChannel : public Stream<double> {
 public:
  RecordedChannel(const Steps& steps, Range range, Position end);
  bool Advance() override;

 private:
  const Steps& steps_;
  const Range range_;
  const Position end_;
  std::size_t next_ = 0;
};

// The same while the trace grows. Borrows the timeline.
class LiveChannel : public Stream<double> {
 public:
  LiveChannel(Range range, const Timeline& timeline) : range_(range), timeline_(timeline) {}

  // Positions that do not go back; of several at the same position the last counts. To be called
  // before the timeline reaches the position.
  void Add(Position begin, double value);
  bool Advance() override;

 private:
  const Range range_;
  const Timeline& timeline_;
  std::vector<Step> coming_;
  std::size_t next_ = 0;
  double value_ = kUnknown;
};

}  // namespace rig::check
