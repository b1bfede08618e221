#include "rig/check/golden/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "rig/check/golden/points.h"
#include "rig/check/tube/alignment.h"

namespace rig::golden {
namespace {

constexpr std::size_t kLargestChannel = 1'000'000;  // above, the time margin is not searched for
constexpr std::int64_t kAlignmentResolutionNs = 1000;
constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kRounding = 1e-9;  // an edge of the tube is inside
constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

double Seconds(std::int64_t ns) { return 1e-9 * static_cast<double>(ns); }

Tolerance ToleranceOf(const v1::PhaseTolerance& phase) {
  return {phase.value_tolerance(), phase.range_tolerance(), phase.point_tolerance(),
          phase.time_tolerance()};
}

// A channel of the golden and the same of the trace, the trace's moved to the golden's time.
struct ChannelPair {
  std::string gap;  // why there is none
  Curve golden;     // of a tube, and of events for alignment
  Curve observed;
  std::vector<Event> golden_events;
  std::vector<Event> observed_events;
  std::int64_t observed_end = 0;
};

void Shift(ChannelPair& pair, std::int64_t by) {
  for (Sample& sample : pair.observed.samples) sample.ns += by;
  std::vector<Event>& events = pair.observed_events;
  // The value a run begins with is no change and does not move with it, but for the order.
  const bool begins = !events.empty() && events[0].ns == 0 && events[0].text.empty();
  for (Event& event : events) event.ns += by;
  if (begins) events[0].ns = events.size() > 1 ? std::min<std::int64_t>(0, events[1].ns) : 0;
  pair.observed.end += by;
  pair.observed_end += by;
}

Result<ChannelPair> LoadMessages(const v1::GoldenChannel& channel, const TraceReader& trace) {
  ChannelPair pair;
  RIG_TRY_ASSIGN(pair.golden_events, ReadGoldenEvents(channel));
  const v1::ChannelIndex* index = trace.Find(channel.channel());
  if (index == nullptr || index->kind() != v1::TEXT) {
    pair.gap = "not in the trace as messages";
    return pair;
  }
  RIG_TRY_ASSIGN(const std::vector<TextPoint> messages, trace.ReadText(channel.channel()));
  for (const TextPoint& message : messages) {
    pair.observed_events.push_back({.ns = Nanoseconds(message.t), .text = message.text});
  }
  return pair;
}

Result<ChannelPair> LoadPair(const v1::GoldenChannel& channel, const TraceReader& trace) {
  const bool is_messages = channel.compare() == v1::GoldenChannel::MESSAGES;
  if (is_messages) {
    RIG_TRY_ASSIGN(ChannelPair pair, LoadMessages(channel, trace));
    pair.observed_end = Nanoseconds(trace.end());
    return pair;
  }
  ChannelPair pair;
  RIG_TRY_ASSIGN(pair.golden, ReadGoldenCurve(channel));
  pair.observed_end = Nanoseconds(trace.end());
  const v1::ChannelIndex* index = trace.Find(channel.channel());
  if (index == nullptr || index->kind() == v1::TEXT) {
    pair.gap = "not in the trace as values";
    return pair;
  }
  if (index->unit() != channel.unit()) {
    pair.gap =
        fmt::format("in {} in the trace, in {} in the golden", index->unit(), channel.unit());
    return pair;
  }
  RIG_TRY_ASSIGN(pair.observed, LoadCurve(trace, channel.channel()));
  pair.observed.interpolation = pair.golden.interpolation;
  if (IsTube(channel)) return pair;
  RIG_TRY_ASSIGN(pair.golden_events, ReadGoldenEvents(channel));
  pair.observed_events = EventsOf(pair.observed, channel.value_tolerance());
  return pair;
}

v1::Quantity Measured(double limit, double margin, const std::string& unit) {
  v1::Quantity quantity;
  quantity.set_known(true);
  quantity.set_limit(limit);
  quantity.set_measured(limit - margin);
  quantity.set_margin(margin);
  quantity.set_unit(unit);
  quantity.set_relative_margin(limit == 0 ? margin : margin / limit);
  return quantity;
}

v1::Quantity ValueMargin(const v1::GoldenChannel& channel, const TubeComparison& tube,
                         const Tolerance& tolerance, const Curve& golden) {
  if (std::isnan(tube.closest)) return {};
  const double limit =
      ValueTolerance(tolerance, RangeOf(golden), golden::ValueAt(golden, tube.closest_at));
  // Within rounding of the edge is on the edge.
  const bool touches = tube.excursions.empty() && tube.closest < 0;
  return Measured(limit, touches ? 0 : std::min(limit, tube.closest), channel.unit());
}

void AddExcursions(const std::vector<Excursion>& more, std::vector<Excursion>& all) {
  for (const Excursion& excursion : more) {
    if (!all.empty() && excursion.begin <= all.back().end) {
      all.back().end = std::max(all.back().end, excursion.end);
      all.back().depth = std::max(all.back().depth, excursion.depth);
    } else {
      all.push_back(excursion);
    }
  }
}

// All spans, each with its own tube; the closest approach is that of the smallest relative margin.
// `share` scales all time tolerances.
void CompareSpans(const std::vector<ToleranceSpan>& spans, const ChannelPair& pair,
                  std::int64_t ends_ns, double share, ChannelComparison& result) {
  for (const ToleranceSpan& span : spans) {
    Tolerance tolerance = span.tolerance;
    tolerance.time_ns = std::llround(share * static_cast<double>(tolerance.time_ns));
    const Tube tube = MakeTube(pair.golden, tolerance);
    TubeComparison here;
    const std::int64_t from = std::max<std::int64_t>(0, span.from);
    CompareWithTube(tube, pair.observed, {from, span.to, ends_ns}, here);
    AddExcursions(here.excursions, result.tube.excursions);
    const v1::Quantity value = ValueMargin(*result.channel, here, span.tolerance, pair.golden);
    if (value.known()) result.nearest_value = std::fmin(result.nearest_value, value.margin());
    const bool is_closer =
        value.known() &&
        (!result.value.known() || value.relative_margin() < result.value.relative_margin());
    if (is_closer) {
      result.value = value;
      result.tube.closest = value.margin();
      result.tube.closest_at = here.closest_at;
      result.tube.value_there = here.value_there;
    }
    if (!result.tube.no_value_at) result.tube.no_value_at = here.no_value_at;
    if (!result.tube.no_golden_at) result.tube.no_golden_at = here.no_golden_at;
  }
  result.compared = result.value.known();
}

// The share of all time tolerances with which the channel stays in the tube.
v1::Quantity NeededTime(const std::vector<ToleranceSpan>& spans, const ChannelPair& pair,
                        std::int64_t ends_ns, const ChannelComparison& judged) {
  const auto limit_ns = static_cast<double>(judged.channel->time_tolerance());
  if (limit_ns == 0 || pair.observed.samples.size() > kLargestChannel) return {};
  const auto fits = [&](double share) {
    ChannelComparison result;
    result.channel = judged.channel;
    CompareSpans(spans, pair, ends_ns, share, result);
    return result.tube.excursions.empty();
  };
  const bool passes = judged.tube.excursions.empty();
  double too_small = passes ? 0 : 1;
  double enough = passes ? 1 : std::max(1.0, static_cast<double>(judged.channel->end()) / limit_ns);
  if (passes && fits(too_small))
    return Measured(Seconds(judged.channel->time_tolerance()),
                    Seconds(judged.channel->time_tolerance()), "s");
  if (!passes && !fits(enough)) return {};
  while ((enough - too_small) * limit_ns > kTimeResolutionNs) {
    const double middle = (enough + too_small) / 2;
    (fits(middle) ? enough : too_small) = middle;
  }
  const double limit = 1e-9 * limit_ns;
  return Measured(limit, limit - enough * limit, "s");
}

// A golden change so near the end of the run that a run in which it has not come yet is inside the
// tube: one that takes the golden, behind the end less the time tolerance, to a value the run never
// came to. Nothing where the run came to it.
std::optional<std::int64_t> FindUnseenChange(const std::vector<ToleranceSpan>& spans,
                                             const ChannelPair& pair) {
  const auto at_end = std::find_if(spans.begin(), spans.end(), [&](const ToleranceSpan& span) {
    return pair.golden.end <= span.to;
  });
  const Tolerance& tolerance = at_end->tolerance;
  const double range = RangeOf(pair.golden);
  const std::int64_t w = tolerance.time_ns;
  const std::int64_t end = std::min(pair.golden.end, pair.observed.end);
  double least = kInfinite;
  double most = -kInfinite;
  const auto see = [&](double value) {
    least = std::fmin(least, value);
    most = std::fmax(most, value);
  };
  see(ValueAt(pair.observed, end - 2 * w));
  see(ValueAt(pair.observed, end));
  for (const Sample& sample : pair.observed.samples) {
    if (sample.ns >= end - 2 * w && sample.ns <= end) see(sample.value);
  }
  for (const Sample& sample : pair.golden.samples) {
    if (sample.ns <= end - w) continue;
    const double room = ValueTolerance(tolerance, range, sample.value) * (1 + kRounding);
    const bool seen = sample.value <= most + room && sample.value >= least - room;
    if (!seen) return sample.ns;
  }
  return std::nullopt;
}

// Why not all of a channel could be compared.
std::string FindGap(const ChannelComparison& result, const ChannelPair& pair,
                    std::int64_t offset_ns) {
  const std::int64_t reach =
      result.channel->end() - result.channel->time_tolerance() - std::abs(offset_ns);
  if (pair.observed_end < reach) {
    return fmt::format("the trace ends at {}, the golden reaches to {}",
                       ShowTime(pair.observed_end + offset_ns), ShowTime(result.channel->end()));
  }
  const std::int64_t last =
      result.channel->end() + result.channel->time_tolerance() + std::abs(offset_ns);
  const bool beyond = result.tube.no_golden_at || pair.observed_end > last;
  const bool unseen =
      result.tube.no_value_at &&
      !(beyond && result.tube.no_golden_at.value_or(last) < *result.tube.no_value_at);
  if (unseen) {
    return fmt::format("the trace has no value at {}",
                       ShowTime(*result.tube.no_value_at + offset_ns));
  }
  if (beyond) {
    return fmt::format("the golden says nothing at {}",
                       ShowTime(result.tube.no_golden_at.value_or(last) + offset_ns));
  }
  if (result.events.undecided_at) {
    return fmt::format("what belongs to the event at {} may lie where nothing was seen",
                       ShowTime(*result.events.undecided_at + offset_ns));
  }
  return result.compared ? "" : "nothing to compare";
}

std::vector<Unseen> UnseenIn(const ChannelPair& pair) {
  std::vector<Unseen> unseen = {{pair.observed_end + 1, kForever}};
  const auto& samples = pair.observed.samples;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (!std::isnan(samples[i].value)) continue;
    unseen.push_back(
        {samples[i].ns, i + 1 < samples.size() ? samples[i + 1].ns : pair.observed_end});
  }
  return unseen;
}

void CompareEventsOf(const std::vector<ToleranceSpan>& spans, const ChannelPair& pair,
                     ChannelComparison& result) {
  const auto tolerance_at = [&](std::int64_t ns) {
    const auto span =
        std::find_if(spans.begin(), spans.end(), [&](const ToleranceSpan& s) { return ns < s.to; });
    return EventTolerance{span->tolerance.value, span->tolerance.time_ns};
  };
  const std::vector<Unseen> unseen = UnseenIn(pair);
  result.events = CompareEvents(pair.golden_events, result.channel->end(), pair.observed_events,
                                unseen, tolerance_at);
  if (unseen.size() > 1) result.tube.no_value_at = unseen[1].from;
  const auto take = [&](std::int64_t golden_ns, std::int64_t latency_ns) {
    const double limit = Seconds(tolerance_at(golden_ns).latency_ns);
    const v1::Quantity here = Measured(limit, limit - Seconds(std::abs(latency_ns)), "s");
    result.nearest_time_s = std::fmin(result.nearest_time_s, here.margin());
    const bool is_closer =
        !result.time.known() || here.relative_margin() < result.time.relative_margin();
    if (!is_closer) return;
    result.time = here;
    result.tube.closest_at = golden_ns + latency_ns;
  };
  for (const EventMatch& match : result.events.matches) take(match.golden_ns, match.latency_ns);
  for (const EventProblem& problem : result.events.problems) {
    take(problem.event.ns, problem.latency_ns);
    const bool by_time =
        problem.kind == EventProblem::Kind::kLate || problem.kind == EventProblem::Kind::kEarly;
    if (!by_time) result.nearest_time_s = -std::numeric_limits<double>::infinity();
  }
  if (!result.events.problems.empty()) {
    result.tube.closest_at = result.events.problems.front().event.ns;
  }
  result.compared = true;
}

// From the golden's time back to the trace's.
void ShiftBack(std::int64_t offset_ns, ChannelComparison& result) {
  result.tube.closest_at += offset_ns;
  for (EventProblem& problem : result.events.problems) problem.event.ns += offset_ns;
  for (Excursion& excursion : result.tube.excursions) {
    excursion.begin += offset_ns;
    excursion.end += offset_ns;
  }
}

ChannelComparison CompareChannel(const v1::Golden& golden, const v1::GoldenChannel& channel,
                                 const ChannelPair& pair, std::int64_t offset_ns,
                                 TimeMargin time_margin) {
  ChannelComparison result;
  result.channel = &channel;
  result.gap = pair.gap;
  if (!pair.gap.empty()) return result;
  const std::vector<ToleranceSpan> spans = Spans(golden, channel);
  const std::int64_t ends_ns = std::abs(offset_ns);
  if (IsTube(channel)) {
    CompareSpans(spans, pair, ends_ns, 1, result);
    if (time_margin == TimeMargin::kMeasure && result.compared) {
      result.time = NeededTime(spans, pair, ends_ns, result);
      if (result.time.known()) result.nearest_time_s = result.time.margin();
    }
  } else {
    CompareEventsOf(spans, pair, result);
  }
  result.gap = FindGap(result, pair, offset_ns);
  if (IsTube(channel) && result.gap.empty()) {
    result.tube.unseen_change_at = FindUnseenChange(spans, pair);
    if (result.tube.unseen_change_at) {
      result.gap = fmt::format("the change at {} may come behind the end of the trace",
                               ShowTime(*result.tube.unseen_change_at + offset_ns));
    }
  }
  ShiftBack(offset_ns, result);
  return result;
}

// Looks twice as far as allowed, so that a shift beyond the limit is measured, too.
void Align(const v1::Golden& golden, std::vector<ChannelPair>& pairs, GoldenComparison& result) {
  const std::int64_t limit = golden.alignment_limit();
  if (limit == 0) return;
  std::vector<CurvePair> curves;
  for (const ChannelPair& pair : pairs) {
    const bool has_curves = pair.gap.empty() && !pair.golden.samples.empty();
    if (has_curves) curves.push_back({&pair.golden, &pair.observed});
  }
  const std::int64_t found = FindAlignment(curves, 2 * limit);
  const double over = std::abs(found) <= limit + kAlignmentResolutionNs
                          ? std::max<double>(0, Seconds(limit - std::abs(found)))
                          : Seconds(limit - std::abs(found));
  result.alignment = Measured(Seconds(limit), over, "s");
  result.offset_ns = found;
  result.at_least = std::abs(found) > 2 * limit - kAlignmentResolutionNs;
  for (ChannelPair& pair : pairs) Shift(pair, -std::clamp(found, -limit, limit));
}

}  // namespace

bool IsTube(const v1::GoldenChannel& channel) {
  return channel.compare() == v1::GoldenChannel::COMPARISON_UNSET ||
         channel.compare() == v1::GoldenChannel::TUBE;
}

std::vector<ToleranceSpan> Spans(const v1::Golden& golden, const v1::GoldenChannel& channel) {
  std::vector<ToleranceSpan> own;
  for (const v1::PhaseTolerance& tolerance : channel.phases()) {
    for (const v1::GoldenPhase& phase : golden.phases()) {
      if (phase.phase() != tolerance.phase()) continue;
      own.push_back({phase.from(), phase.to(), ToleranceOf(tolerance)});
    }
  }
  std::sort(own.begin(), own.end(),
            [](const ToleranceSpan& a, const ToleranceSpan& b) { return a.from < b.from; });
  const Tolerance otherwise = ToleranceOf(channel);
  std::vector<ToleranceSpan> spans;
  std::int64_t from = std::numeric_limits<std::int64_t>::min() / 4;
  for (const ToleranceSpan& span : own) {
    if (from < span.from) spans.push_back({from, span.from, otherwise});
    spans.push_back(span);
    from = span.to;
  }
  const bool to_the_end = from >= channel.end();
  if (to_the_end) {
    spans.back().to = kForever;
  } else {
    spans.push_back({from, kForever, otherwise});
  }
  return spans;
}

v1::Verdict VerdictOf(const ChannelComparison& comparison) {
  const bool outside = !comparison.tube.excursions.empty() || !comparison.events.problems.empty();
  if (outside) return v1::FAIL;
  return comparison.gap.empty() && comparison.compared ? v1::PASS : v1::INCONCLUSIVE;
}

Result<Curve> LoadCurve(const TraceReader& trace, const std::string& channel) {
  constexpr std::size_t kBlock = 65536;
  const v1::ChannelIndex* index = trace.Find(channel);
  if (index == nullptr || index->kind() == v1::TEXT) {
    return MakeError(Code::kNotFound,
                     fmt::format("golden channel {}: not in the trace as values", channel));
  }
  Curve curve;
  curve.end = Nanoseconds(trace.end());
  curve.samples.reserve(index->count());
  RIG_TRY(trace.ForEachBlock(channel, kBlock, [&](std::span<const StepPoint> points) {
    for (const StepPoint& point : points) {
      // The safe state comes behind the last instant judged.
      if (Nanoseconds(point.t) > curve.end) return false;
      const double value =
          std::isfinite(point.value) ? point.value : std::numeric_limits<double>::quiet_NaN();
      // What was set before run time 0 holds from there.
      curve.samples.push_back({std::max<std::int64_t>(0, Nanoseconds(point.t)), value});
    }
    return true;
  }));
  return curve;
}

Tolerance ToleranceOf(const v1::GoldenChannel& channel) {
  return {channel.value_tolerance(), channel.range_tolerance(), channel.point_tolerance(),
          channel.time_tolerance()};
}

std::vector<Tolerance> AllTolerances(const v1::GoldenChannel& channel) {
  std::vector<Tolerance> all = {ToleranceOf(channel)};
  for (const v1::PhaseTolerance& phase : channel.phases()) all.push_back(ToleranceOf(phase));
  return all;
}

Result<GoldenComparison> CompareGolden(const v1::Golden& golden, const TraceReader& trace,
                                       TimeMargin time_margin) {
  if (const auto problem = FindFormProblem(golden)) {
    return MakeError(Code::kInvalidArgument, problem->what);
  }
  std::vector<ChannelPair> pairs;
  for (const v1::GoldenChannel& channel : golden.channels()) {
    RIG_TRY_ASSIGN(ChannelPair pair, LoadPair(channel, trace));
    pairs.push_back(std::move(pair));
  }
  GoldenComparison result;
  Align(golden, pairs, result);
  const std::int64_t limit = golden.alignment_limit();
  const std::int64_t applied = std::clamp(result.offset_ns, -limit, limit);
  for (int i = 0; i < golden.channels_size(); ++i) {
    result.channels.push_back(CompareChannel(
        golden, golden.channels(i), pairs[static_cast<std::size_t>(i)], applied, time_margin));
  }
  return result;
}

}  // namespace rig::golden
