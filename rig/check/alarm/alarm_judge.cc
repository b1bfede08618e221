#include "rig/check/alarm/alarm_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "rig/check/alarm/measure/waveform.h"
#include "rig/check/formula/signal.h"
#include "rig/check/uncertainty/decision_rule.h"

namespace rig {
namespace check {
namespace {

std::string ShowAt(std::int64_t ns) {
  return fmt::format("{:.3f} s", 1e-9 * static_cast<double>(ns));
}

std::string Expected(const AlarmLimit& limit) {
  const std::string range = std::isinf(limit.low) && std::isinf(limit.high)
                                ? std::string()
                                : " of " + ShowAlarmRange(limit);
  return fmt::format("expected {}{}", limit.what, range);
}

void Conclude(v1::CheckResult& result, v1::Verdict verdict, std::string reason) {
  result.set_verdict(verdict);
  result.set_reason(std::move(reason));
}

// What rounding can do to a difference: numbers this close are equal, as in formulas (8 units in
// the last place).
double Slack(double a, double b) {
  if (std::isinf(a) || std::isinf(b)) return 0;
  return 8 * std::numeric_limits<double>::epsilon() * std::max(std::fabs(a), std::fabs(b));
}

double Difference(double a, double b) {
  const double difference = a - b;
  return std::fabs(difference) <= Slack(a, b) ? 0 : difference;
}

bool Reaches(double margin, const MeasuredValue& v) {
  return margin >= v.uncertainty - Slack(v.value, v.value);
}

// Room to the nearer limit; NaN when the value says nothing: a bound that lies inside.
double MarginOf(const AlarmLimit& limit, const MeasuredValue& v) {
  const double above = Difference(v.value, limit.low);
  const double below = Difference(limit.high, v.value);
  switch (v.bound) {
    case Bound::kExact:
      return std::min(above, below);
    case Bound::kAtLeast:
      if (std::isinf(limit.high) && Reaches(above, v)) return above;
      return below < 0 ? below : kNotMeasured;
    case Bound::kAtMost:
      if (std::isinf(limit.low) && Reaches(below, v)) return below;
      return above < 0 ? above : kNotMeasured;
  }
  return kNotMeasured;
}

struct Worst {
  const MeasuredValue* value = nullptr;
  double margin = 0;
  std::size_t count = 0;  // values that say something
};

// The value with the least room, its uncertainty counted.
Worst FindWorst(const AlarmLimit& limit, const std::vector<MeasuredValue>& values) {
  Worst worst;
  for (const MeasuredValue& value : values) {
    const double margin = MarginOf(limit, value);
    if (std::isnan(margin)) continue;
    ++worst.count;
    const double room = margin - value.uncertainty;
    const double least =
        worst.value == nullptr ? kInfinity : worst.margin - worst.value->uncertainty;
    // Of equals the one that is known, not a bound of it.
    const bool is_worse = room < least || (room == least && worst.value->bound != Bound::kExact);
    if (!is_worse) continue;
    worst.value = &value;
    worst.margin = margin;
  }
  return worst;
}

void FillValue(const AlarmLimit& limit, const Worst& worst, v1::CheckResult& result) {
  const double value = worst.value->value;
  result.set_decided_at_ns(worst.value->at_ns);
  // A count that must be one number and is has no room.
  if (limit.low == limit.high && worst.margin >= 0) return;
  const bool nearer_low = value - limit.low <= limit.high - value;
  v1::Quantity& quantity = *result.mutable_value();
  quantity.set_known(true);
  quantity.set_limit(nearer_low ? limit.low : limit.high);
  quantity.set_measured(value);
  quantity.set_margin(worst.margin);
  quantity.set_uncertainty(worst.value->uncertainty);
  quantity.set_unit(limit.unit == "%" ? "1" : std::string(limit.unit));
  quantity.set_relative_margin(quantity.limit() == 0 ? worst.margin
                                                     : worst.margin / std::fabs(quantity.limit()));
}

std::string Seen(const AlarmLimit& limit, const MeasuredValue& v) {
  const char* prefix = v.bound == Bound::kAtLeast  ? "at least "
                       : v.bound == Bound::kAtMost ? "at most "
                                                   : "";
  return prefix + ShowAlarmValue(v.value, limit.unit);
}

std::string WithUncertainty(const AlarmLimit& limit, const MeasuredValue& v) {
  if (v.uncertainty == 0) return "";
  return fmt::format(" (± {})", ShowAlarmValue(v.uncertainty, limit.unit));
}

void JudgeValues(const AlarmLimit& limit, const Measured& measured, v1::CheckResult& result) {
  const Worst worst = FindWorst(limit, measured.values);
  const bool fails =
      worst.value != nullptr && worst.margin < 0 && Reaches(-worst.margin, *worst.value);
  if (!fails && !measured.missing.empty()) {
    Conclude(result, v1::INCONCLUSIVE, fmt::format("{}; {}", Expected(limit), measured.missing));
    return;
  }
  if (worst.value == nullptr) {
    Conclude(result, v1::INCONCLUSIVE, Expected(limit) + "; nothing was measured");
    return;
  }
  FillValue(limit, worst, result);
  const std::string seen = Seen(limit, *worst.value) + WithUncertainty(limit, *worst.value);
  const std::string at = ShowAt(worst.value->at_ns);
  const std::string by = ShowAlarmValue(std::fabs(worst.margin), limit.unit);
  if (fails) {
    const bool low = worst.value->value < limit.low;
    Conclude(result, v1::FAIL,
             fmt::format("{}; was {} at {}, {} too {}, worst of {}", Expected(limit), seen, at, by,
                         low ? "little" : "much", worst.count));
    return;
  }
  const bool holds = Reaches(worst.margin, *worst.value);
  if (!holds) {
    Conclude(result, v1::INCONCLUSIVE,
             fmt::format("{}; was {} at {}, {} {} the limit: less than the uncertainty",
                         Expected(limit), seen, at, by, worst.margin < 0 ? "beyond" : "within"));
    return;
  }
  Conclude(result, v1::PASS,
           fmt::format("{}; closest was {} at {}, {} to spare, of {}", Expected(limit), seen, at,
                       by, worst.count));
}

// The priority as it comes across, against the expected one. Low priority may be silent.
v1::CheckResult JudgePriority(AlarmPriority expected, const ObservedAlarm& observed,
                              const std::vector<Burst>& bursts) {
  v1::CheckResult result;
  result.set_decision_rule("sound and light each infer the expected priority");
  result.set_decided_at_ns(observed.span.from_ns);
  std::string seen;
  bool contradicts = false;
  bool unknown = !observed.sound && observed.lamps.empty();
  std::vector<AlarmPriority> told;
  const auto take = [&](const char* from, const InferredPriority& inferred, bool silence_fits) {
    seen += fmt::format("{}{} says {}", seen.empty() ? "" : ", ", from, ShowInferred(inferred));
    const bool fits = inferred.priority == expected ||
                      (silence_fits && inferred.priority == v1::AlarmSignalCheck::NONE);
    const bool is_unknown =
        !inferred.unlike_any && inferred.priority == v1::AlarmSignalCheck::PRIORITY_UNSET;
    unknown = unknown || is_unknown;
    contradicts = contradicts || (!fits && !is_unknown);
    if (!is_unknown) told.push_back(fits ? expected : inferred.priority);
  };
  if (observed.sound) {
    take("sound", InferFromSound(*observed.sound, bursts, observed.span),
         expected == v1::AlarmSignalCheck::LOW);
  }
  if (!observed.lamps.empty()) take("light", InferFromLight(observed.lamps), false);
  const bool conflict = told.size() == 2 && told[0] != told[1];
  const std::string reason = fmt::format("expected priority {}; {}{}", PriorityText(expected), seen,
                                         conflict ? ": they contradict each other" : "");
  Conclude(result, contradicts ? v1::FAIL : unknown ? v1::INCONCLUSIVE : v1::PASS, reason);
  return result;
}

v1::CheckResult Judged(const AlarmLimit& limit, const Measured& measured) {
  v1::CheckResult result;
  if (!measured.violation.empty()) {
    result.set_decided_at_ns(measured.violation_ns);
    Conclude(result, v1::FAIL,
             fmt::format("{}; was: {} at {}", Expected(limit), measured.violation,
                         ShowAt(measured.violation_ns)));
    return result;
  }
  const bool is_number = std::isfinite(limit.low) || std::isfinite(limit.high);
  if (is_number) {
    JudgeValues(limit, measured, result);
  } else if (!measured.missing.empty() || measured.observation.empty()) {
    Conclude(result, v1::INCONCLUSIVE,
             fmt::format("{}; {}", Expected(limit),
                         measured.missing.empty() ? "nothing was seen" : measured.missing));
  } else {
    Conclude(result, v1::PASS, fmt::format("{}; {}", Expected(limit), measured.observation));
  }
  return result;
}

}  // namespace

v1::CheckResult JudgeAlarmLimit(const AlarmLimit& limit, const Measured& measured,
                                v1::DecisionRule rule) {
  v1::CheckResult result = Judged(limit, measured);
  Measured exact = measured;
  for (MeasuredValue& value : exact.values) value.uncertainty = 0;
  uncertainty::ApplyDecisionRule(rule, Judged(limit, exact), result);
  return result;
}

std::vector<v1::CheckResult> JudgeAlarm(const v1::AlarmSignalCheck& check,
                                        const ObservedAlarm& observed, v1::DecisionRule rule) {
  std::vector<Burst> bursts;
  if (observed.sound) bursts = GroupBursts(*observed.sound, observed.span);
  const std::vector<std::string> clauses(check.clauses().begin(), check.clauses().end());
  int bad = -1;
  const auto limits = SelectAlarmLimits(check.priority(), check.edition(), clauses, bad);
  std::vector<v1::CheckResult> results;
  if (!limits) return results;
  for (const AlarmLimit* limit : *limits) {
    Measured measured;
    if (IsOfLight(limit->quantity)) {
      measured = MeasureLight(*limit, observed.lamps, observed.span);
    } else if (observed.sound) {
      measured = MeasureSound(*limit, *observed.sound, bursts, observed.span);
    } else {
      measured.missing = "no sound is named";
    }
    results.push_back(JudgeAlarmLimit(*limit, measured, rule));
    results.back().set_id(std::string(limit->name));
  }
  // No priority is what none.light and none.sound say.
  if (check.priority() == v1::AlarmSignalCheck::NONE) return results;
  results.push_back(JudgePriority(check.priority(), observed, bursts));
  results.back().set_id("priority");
  return results;
}

}  // namespace check

namespace {

using check::AlarmLimit;

struct NamedLamp {
  check::LampColour colour;
  const std::string* signal;
};

std::vector<NamedLamp> LampsOf(const v1::AlarmSignalCheck& check) {
  std::vector<NamedLamp> lamps;
  for (const NamedLamp& lamp : {NamedLamp{check::LampColour::kRed, &check.red()},
                                NamedLamp{check::LampColour::kYellow, &check.yellow()},
                                NamedLamp{check::LampColour::kCyan, &check.cyan()}}) {
    if (!lamp.signal->empty()) lamps.push_back(lamp);
  }
  return lamps;
}

check::SoundTrack TrackSound(const std::string& channel, const SoundSource& source,
                             const check::Signals& signals, check::Span span) {
  check::SoundTrack track;
  const auto found = signals.channels.find(channel);
  if (found == signals.channels.end() || found->second.steps().empty()) {
    track.unknown = "not in the trace";
  } else {
    const check::Steps& steps = found->second.steps();
    const std::int64_t end_ns = Nanoseconds(signals.end);
    track = source.form == SoundForm::kGate ? check::TrackGate(steps, end_ns, span, source.hold)
                                            : check::TrackToneEdges(steps, end_ns, span);
  }
  track.channel = channel;
  return track;
}

Result<check::SoundTrack> TrackSampled(const std::string& channel, const TraceReader& trace,
                                       check::Span span) {
  RIG_TRY_ASSIGN(const auto points, trace.ReadPoints(channel));
  std::vector<double> samples;
  samples.reserve(points.size());
  for (const StepPoint& point : points) samples.push_back(point.value);
  const check::Waveform waveform{.samples = samples,
                                 .start_ns = points.empty() ? 0 : Nanoseconds(points.front().t),
                                 .period_ns = trace.Find(channel)->period_ns()};
  check::SoundTrack track = check::TrackWaveform(waveform, span);
  track.channel = channel;
  return track;
}

}  // namespace

Result<std::vector<AlarmResultName>> AlarmResultNames(const v1::AlarmSignalCheck& check,
                                                      std::string& field) {
  const auto refuse = [&](std::string where, std::string what) {
    field = std::move(where);
    return MakeError(Code::kInvalidArgument, std::move(what));
  };
  if (check.priority() == v1::AlarmSignalCheck::PRIORITY_UNSET) {
    return refuse("priority", "no priority; expected high, medium, low or none");
  }
  if (check.edition() == v1::AlarmSignalCheck::EDITION_UNSET) {
    return refuse("edition", "no edition; expected iec_60601_1_8_2006 or iec_60601_1_8_2012");
  }
  const bool has_span = check.from() < check.until();
  if (!has_span) return refuse("until", "an empty span; expected until after from");
  if (check.sound().empty() && LampsOf(check).empty()) {
    return refuse("", "neither sound nor lamp; expected at least one of sound, red, yellow, cyan");
  }
  const std::vector<std::string> clauses(check.clauses().begin(), check.clauses().end());
  int bad = -1;
  const auto limits = check::SelectAlarmLimits(check.priority(), check.edition(), clauses, bad);
  if (!limits) return refuse(fmt::format("clauses[{}]", bad), limits.error().message);
  std::vector<AlarmResultName> names;
  for (const AlarmLimit* limit : *limits) {
    const bool of_light = check::IsOfLight(limit->quantity);
    if (!clauses.empty() && (of_light ? LampsOf(check).empty() : check.sound().empty())) {
      return refuse("clauses", fmt::format("{} needs {}; expected it named", limit->name,
                                           of_light ? "a lamp" : "sound"));
    }
    const bool is_number = std::isfinite(limit->low) || std::isfinite(limit->high);
    names.push_back(
        {std::string(limit->name),
         fmt::format("{}{}; {}", limit->what, is_number ? ": " + check::ShowAlarmRange(*limit) : "",
                     limit->source)});
  }
  if (check.priority() == v1::AlarmSignalCheck::NONE) return names;
  names.push_back({"priority", fmt::format("sound and light tell priority {}",
                                           check::PriorityText(check.priority()))});
  return names;
}

Result<std::vector<v1::CheckResult>> JudgeAlarmSignal(const v1::AlarmSignalCheck& check,
                                                      const SoundSource& source,
                                                      const TraceReader& trace,
                                                      const uncertainty::Budgets& budgets,
                                                      v1::DecisionRule rule) {
  constexpr double kLongestLimit = 30;  // s, ALM-7
  const double span_s =
      std::min(kLongestLimit, 1e-9 * static_cast<double>(check.until() - check.from()));
  const auto between_edges = [&](const std::string& channel) {
    return uncertainty::TimeUncertainty(budgets, std::vector{channel, channel}, span_s);
  };
  check::ObservedAlarm observed{.span = {check.from(), check.until()}, .sound = {}, .lamps = {}};
  std::set<std::string> channels;
  const std::string sound = check.sound().empty() ? "" : "observed." + check.sound();
  const v1::ChannelIndex* index = sound.empty() ? nullptr : trace.Find(sound);
  const bool sampled = index != nullptr && index->kind() == v1::SAMPLED;
  if (!sound.empty() && !sampled) channels.insert(sound);
  const std::vector<NamedLamp> lamps = LampsOf(check);
  for (const NamedLamp& lamp : lamps) channels.insert("observed." + *lamp.signal);
  RIG_TRY_ASSIGN(const check::Signals signals, check::LoadSignals(trace, channels));
  if (sampled) {
    RIG_TRY_ASSIGN(observed.sound, TrackSampled(sound, trace, observed.span));
  } else if (!sound.empty()) {
    observed.sound = TrackSound(sound, source, signals, observed.span);
  }
  // Beside what the way of recording leaves open: bounds add up.
  if (observed.sound) observed.sound->uncertainty_s += between_edges(sound);
  for (const NamedLamp& lamp : lamps) {
    check::Lamp seen{lamp.colour, "observed." + *lamp.signal, {}, 0};
    seen.uncertainty_s = between_edges(seen.channel);
    const auto found = signals.channels.find(seen.channel);
    if (found == signals.channels.end() || found->second.steps().empty()) {
      seen.times.unknown = "not in the trace";
    } else {
      seen.times =
          check::ReadOnTimes(found->second.steps(), Nanoseconds(signals.end), observed.span);
    }
    observed.lamps.push_back(std::move(seen));
  }
  return check::JudgeAlarm(check, observed, rule);
}

}  // namespace rig
