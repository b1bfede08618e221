#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "sim_signals/source.h"

namespace rig {

// Truth events that lie ahead, in time order. Asks for no memory once it has held as many as it
// will.
class TruthQueue {
 public:
  void Push(RunTime t, std::string_view what, double value) {
    if (first_ > 0 && events_.size() == events_.capacity()) {
      events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
    events_.push_back({t, what, value});
  }
  // The earliest, if it lies before `end`; null if none does.
  const TruthEvent* PopBefore(RunTime end) {
    if (first_ < events_.size() && events_[first_].t < end) return &events_[first_++];
    return nullptr;
  }

 private:
  std::vector<TruthEvent> events_;
  std::size_t first_ = 0;
};

// Sorts the events from `first` on by time; those of one instant stay in their order.
inline void SortByTime(std::vector<TruthEvent>& truth, std::size_t first) {
  for (auto next = truth.begin() + static_cast<std::ptrdiff_t>(first); next != truth.end();
       ++next) {
    const auto at =
        std::upper_bound(truth.begin() + static_cast<std::ptrdiff_t>(first), next, *next,
                         [](const TruthEvent& a, const TruthEvent& b) { return a.t < b.t; });
    std::rotate(at, next, next + 1);
  }
}

}  // namespace rig
