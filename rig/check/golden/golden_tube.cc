#include "rig/check/golden/golden_tube.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "rig/check/formula/arithmetic.h"
#include "rig/check/formula/explain.h"

namespace rig::check {
namespace {

constexpr double kNoGolden = kInfinity;  // a margin where the golden says nothing

// Decimal seconds to nanoseconds, exactly.
std::optional<std::int64_t> ParseSeconds(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  std::string fraction(text.substr(std::min(point + 1, text.size())));
  const bool has_shape = !whole.empty() && whole.size() <= 9 && fraction.size() <= 9 &&
                         (point == text.size() || !fraction.empty());
  if (!has_shape) return std::nullopt;
  fraction.append(9 - fraction.size(), '0');
  const std::string digits = std::string(whole) + fraction;
  std::int64_t ns = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    ns = ns * 10 + (c - '0');
  }
  return ns;
}

std::optional<StepPoint> ParsePoint(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::optional<std::int64_t> ns = ParseSeconds(text.substr(0, space));
  const std::string_view number = text.substr(space + 1);
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  const bool is_number =
      error == std::errc() && end == number.data() + number.size() && std::isfinite(value);
  if (!ns || !is_number) return std::nullopt;
  return StepPoint{AtNanoseconds(*ns), value};
}

// The golden's extremum over ± tolerance, the neutral infinity where no golden value is in reach.
Steps Hull(const GoldenSteps& golden, Extremum which, Position tolerance, Range range) {
  const double neutral = which == Extremum::kMin ? kInfinity : -kInfinity;
  const Range wide{range.first - tolerance, range.last + tolerance};
  Steps steps = Slice(golden.steps, wide, neutral);
  if (golden.end < wide.last) Append(steps, golden.end + 1, neutral);
  return SlidingExtremum(steps, which, -tolerance, tolerance, range);
}

// Distance to the edge of the tube at each position; NaN where the trace has no value.
Steps Margins(const GoldenSteps& golden, double value_tolerance, Position time_tolerance,
              const Steps& values, Range range) {
  const double inside = std::max(value_tolerance, kTouching);
  const auto below = [&](double value, double highest) {
    if (std::isnan(value)) return kUnknown;
    if (!std::isfinite(highest)) return kNoGolden;
    return std::min(inside, Margin(Kind::kLessOrEqual, value, highest + value_tolerance));
  };
  const Steps to_top = Combine(values, Hull(golden, Extremum::kMax, time_tolerance, range), below);
  const Steps to_bottom =
      Combine(values, Hull(golden, Extremum::kMin, time_tolerance, range),
              [&](double value, double lowest) { return below(-value, -lowest); });
  return Combine(to_top, to_bottom,
                 [](double a, double b) { return std::isnan(a) ? a : std::min(a, b); });
}

std::string Show(Position p) { return ShowTime(ToNanoseconds(p)); }

// The first thing a comparison would need and does not have.
std::string FindGap(const Steps& margins, const GoldenSteps& golden, Position tolerance,
                    Position trace_end) {
  const Position begin = golden.steps.front().begin + tolerance;
  const Position end = golden.end - tolerance;
  if (trace_end < end) {
    return fmt::format("the trace ends at {}, the golden reaches to {}", Show(trace_end),
                       Show(golden.end));
  }
  for (std::size_t i = 0; i < margins.size(); ++i) {
    const Position next = i + 1 < margins.size() ? margins[i + 1].begin : trace_end + 1;
    if (margins[i].value == kNoGolden) {
      return fmt::format("the golden says nothing at {}", Show(margins[i].begin));
    }
    if (std::isnan(margins[i].value) && next > begin && margins[i].begin < end) {
      return fmt::format("the trace has no value at {}", Show(std::max(begin, margins[i].begin)));
    }
  }
  return "";
}

}  // namespace

Result<GoldenSteps> ReadGoldenPoints(const v1::GoldenChannel& channel) {
  const auto refuse = [&](int line, std::string_view text) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("golden channel {}: point {} \"{}\", expected \"seconds value\", "
                                 "times rising and within the end",
                                 channel.channel(), line + 1, text));
  };
  GoldenSteps golden;
  golden.end = At(AtNanoseconds(channel.end()));
  Position last = -1;
  for (int i = 0; i < channel.points_size(); ++i) {
    const std::optional<StepPoint> point = ParsePoint(channel.points(i));
    if (!point || At(point->t) <= last || At(point->t) > golden.end) {
      return refuse(i, channel.points(i));
    }
    last = At(point->t);
    Append(golden.steps, last, point->value);
  }
  if (golden.steps.empty()) return refuse(0, "");
  return golden;
}

std::string WriteGoldenPoint(std::int64_t ns, double value) {
  std::string seconds = fmt::format("{}.{:09}", ns / 1'000'000'000, ns % 1'000'000'000);
  seconds.erase(seconds.find_last_not_of('0') + 1);
  if (seconds.back() == '.') seconds.pop_back();
  return fmt::format("{} {}", seconds, value);
}

TubeComparison CompareWithTube(const GoldenSteps& golden, double value_tolerance,
                               Duration time_tolerance, const Signal& signal, RunTime end) {
  const Position tolerance = Width(time_tolerance);
  const Range range{0, std::max<Position>(0, At(end))};
  const Steps values = Slice(signal.steps(), range, kUnknown);
  const Steps margins = Margins(golden, value_tolerance, tolerance, values, range);
  TubeComparison result;
  bool outside = false;
  for (const Step& step : margins) {
    const bool compared = std::isfinite(step.value);
    if (compared && !(step.value >= result.closest)) {
      result.closest = step.value;
      result.closest_at = step.begin;
    }
    const bool is_outside = compared && step.value < 0;
    if (is_outside && !outside) result.excursions.push_back({step.begin, range.last + 1, 0});
    if (is_outside) {
      result.excursions.back().depth = std::max(result.excursions.back().depth, -step.value);
    }
    if (!is_outside && outside) result.excursions.back().end = step.begin;
    outside = is_outside;
  }
  if (std::fabs(result.closest) <= kTouching) result.closest = 0;
  if (!std::isnan(result.closest)) result.value_there = ValueAt(values, result.closest_at);
  result.gap = FindGap(margins, golden, tolerance, range.last);
  if (std::isnan(result.closest) && result.gap.empty()) result.gap = "nothing to compare";
  return result;
}

}  // namespace rig::check
