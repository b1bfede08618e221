#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

// A tolerance tube around a known curve, and where another curve lies in it. Times are nanoseconds
// of run time, up to 100 d.
namespace rig::golden {

// What a channel's value is between two of its points.
enum class Interpolation { kHold, kLinear };

// NaN: no value from here until the next point; linear channels have none up to the neighbours.
struct Sample {
  std::int64_t ns;
  double value;
};

struct Curve {
  std::vector<Sample> samples;  // in time order; of a linear one a time twice is a jump
  std::int64_t end;             // the last value holds until here
  Interpolation interpolation = Interpolation::kHold;
};

// In value the largest of `value`, `of_range` times the golden's range and `of_point` times the
// magnitude of its value holds.
struct Tolerance {
  double value = 0;
  double of_range = 0;
  double of_point = 0;
  std::int64_t time_ns = 0;
};

// The golden curve with its edges at zero time tolerance. All vectors are of one length.
struct Tube {
  Interpolation interpolation;
  std::vector<std::int64_t> t;
  std::vector<double> top;
  std::vector<double> bottom;
  std::int64_t begin;
  std::int64_t end;
  std::int64_t time_ns;
};

// `golden`: at least one sample, all finite.
Tube MakeTube(const Curve& golden, const Tolerance& tolerance);

// Tolerance in value at a golden value; `range` is MakeTube's: highest less lowest value.
double ValueTolerance(const Tolerance& tolerance, double range, double golden_value);
double RangeOf(const Curve& golden);
// At a time; the nearest value where the curve has none.
double ValueAt(const Curve& curve, std::int64_t ns);

// A stretch outside the tube.
struct Excursion {
  std::int64_t begin;
  std::int64_t end;  // the first instant inside again
  double depth;      // furthest outside, positive
};

// How a curve lies in a tube.
struct TubeComparison {
  // The smallest distance to the edge of the tube, negative outside; NaN: nothing was compared.
  double closest = std::numeric_limits<double>::quiet_NaN();
  std::int64_t closest_at = 0;
  double value_there = std::numeric_limits<double>::quiet_NaN();
  std::vector<Excursion> excursions;
  // First instants where the curve has no value though the golden has one, and the other way round.
  // That a curve begins later than the golden by up to the time tolerance is none, nor that it
  // reaches out of the golden's time by as much.
  std::optional<std::int64_t> no_value_at;
  std::optional<std::int64_t> no_golden_at;
  // A change of the golden that may come behind the curve's end; found by the caller, where nothing
  // else is unknown.
  std::optional<std::int64_t> unseen_change_at;
};

// Which part of the golden's time is judged: `from` up to but not including `to`, unless that is
// the end of both curves. `ends_ns` widens what the time tolerance allows at the golden's ends.
struct Stretch {
  std::int64_t from = 0;
  std::int64_t to = std::numeric_limits<std::int64_t>::max();
  std::int64_t ends_ns = 0;
};

// Compares at every instant, not only at the points: at each the curve must lie within the golden's
// extrema over ± time tolerance (closed), widened by the value tolerance. Beyond the last bit: a
// difference of up to 8 units in the last place is on the edge, not outside. Adds to `result`.
// Time and memory are proportional to the number of points, whatever the tolerance (D. Lemire,
// Streaming maximum-minimum filter, 2006).
void CompareWithTube(const Tube& tube, const Curve& curve, const Stretch& stretch,
                     TubeComparison& result);

}  // namespace rig::golden
