#include "rig/check/golden/points.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace rig::golden {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

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

std::optional<Event> ParsePoint(std::string_view text, bool is_message) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::optional<std::int64_t> ns = ParseSeconds(text.substr(0, space));
  const std::string_view rest = text.substr(space + 1);
  if (!ns) return std::nullopt;
  if (is_message) return Event{.ns = *ns, .text = std::string(rest)};
  double value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  const bool is_number =
      error == std::errc() && end == rest.data() + rest.size() && std::isfinite(value);
  if (!is_number) return std::nullopt;
  return Event{.ns = *ns, .value = value};
}

std::string Seconds(std::int64_t ns) {
  const std::int64_t size = std::abs(ns);
  std::string seconds = fmt::format("{}.{:09}", size / 1'000'000'000, size % 1'000'000'000);
  seconds.erase(seconds.find_last_not_of('0') + 1);
  if (seconds.back() == '.') seconds.pop_back();
  return (ns < 0 ? "-" : "") + seconds;
}

// Both events and samples.
Result<std::vector<Event>> ReadPoints(const v1::GoldenChannel& channel) {
  const bool is_message = channel.compare() == v1::GoldenChannel::MESSAGES;
  // Of straight lines a time twice is a jump, of messages several may come at once.
  const bool twice = is_message || channel.interpolation() == v1::GoldenChannel::LINEAR;
  const char* const what = is_message ? "text" : "value";
  std::vector<Event> points;
  for (int i = 0; i < channel.points_size(); ++i) {
    std::optional<Event> point = ParsePoint(channel.points(i), is_message);
    const std::int64_t before = points.empty() ? -1 : points.back().ns;
    const bool in_order = point && (point->ns > before || (twice && point->ns == before));
    if (!in_order || point->ns > channel.end()) {
      return MakeError(Code::kInvalidArgument,
                       fmt::format("golden channel {}: point {} \"{}\", expected \"seconds {}\", "
                                   "times rising and within the end",
                                   channel.channel(), i + 1, channel.points(i), what));
    }
    points.push_back(*std::move(point));
  }
  return points;
}

}  // namespace

Result<Curve> ReadGoldenCurve(const v1::GoldenChannel& channel) {
  RIG_TRY_ASSIGN(const std::vector<Event> points, ReadPoints(channel));
  if (points.empty()) {
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("golden channel {}: no points, expected at least one", channel.channel()));
  }
  Curve curve;
  curve.end = channel.end();
  if (channel.interpolation() == v1::GoldenChannel::LINEAR) {
    curve.interpolation = Interpolation::kLinear;
  }
  curve.samples.reserve(points.size());
  for (const Event& point : points) curve.samples.push_back({point.ns, point.value});
  return curve;
}

Result<std::vector<Event>> ReadGoldenEvents(const v1::GoldenChannel& channel) {
  return ReadPoints(channel);
}

std::string WriteGoldenPoint(std::int64_t ns, double value) {
  return fmt::format("{} {}", Seconds(ns), value);
}

std::string ShowTime(std::int64_t ns) { return Seconds(ns) + " s"; }

std::vector<Event> EventsOf(const Curve& curve, double tolerance) {
  std::vector<Event> events;
  bool after_gap = false;
  for (const Sample& sample : curve.samples) {
    if (std::isnan(sample.value)) {
      after_gap = !events.empty();
      continue;
    }
    // Of several values at one instant the last holds.
    if (!events.empty() && events.back().ns == sample.ns) events.pop_back();
    const bool same = !events.empty() && std::fabs(sample.value - events.back().value) <= tolerance;
    if (!same) events.push_back({sample.ns, sample.value, "", after_gap});
    after_gap = false;
  }
  return events;
}

namespace {

double NarrowestQuarter(const std::vector<Tolerance>& tolerances, double range, double value) {
  double narrowest = kInfinite;
  for (const Tolerance& tolerance : tolerances) {
    narrowest = std::min(narrowest, ValueTolerance(tolerance, range, value));
  }
  return narrowest / 4;
}

std::vector<Sample> ThinnedSteps(const Curve& curve, const std::vector<Tolerance>& tolerances,
                                 double range) {
  std::vector<Sample> kept;
  for (const Sample& sample : curve.samples) {
    const bool moved = kept.empty() || std::fabs(sample.value - kept.back().value) >
                                           NarrowestQuarter(tolerances, range, kept.back().value);
    if (!moved) continue;
    if (!kept.empty() && kept.back().ns == sample.ns) kept.pop_back();
    kept.push_back(sample);
  }
  return kept;
}

// From each point kept, the steepest and the flattest line that pass all samples since within a
// quarter of the tolerance; a sample outside of them makes a point of the one before it.
std::vector<Sample> ThinnedLines(const Curve& curve, const std::vector<Tolerance>& tolerances,
                                 double range) {
  std::vector<Sample> kept = {curve.samples.front()};
  double flattest = -kInfinite;
  double steepest = kInfinite;
  for (std::size_t i = 1; i < curve.samples.size(); ++i) {
    const Sample& sample = curve.samples[i];
    auto run = [&] { return static_cast<double>(sample.ns - kept.back().ns); };
    const auto slope = [&] { return (sample.value - kept.back().value) / run(); };
    const bool jump = sample.ns == curve.samples[i - 1].ns;
    const bool fits = !jump && slope() >= flattest && slope() <= steepest;
    if (!fits) {
      const Sample& before = curve.samples[i - 1];
      const bool is_kept = kept.back().ns == before.ns && kept.back().value == before.value;
      if (!is_kept) kept.push_back(before);
      flattest = -kInfinite;
      steepest = kInfinite;
    }
    if (jump) {
      kept.push_back(sample);
      continue;
    }
    const double room = NarrowestQuarter(tolerances, range, sample.value);
    flattest = std::max(flattest, slope() - room / run());
    steepest = std::min(steepest, slope() + room / run());
  }
  const Sample& last = curve.samples.back();
  if (kept.back().ns != last.ns) kept.push_back(last);
  return kept;
}

}  // namespace

std::vector<Sample> Thinned(const Curve& curve, const std::vector<Tolerance>& tolerances) {
  const double range = RangeOf(curve);
  return curve.interpolation == Interpolation::kLinear ? ThinnedLines(curve, tolerances, range)
                                                       : ThinnedSteps(curve, tolerances, range);
}

}  // namespace rig::golden
