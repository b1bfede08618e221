#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// Events of a channel against the events of a golden: order, count, latency.
namespace rig::golden {

// A change of a channel to a value, or a message.
struct Event {
  std::int64_t ns;
  double value = 0;
  std::string text = {};   // of a message; then `value` means nothing
  bool after_gap = false;  // first value behind a stretch without one: when it changed is unknown
};

// A stretch of run time in which events may have gone unseen; both ends belong to it.
struct Unseen {
  std::int64_t from;
  std::int64_t to;
};

struct EventTolerance {
  double value = 0;             // values that differ by no more are of the same event
  std::int64_t latency_ns = 0;  // observed less golden, either way
};
// By time; the tolerance of a golden event is that of its own instant.
using EventToleranceAt = std::function<EventTolerance(std::int64_t ns)>;

// A golden event that has no observed event of its own in the window, or the other way round.
struct EventProblem {
  enum class Kind { kMissing, kExtra, kLate, kEarly, kOutOfOrder };
  Kind kind;
  Event event;              // the golden one; of kExtra the observed one
  std::int64_t latency_ns;  // of kLate, kEarly and kOutOfOrder
};

struct EventMatch {
  std::int64_t golden_ns;
  std::int64_t latency_ns;
};

struct EventComparison {
  std::size_t golden_count = 0;
  std::size_t observed_count = 0;
  std::vector<EventMatch> matches;     // in the golden's order
  std::vector<EventProblem> problems;  // proven, in time order
  // The first golden or observed event whose partner may lie where nothing was seen.
  std::optional<std::int64_t> undecided_at;
};

// Matches each golden event to one observed event of the same value or text within the latency,
// keeping the order. A golden event left over whose window touches `unseen`, and an observed one
// whose window reaches beyond the golden's time, are undecided; other left-overs are problems: late
// early or out of order where a left-over of the same value or text fits, else missing or extra. A
// perfect match is found if there is one. Both lists are in time order; time grows with the number
// of events times those within one latency.
EventComparison CompareEvents(const std::vector<Event>& golden, std::int64_t golden_end,
                              const std::vector<Event>& observed, const std::vector<Unseen>& unseen,
                              const EventToleranceAt& tolerance_at);

// Distribution of latencies, in nanoseconds. Empty input: all 0.
struct LatencySummary {
  std::int64_t least = 0;
  std::int64_t median = 0;        // lower median
  std::int64_t percentile95 = 0;  // nearest rank
  std::int64_t most = 0;
};
LatencySummary Summarize(const std::vector<EventMatch>& matches);

}  // namespace rig::golden
