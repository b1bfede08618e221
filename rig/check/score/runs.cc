#include "rig/check/score/runs.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "rig/check/score/beat_series.h"

namespace rig::score {
namespace {

// What an annotation means for runs of one kind.
enum class Role {
  kNone,
  kBeat,          // begins or extends a run
  kBreak,         // a beat of another kind ends it
  kUnreadable,    // ends a run, and an episode
  kEpisode,       // VF (AF) begins: a long run by itself
  kEpisodeEnd,    // and ends
  kOtherEpisode,  // AF (VF) begins instead
};

struct Event {
  std::int64_t time;
  Role role;
};

// Rhythm as it stands while a file is read: VF and AF exclude each other, and what begins twice
// began once.
class Rhythm {
 public:
  explicit Rhythm(RunKind kind) : ventricular_(kind == RunKind::kVentricular) {}

  Role Next(Label label) {
    switch (label) {
      case Label::kN:
        // Within AF normal beats count as supraventricular ectopic ones.
        return !ventricular_ && af_ ? Role::kBeat : Role::kBreak;
      case Label::kS:
        return ventricular_ ? Role::kBreak : Role::kBeat;
      case Label::kV:
      case Label::kF:
        return ventricular_ ? Role::kBeat : Role::kBreak;
      case Label::kQ:
        return Role::kBreak;
      case Label::kUnreadable:
        return std::exchange(unreadable_, true) ? Role::kNone : Role::kUnreadable;
      case Label::kReadable:
        unreadable_ = false;
        return Role::kNone;
      case Label::kVfOn:
      case Label::kRhythmVf:
        return Begin(vf_, af_, ventricular_);
      case Label::kRhythmAf:
      case Label::kRhythmAfOther:
        return Begin(af_, vf_, !ventricular_);
      case Label::kVfOff:
        return End(vf_, ventricular_);
      case Label::kRhythmOther:
        return af_ ? End(af_, !ventricular_) : End(vf_, ventricular_);
      default:
        return Role::kNone;
    }
  }

 private:
  static Role Begin(bool& on, bool& other, bool own) {
    if (std::exchange(on, true)) return Role::kNone;
    other = false;
    return own ? Role::kEpisode : Role::kOtherEpisode;
  }
  static Role End(bool& on, bool own) {
    return std::exchange(on, false) && own ? Role::kEpisodeEnd : Role::kNone;
  }

  bool ventricular_;
  bool af_ = false;
  bool vf_ = false;
  bool unreadable_ = false;
};

std::vector<Event> EventsOf(const Annotations& annotations, RunKind kind) {
  std::vector<Event> events;
  events.reserve(annotations.size());
  Rhythm rhythm(kind);
  for (const Annotation& annotation : annotations) {
    events.push_back({annotation.time, rhythm.Next(annotation.label)});
  }
  return events;
}

struct Run {
  Interval window;
  int length;
};

// Follows one side and hands out the runs it defines, with the windows to look in.
class Definer {
 public:
  Definer(Period period, std::int64_t window) : period_(period), window_(window) {}

  // What happens during the learning period leaves only an episode that goes on after it.
  void Learn(const Event& event) {
    if (event.role == Role::kEpisode) {
      run_ = {{period_.start - window_, period_.start + window_}, kLongRun};
    } else if (event.role == Role::kEpisodeEnd) {
      run_.length = 0;
    }
  }

  void Take(const Event& event) {
    switch (event.role) {
      case Role::kBeat:
        if (run_.length == 0) run_.window.begin = event.time - window_;
        run_.window.end = event.time + window_;
        run_.length = std::min(run_.length + 1, kLongRun);
        break;
      case Role::kEpisode:
        if (run_.length > 0) break;
        run_ = {{event.time - window_, event.time + window_}, kLongRun};
        break;
      case Role::kEpisodeEnd:
        if (run_.length > 0) run_.window.end = event.time + window_;
        break;
      case Role::kBreak:
      case Role::kUnreadable:
        if (run_.length > 0) runs_.push_back(run_);
        run_.length = 0;
        break;
      case Role::kOtherEpisode:
      case Role::kNone:
        break;
    }
  }

  const std::vector<Run>& runs() const { return runs_; }

 private:
  Period period_;
  std::int64_t window_;
  Run run_{{0, 0}, 0};
  std::vector<Run> runs_;
};

std::vector<Run> RunsOf(const std::vector<Event>& events, Period period, std::int64_t window) {
  Definer definer(period, window);
  for (const Event& event : events) {
    if (period.end > 0 && event.time > period.end) break;
    if (event.time < period.start) {
      definer.Learn(event);
    } else {
      definer.Take(event);
    }
  }
  return definer.runs();
}

// Looks for runs in the other side, forward only, as the windows come.
class Seeker {
 public:
  Seeker(const std::vector<Event>& events, RunKind kind)
      : events_(events), ventricular_(kind == RunKind::kVentricular) {}

  // The longest run within the window, up to kLongRun.
  int Longest(Interval window) {
    if (episode_end_ > window.begin) return kLongRun;
    for (; Before(window.begin); ++next_) {
      if (events_[next_].role != Role::kEpisode) continue;
      SkipEpisode();
      if (episode_end_ > window.begin) return kLongRun;
    }
    int longest = 0;
    int length = 0;
    for (; Before(window.end + 1); ++next_) {
      const Role role = events_[next_].role;
      if (role == Role::kEpisode) {
        SkipEpisode();
        return kLongRun;
      }
      if (role == Role::kBeat) length = std::min(length + 1, kLongRun);
      if (Breaks(role)) length = 0;
      longest = std::max(longest, length);
    }
    return longest;
  }

 private:
  bool Before(std::int64_t time) const {
    return next_ < events_.size() && events_[next_].time < time;
  }
  bool Breaks(Role role) const {
    return role == Role::kBreak || role == Role::kUnreadable ||
           (role == Role::kOtherEpisode && !ventricular_);
  }
  // To the annotation that ends the episode; an episode without an end lasts for ever.
  void SkipEpisode() {
    for (++next_; next_ < events_.size(); ++next_) {
      const Role role = events_[next_].role;
      if (role == Role::kEpisodeEnd || role == Role::kOtherEpisode || role == Role::kUnreadable) {
        episode_end_ = events_[next_].time;
        return;
      }
    }
    episode_end_ = kNever;
  }

  const std::vector<Event>& events_;
  bool ventricular_;
  std::size_t next_ = 0;
  std::int64_t episode_end_ = -kNever;
};

std::int64_t Sum(const RunMatrix& counts, std::pair<int, int> references,
                 std::pair<int, int> tests) {
  std::int64_t sum = 0;
  for (auto r = static_cast<std::size_t>(references.first);
       r <= static_cast<std::size_t>(references.second); ++r) {
    for (auto t = static_cast<std::size_t>(tests.first);
         t <= static_cast<std::size_t>(tests.second); ++t) {
      sum += counts[r][t];
    }
  }
  return sum;
}

constexpr std::pair<int, int> kCouplet = {2, 2};
constexpr std::pair<int, int> kShort = {3, 5};
constexpr std::pair<int, int> kLong = {kLongRun, kLongRun};
constexpr std::pair<int, int> kAny = {0, kLongRun};

// Found where the other side has a run of that class or a longer one.
Fraction SensitivityOf(const RunMatrix& counts, std::pair<int, int> run) {
  return {Sum(counts, run, {run.first, kLongRun}), Sum(counts, run, kAny)};
}
Fraction PredictivityOf(const RunMatrix& counts, std::pair<int, int> run) {
  return {Sum(counts, {run.first, kLongRun}, run), Sum(counts, kAny, run)};
}

}  // namespace

RunScore ScoreRuns(const Annotations& reference, const Annotations& test, RunKind kind,
                   Period period, std::int64_t window) {
  RunScore score;
  const std::vector<Event> reference_events = EventsOf(reference, kind);
  const std::vector<Event> test_events = EventsOf(test, kind);
  Seeker in_test(test_events, kind);
  for (const Run& run : RunsOf(reference_events, period, window)) {
    const int found = in_test.Longest(run.window);
    ++score.sensitivity[static_cast<std::size_t>(run.length)][static_cast<std::size_t>(found)];
  }
  Seeker in_reference(reference_events, kind);
  for (const Run& run : RunsOf(test_events, period, window)) {
    const int found = in_reference.Longest(run.window);
    ++score.predictivity[static_cast<std::size_t>(found)][static_cast<std::size_t>(run.length)];
  }
  return score;
}

Fraction RunScore::CoupletSensitivity() const { return SensitivityOf(sensitivity, kCouplet); }
Fraction RunScore::CoupletPredictivity() const { return PredictivityOf(predictivity, kCouplet); }
Fraction RunScore::ShortSensitivity() const { return SensitivityOf(sensitivity, kShort); }
Fraction RunScore::ShortPredictivity() const { return PredictivityOf(predictivity, kShort); }
Fraction RunScore::LongSensitivity() const { return SensitivityOf(sensitivity, kLong); }
Fraction RunScore::LongPredictivity() const { return PredictivityOf(predictivity, kLong); }

}  // namespace rig::score
