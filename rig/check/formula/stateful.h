#pragma once

#include "rig/check/formula/spread.h"
#include "rig/check/formula/stream.h"

namespace rig::check {

// -1 violated, 0 unknown, 1 holds.
constexpr double TruthOf(Bounds robustness) {
  if (robustness.low > 0) return 1;
  return robustness.high < 0 ? -1 : 0;
}

// rise: holds at the instant at or just before which the condition was false and at or just after
// which it is true. Nothing is seen to change into the start of the run or out of the end of the
// trace. `truth` covers one position more than the range on either side.
class Rise : public Stream<Bounds> {
 public:
  Rise(Values truth, Range range, const Timeline& timeline)
      : truth_(std::move(truth)), range_(range), timeline_(timeline) {}
  bool Advance() override;

 private:
  double TakeUntil(Position p);
  void TellAt(Position p);

  Reader<double> truth_;
  const Range range_;
  const Timeline& timeline_;
  Position next_ = -kForever;  // to be looked at
};

// A condition that becomes true where a value is at or beyond one level and false where it comes
// back behind the other. Unknown until the value has been outside the two for the first time.
// `value` begins with the run. Its robustness is the distance to the level that would change it.
class Hysteresis : public Stream<Bounds> {
 public:
  struct Levels {
    double on;
    double off;
    bool above;  // on >= off: true above; else true below
  };
  Hysteresis(Spreads value, Levels levels) : value_(std::move(value)), levels_(levels) {}
  bool Advance() override;

 private:
  Bounds Next(const Spread& value);

  Spreads value_;
  const Levels levels_;
  double state_ = 0;  // as TruthOf
};

// How long the condition held when it last ended, in seconds; unknown before, and where it is not
// known when a span began. `truth` begins with the run.
class LastDuration : public Stream<double> {
 public:
  explicit LastDuration(Values truth) : truth_(std::move(truth)) {}
  bool Advance() override;

 private:
  Values truth_;
  Position begin_ = -1;  // of the span under way; -1: none, or not known
  double truth_before_ = 0;
  double duration_ = kUnknown;
};

}  // namespace rig::check
