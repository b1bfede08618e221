#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "sim_signals/forward_queue.h"
#include "sim_signals/source.h"

namespace rig {

// Truth events that lie ahead, in time order.
using TruthQueue = ForwardQueue<TruthEvent>;

// Sorts the events from `first` on by time; those of one instant stay in their order. Few at a
// time; asks for no memory, as std::stable_sort does.
inline void SortByTime(std::vector<TruthEvent>& truth, std::size_t first) {
  const auto begin = truth.begin() + static_cast<std::ptrdiff_t>(first);
  for (auto next = begin; next != truth.end(); ++next) {
    const auto at = std::upper_bound(
        begin, next, *next, [](const TruthEvent& a, const TruthEvent& b) { return a.t < b.t; });
    std::rotate(at, next, next + 1);
  }
}

}  // namespace rig
