#include "rig/check/tube/events.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace rig::golden {
namespace {

bool AreSame(const Event& a, const Event& b, double tolerance) {
  return a.text == b.text && std::fabs(a.value - b.value) <= tolerance;
}

class Matching {
 public:
  Matching(const std::vector<Event>& golden, const std::vector<Event>& observed,
           const EventToleranceAt& tolerance_at)
      : golden_(golden),
        observed_(observed),
        tolerance_at_(tolerance_at),
        taken_(observed.size()) {}

  // Each golden event takes the first that fits behind the previous one's: which finds the perfect
  // match, i-th to i-th, if there is one.
  void Match(EventComparison& result) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < golden_.size(); ++i) {
      const Event& wanted = golden_[i];
      const EventTolerance tolerance = tolerance_at_(wanted.ns);
      std::size_t j = next;
      while (j < observed_.size() && observed_[j].ns < wanted.ns - tolerance.latency_ns) ++j;
      const auto in_reach = [&] {
        return j < observed_.size() && observed_[j].ns <= wanted.ns + tolerance.latency_ns;
      };
      while (in_reach() && !AreSame(wanted, observed_[j], tolerance.value)) ++j;
      if (!in_reach()) {
        left_over_.push_back(i);
        continue;
      }
      result.matches.push_back({wanted.ns, observed_[j].ns - wanted.ns});
      taken_[j] = true;
      next = j + 1;
    }
  }

  void ExplainLeftOvers(std::int64_t golden_end, const std::vector<Unseen>& unseen,
                        EventComparison& result) {
    std::size_t from = 0;
    for (const std::size_t i : left_over_) {
      const Event& event = golden_[i];
      const EventTolerance tolerance = tolerance_at_(event.ns);
      if (MayBeUnseen(event, tolerance, unseen)) {
        Undecided(event.ns, result);
        continue;
      }
      std::size_t j = from;
      while (j < observed_.size() &&
             (taken_[j] || !AreSame(event, observed_[j], tolerance.value))) {
        ++j;
      }
      if (j == observed_.size()) {
        result.problems.push_back({EventProblem::Kind::kMissing, event, 0});
        continue;
      }
      taken_[j] = true;
      from = j + 1;
      const std::int64_t latency = observed_[j].ns - event.ns;
      result.problems.push_back({KindOf(latency, tolerance), event, latency});
    }
    for (std::size_t j = 0; j < observed_.size(); ++j) {
      if (taken_[j]) continue;
      const Event& event = observed_[j];
      const bool reaches_out = event.ns + tolerance_at_(event.ns).latency_ns > golden_end;
      if (reaches_out || event.after_gap) {
        Undecided(event.ns, result);
      } else {
        result.problems.push_back({EventProblem::Kind::kExtra, event, 0});
      }
    }
    std::stable_sort(
        result.problems.begin(), result.problems.end(),
        [](const EventProblem& a, const EventProblem& b) { return a.event.ns < b.event.ns; });
  }

 private:
  // Within the latency and still left over: others came in between.
  static EventProblem::Kind KindOf(std::int64_t latency, const EventTolerance& tolerance) {
    if (latency > tolerance.latency_ns) return EventProblem::Kind::kLate;
    if (latency < -tolerance.latency_ns) return EventProblem::Kind::kEarly;
    return EventProblem::Kind::kOutOfOrder;
  }
  static bool MayBeUnseen(const Event& event, const EventTolerance& tolerance,
                          const std::vector<Unseen>& unseen) {
    return std::any_of(unseen.begin(), unseen.end(), [&](const Unseen& stretch) {
      return event.ns + tolerance.latency_ns >= stretch.from &&
             event.ns - tolerance.latency_ns <= stretch.to;
    });
  }
  static void Undecided(std::int64_t ns, EventComparison& result) {
    result.undecided_at = std::min(result.undecided_at.value_or(ns), ns);
  }

  const std::vector<Event>& golden_;
  const std::vector<Event>& observed_;
  const EventToleranceAt& tolerance_at_;
  std::vector<bool> taken_;
  std::vector<std::size_t> left_over_;
};

}  // namespace

EventComparison CompareEvents(const std::vector<Event>& golden, std::int64_t golden_end,
                              const std::vector<Event>& observed, const std::vector<Unseen>& unseen,
                              const EventToleranceAt& tolerance_at) {
  EventComparison result;
  result.golden_count = golden.size();
  result.observed_count = observed.size();
  Matching matching(golden, observed, tolerance_at);
  matching.Match(result);
  matching.ExplainLeftOvers(golden_end, unseen, result);
  return result;
}

LatencySummary Summarize(const std::vector<EventMatch>& matches) {
  if (matches.empty()) return {};
  std::vector<std::int64_t> latencies;
  latencies.reserve(matches.size());
  for (const EventMatch& match : matches) latencies.push_back(match.latency_ns);
  std::sort(latencies.begin(), latencies.end());
  const std::size_t n = latencies.size();
  return {latencies.front(), latencies[(n - 1) / 2], latencies[(95 * n + 99) / 100 - 1],
          latencies.back()};
}

}  // namespace rig::golden
