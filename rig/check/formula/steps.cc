#include "rig/check/formula/steps.h"

#include <algorithm>
#include <bit>
#include <deque>

namespace rig::check {
namespace {

bool Same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool AtLeastAsExtreme(Extremum which, double a, double b) {
  return which == Extremum::kMin ? a <= b : a >= b;
}

}  // namespace

void Append(Steps& steps, Position begin, double value) {
  while (!steps.empty() && steps.back().begin >= begin) steps.pop_back();
  if (steps.empty() || !Same(steps.back().value, value)) steps.push_back({begin, value});
}

double ValueAt(const Steps& steps, Position p) {
  const auto after = std::upper_bound(
      steps.begin(), steps.end(), p, [](Position at, const Step& step) { return at < step.begin; });
  return std::prev(after)->value;
}

Steps Slice(const Steps& steps, Range range, double before) {
  Steps result;
  auto next = std::upper_bound(steps.begin(), steps.end(), range.first,
                               [](Position at, const Step& step) { return at < step.begin; });
  Append(result, range.first, next == steps.begin() ? before : std::prev(next)->value);
  for (; next != steps.end() && next->begin <= range.last; ++next) {
    Append(result, next->begin, next->value);
  }
  return result;
}

double Extreme(Extremum which, double a, double b) {
  return which == Extremum::kMin ? std::min(a, b) : std::max(a, b);
}

// Lemire's monotonic deque over steps instead of samples (D. Lemire, Streaming maximum-minimum
// filter, 2006). A step is in the window of p from begin - to until the next step's begin - from.
Steps SlidingExtremum(const Steps& steps, Extremum which, Position from, Position to, Range range) {
  constexpr Position kNever = std::numeric_limits<Position>::max();
  Steps result;
  std::deque<std::size_t> window;  // steps from most extreme and oldest to youngest
  std::size_t next = 0;            // first step not yet in the window
  const auto leaves = [&](std::size_t step) {
    return step + 1 < steps.size() ? steps[step + 1].begin - from : kNever;
  };
  Position p = range.first;
  while (p <= range.last) {
    for (; next < steps.size() && steps[next].begin - to <= p; ++next) {
      while (!window.empty() &&
             AtLeastAsExtreme(which, steps[next].value, steps[window.back()].value)) {
        window.pop_back();
      }
      window.push_back(next);
    }
    while (leaves(window.front()) <= p) window.pop_front();
    Append(result, p, steps[window.front()].value);
    const Position enters = next < steps.size() ? steps[next].begin - to : kNever;
    p = std::min(enters, leaves(window.front()));
  }
  return result;
}

Position FirstExtremum(const Steps& steps, Extremum which, Range range) {
  const Steps part = Slice(steps, range, kUnknown);
  const auto less = [](const Step& a, const Step& b) { return a.value < b.value; };
  const auto greater = [](const Step& a, const Step& b) { return a.value > b.value; };
  return which == Extremum::kMin ? std::min_element(part.begin(), part.end(), less)->begin
                                 : std::min_element(part.begin(), part.end(), greater)->begin;
}

}  // namespace rig::check
