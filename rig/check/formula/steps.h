#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "rig/base/run_time.h"

// Piecewise constant functions over dense time.
namespace rig::check {

// A place on the dense time axis. All change happens at whole nanoseconds, so a function of dense
// time is a function of integers: 2 n is the instant n ns itself, 2 n + 1 the open interval between
// n ns and n + 1 ns. A closed window between whole nanoseconds is a range of positions, and nothing
// is lost to sampling.
using Position = std::int64_t;

constexpr Position At(RunTime t) { return 2 * Nanoseconds(t); }
constexpr Position Width(Duration d) { return 2 * d.count(); }
// The instant, or the beginning of the open interval.
constexpr std::int64_t ToNanoseconds(Position p) { return p >> 1; }

// Both ends belong to it.
struct Range {
  Position first;
  Position last;
};

struct Step {
  Position begin;
  double value;
  friend bool operator==(const Step&, const Step&) = default;
};

// Values over a range: the first step begins at the range's first position, a value holds until the
// next step.
using Steps = std::vector<Step>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kUnknown =
    std::numeric_limits<double>::quiet_NaN();  // of values, not of robustness

// Appends unless the value goes on; what was there from `begin` on is replaced.
void Append(Steps& steps, Position begin, double value);

// The value at a position not before the first step.
double ValueAt(const Steps& steps, Position p);

// The part of a function within a range; `before` stands in ahead of its first step.
Steps Slice(const Steps& steps, Range range, double before);

// f(a, b) at every position of the range both cover from its beginning.
template <typename F>
Steps Combine(const Steps& a, const Steps& b, F f) {
  Steps result;
  std::size_t i = 0;
  std::size_t j = 0;
  Append(result, a[0].begin, f(a[0].value, b[0].value));
  while (i + 1 < a.size() || j + 1 < b.size()) {
    const Position next_a =
        i + 1 < a.size() ? a[i + 1].begin : std::numeric_limits<Position>::max();
    const Position next_b =
        j + 1 < b.size() ? b[j + 1].begin : std::numeric_limits<Position>::max();
    if (next_a <= next_b) ++i;
    if (next_b <= next_a) ++j;
    Append(result, next_a < next_b ? next_a : next_b, f(a[i].value, b[j].value));
  }
  return result;
}

template <typename F>
Steps Map(const Steps& a, F f) {
  Steps result;
  for (const Step& step : a) Append(result, step.begin, f(step.value));
  return result;
}

enum class Extremum { kMin, kMax };

// The first place of a range where `steps` takes its extremum over it.
Position FirstExtremum(const Steps& steps, Extremum which, Range range);

}  // namespace rig::check
