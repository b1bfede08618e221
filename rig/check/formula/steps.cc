#include "rig/check/formula/steps.h"

#include <algorithm>
#include <bit>

namespace rig::check {
namespace {

bool Same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
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

Position FirstExtremum(const Steps& steps, Extremum which, Range range) {
  const Steps part = Slice(steps, range, kUnknown);
  const auto less = [](const Step& a, const Step& b) { return a.value < b.value; };
  const auto greater = [](const Step& a, const Step& b) { return a.value > b.value; };
  return which == Extremum::kMin ? std::min_element(part.begin(), part.end(), less)->begin
                                 : std::min_element(part.begin(), part.end(), greater)->begin;
}

}  // namespace rig::check
