#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "rig/check/golden/compare.h"
#include "rig/check/golden/points.h"

namespace rig::golden {
namespace {

constexpr std::int64_t kLongestNs = std::int64_t{100} * 86'400 * 1'000'000'000;

constexpr double kRounding = 8 * std::numeric_limits<double>::epsilon();

using Problem = std::optional<GoldenProblem>;

Problem FindInPhases(const v1::Golden& golden) {
  std::set<std::string> names;
  for (int i = 0; i < golden.phases_size(); ++i) {
    const v1::GoldenPhase& phase = golden.phases(i);
    const std::string path = fmt::format("phases[{}]", i);
    const bool is_span = phase.from() >= 0 && phase.from() < phase.to() && phase.to() <= kLongestNs;
    if (!is_span) {
      return GoldenProblem{path, fmt::format("golden phase {}: ends before it begins, expected "
                                             "from < to, up to 100 d",
                                             phase.phase())};
    }
    if (!names.insert(phase.phase()).second) {
      return GoldenProblem{path + ".phase", fmt::format("golden phase {}: named twice, expected a "
                                                        "name of its own",
                                                        phase.phase())};
    }
    for (int j = 0; j < i; ++j) {
      const v1::GoldenPhase& other = golden.phases(j);
      const bool apart = phase.to() <= other.from() || other.to() <= phase.from();
      if (apart) continue;
      return GoldenProblem{path, fmt::format("golden phase {}: overlaps {}, expected phases apart",
                                             phase.phase(), other.phase())};
    }
  }
  return std::nullopt;
}

bool IsValid(const Tolerance& tolerance) {
  const auto is_share = [](double share) { return share >= 0 && share <= 10; };
  return tolerance.value >= 0 && std::isfinite(tolerance.value) && is_share(tolerance.of_range) &&
         is_share(tolerance.of_point) && tolerance.time_ns >= 0 && tolerance.time_ns <= kLongestNs;
}

Problem FindInTolerances(const v1::Golden& golden, const v1::GoldenChannel& channel,
                         const std::string& path) {
  const auto refuse = [&](const std::string& where, std::string_view what) {
    return GoldenProblem{path + where,
                         fmt::format("golden channel {}: {}", channel.channel(), what)};
  };
  const auto all = AllTolerances(channel);
  if (!std::all_of(all.begin(), all.end(), IsValid) || channel.end() < 0 ||
      channel.end() > kLongestNs) {
    return refuse("", "expected tolerances from 0 on, shares up to 10 and times up to 100 d");
  }
  const bool by_events = !IsTube(channel);
  const bool has_shares = std::any_of(
      all.begin(), all.end(), [](const Tolerance& t) { return t.of_range > 0 || t.of_point > 0; });
  if (by_events && has_shares) {
    return refuse("", "compared by events; expected an absolute value tolerance only");
  }
  if (by_events && channel.interpolation() == v1::GoldenChannel::LINEAR) {
    return refuse(".interpolation", "compared by events; expected interpolation hold");
  }
  std::set<std::string> named;
  for (int i = 0; i < channel.phases_size(); ++i) {
    const std::string& name = channel.phases(i).phase();
    const bool known =
        std::any_of(golden.phases().begin(), golden.phases().end(),
                    [&](const v1::GoldenPhase& phase) { return phase.phase() == name; });
    if (!known || !named.insert(name).second) {
      return refuse(fmt::format(".phases[{}].phase", i),
                    fmt::format("phase {}, expected one of the golden's phases, once", name));
    }
  }
  return std::nullopt;
}

// A stretch of a golden that lies beyond what is before and behind it.
struct Pulse {
  std::int64_t from;
  std::int64_t to;
  bool at_start;
};

// The first stretch around a point whose neighbours lie below (`sign` 1) or above (-1) it by more
// than its tolerance, and each of whose instants has a neighbour within the time tolerance: the
// tube includes a run without it. One that lasts to the end is none: that a run may not have come
// to it yet is for the comparison to say.
std::optional<Pulse> FindSwallowed(const Curve& curve, const ToleranceSpan& span, double sign) {
  const auto& samples = curve.samples;
  const double range = RangeOf(curve);
  const std::int64_t w = span.tolerance.time_ns;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const bool in_span =
        samples[i].ns < span.to && (i + 1 == samples.size() || samples[i + 1].ns > span.from);
    if (!in_span) continue;
    const double low = sign * samples[i].value -
                       ValueTolerance(span.tolerance, range, samples[i].value) - kRounding * range;
    const auto belongs = [&](std::size_t j) { return sign * samples[j].value >= low; };
    std::size_t next = i + 1;
    while (next < samples.size() && belongs(next) && samples[next].ns - samples[i].ns <= 2 * w) {
      ++next;
    }
    if (next == samples.size()) continue;
    const std::int64_t to = samples[next].ns;
    std::size_t first = i;
    while (first > 0 && belongs(first - 1) && to - samples[first].ns <= 2 * w) --first;
    const std::int64_t from = samples[first].ns;
    // At the golden's start there is a neighbour on one side only.
    if (to - from <= (first == 0 ? w : 2 * w)) return Pulse{from, to, first == 0};
  }
  return std::nullopt;
}

Problem FindInPulses(const v1::Golden& golden, const v1::GoldenChannel& channel,
                     const std::string& path) {
  const bool is_held = IsTube(channel) && channel.interpolation() != v1::GoldenChannel::LINEAR;
  if (!is_held) return std::nullopt;
  const auto curve = ReadGoldenCurve(channel);
  if (!curve) return GoldenProblem{path + ".points", curve.error().message};
  for (const ToleranceSpan& span : Spans(golden, channel)) {
    for (const double sign : {1.0, -1.0}) {
      const auto pulse = FindSwallowed(*curve, span, sign);
      if (!pulse) continue;
      return GoldenProblem{
          path + ".time_tolerance",
          fmt::format("golden channel {}: pulse of {} at {} is no longer than {}the time tolerance "
                      "of {}: a run without it would pass; expected a smaller time tolerance or "
                      "compare: events",
                      channel.channel(), ShowTime(pulse->to - pulse->from), ShowTime(pulse->from),
                      pulse->at_start ? "" : "twice ", ShowTime(span.tolerance.time_ns))};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<GoldenProblem> FindFormProblem(const v1::Golden& golden) {
  if (Problem problem = FindInPhases(golden)) return problem;
  const bool can_align = golden.alignment_limit() >= 0 &&
                         golden.alignment_limit() <= std::int64_t{3600} * 1'000'000'000;
  if (!can_align) {
    return GoldenProblem{"alignment_limit", "golden: alignment_limit, expected up to 1 h"};
  }
  for (int i = 0; i < golden.channels_size(); ++i) {
    const v1::GoldenChannel& channel = golden.channels(i);
    const std::string path = fmt::format("channels[{}]", i);
    if (Problem problem = FindInTolerances(golden, channel, path)) return problem;
    const bool is_messages = channel.compare() == v1::GoldenChannel::MESSAGES;
    if (is_messages) {
      const auto events = ReadGoldenEvents(channel);
      if (!events) return GoldenProblem{path + ".points", events.error().message};
      continue;
    }
    const auto curve = ReadGoldenCurve(channel);
    if (!curve) return GoldenProblem{path + ".points", curve.error().message};
  }
  return std::nullopt;
}

std::optional<GoldenProblem> FindGoldenProblem(const v1::Golden& golden) {
  if (Problem problem = FindFormProblem(golden)) return problem;
  for (int i = 0; i < golden.channels_size(); ++i) {
    const std::string path = fmt::format("channels[{}]", i);
    if (Problem problem = FindInPulses(golden, golden.channels(i), path)) return problem;
  }
  return std::nullopt;
}

}  // namespace rig::golden
