#include "rig/check/score/alarms.h"

#include <algorithm>
#include <limits>

#include "rig/check/statistics/order_statistics.h"

namespace rig::score {
namespace {

struct Span {
  std::int64_t begin;
  std::int64_t end;
  Truth value;
  bool begins_seen;  // it was known to be false just before
};

// Maximal spans of one value from 0 to the end; the last one is closed by the end.
std::vector<Span> SpansOf(const Condition& condition, std::int64_t end) {
  std::vector<Span> spans;
  const auto add = [&](std::int64_t at, Truth value) {
    if (!spans.empty()) {
      if (spans.back().value == value) return;
      spans.back().end = at;
      if (spans.back().begin == at) spans.pop_back();
    }
    const bool seen = !spans.empty() && spans.back().value == Truth::kFalse;
    if (!spans.empty() && spans.back().value == value) return;
    spans.push_back({at, end, value, seen});
  };
  add(0, Truth::kUnknown);
  for (const Change& change : condition) {
    if (change.ns > end) break;
    add(std::max<std::int64_t>(0, change.ns), change.value);
  }
  return spans;
}

struct Event {
  std::int64_t begin;
  std::int64_t last;  // an alarm up to here belongs to it
  bool alarmed = false;
};

class RunScore {
 public:
  RunScore(const AlarmRun& run, std::int64_t limit, AlarmScore& score)
      : end_(run.end_ns),
        limit_(limit),
        score_(score),
        truth_(SpansOf(run.truth, run.end_ns)),
        alarm_(SpansOf(run.alarm, run.end_ns)) {}

  void Do() {
    for (const Span& span : truth_) {
      if (span.value == Truth::kTrue) ScoreEvent(span);
    }
    for (const Span& span : alarm_) {
      if (span.value == Truth::kTrue) ScoreAlarm(span);
    }
    score_.observed_s += static_cast<double>(KnownTime()) * 1e-9;
    std::sort(score_.latencies_s.begin(), score_.latencies_s.end());
  }

 private:
  void ScoreEvent(const Span& event) {
    const std::int64_t deadline = event.begin + limit_;
    events_.push_back({event.begin, std::max(event.end, deadline)});
    if (!event.begins_seen) {
      ++score_.undecided;
      return;
    }
    for (const Span& span : alarm_) {
      if (span.end <= event.begin && span.end != end_) continue;
      if (span.begin > std::max(event.end, deadline)) break;
      if (span.value == Truth::kFalse) continue;
      if (span.value == Truth::kUnknown || !span.begins_seen) {
        // Not known before the deadline: it might have alarmed in time. After it: only late.
        ++(span.begin <= deadline ? score_.undecided : score_.missing);
        return;
      }
      CountAlarmed(event, span.begin, deadline);
      return;
    }
    ++(end_ < deadline ? score_.undecided : score_.missing);
  }

  void CountAlarmed(const Span& event, std::int64_t at, std::int64_t deadline) {
    if (at < event.begin) {
      ++score_.masked;
      return;
    }
    if (at > deadline && at >= event.end) {
      ++score_.missing;
      return;
    }
    ++(at <= deadline ? score_.in_time : score_.late);
    score_.latencies_s.push_back(static_cast<double>(at - event.begin) * 1e-9);
  }

  void ScoreAlarm(const Span& alarm) {
    if (!alarm.begins_seen) {
      ++score_.undecided_alarms;
      return;
    }
    for (Event& event : events_) {
      if (alarm.begin < event.begin || alarm.begin > event.last) continue;
      ++(event.alarmed ? score_.repeated_alarms : score_.true_alarms);
      event.alarmed = true;
      return;
    }
    ++(TruthAt(alarm.begin) == Truth::kFalse ? score_.false_alarms : score_.undecided_alarms);
  }

  Truth TruthAt(std::int64_t ns) const {
    Truth value = Truth::kUnknown;
    for (const Span& span : truth_) {
      if (span.begin <= ns) value = span.value;
    }
    return value;
  }

  std::int64_t KnownTime() const {
    std::int64_t total = 0;
    for (const Span& a : truth_) {
      if (a.value == Truth::kUnknown) continue;
      for (const Span& b : alarm_) {
        if (b.value == Truth::kUnknown) continue;
        total += std::max<std::int64_t>(0, std::min(a.end, b.end) - std::max(a.begin, b.begin));
      }
    }
    return total;
  }

  std::int64_t end_;
  std::int64_t limit_;
  AlarmScore& score_;
  std::vector<Span> truth_;
  std::vector<Span> alarm_;
  std::vector<Event> events_;
};

}  // namespace

void ScoreAlarms(const AlarmRun& run, std::int64_t limit_ns, AlarmScore& score) {
  RunScore(run, limit_ns, score).Do();
}

Result<Estimate> LatencyQuantile(const AlarmScore& score, double p) {
  if (score.latencies_s.empty() && score.missing == 0) {
    return MakeError(Code::kInvalidArgument, "no event was decided");
  }
  // Stands for infinite, which order statistics do not take; anything above what was seen is.
  constexpr double kNever = std::numeric_limits<double>::max();
  const double longest = score.latencies_s.empty() ? 0 : score.latencies_s.back();
  const auto shown = [&](double s) {
    return s > longest ? std::numeric_limits<double>::infinity() : std::max(0.0, s);
  };
  std::vector<double> decided = score.latencies_s;
  decided.insert(decided.end(), static_cast<std::size_t>(score.missing), kNever);
  const auto quantile = [&](double open_s) {
    std::vector<double> all = decided;
    all.insert(all.end(), static_cast<std::size_t>(score.OpenEvents()), open_s);
    return statistics::QuantileWithInterval(all, p, kConfidence);
  };
  RIG_TRY_ASSIGN(const auto estimate, statistics::QuantileWithInterval(decided, p, kConfidence));
  RIG_TRY_ASSIGN(const auto least, quantile(0));
  RIG_TRY_ASSIGN(const auto most, quantile(kNever));
  return Estimate{shown(estimate.estimate), shown(least.low), shown(most.high)};
}

}  // namespace rig::score
