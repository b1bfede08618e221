#pragma once

#include <functional>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "rig/base/result.h"
#include "rig/base/run_time.h"

namespace rig {

// What is due when. Entries of the same instant run in the order they were entered.
class Agenda {
 public:
  using Action = std::function<Status()>;

  // Entering something from within an action is fine, also for the same instant.
  void At(RunTime t, Action action);
  std::optional<RunTime> next() const;
  // Takes the first entry due at or before `t`; none: empty function.
  Action Take(RunTime t);

 private:
  struct Entry {
    RunTime t;
    std::uint64_t order;
    Action action;
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return std::pair(a.t, a.order) > std::pair(b.t, b.order);
    }
  };
  std::priority_queue<Entry, std::vector<Entry>, Later> entries_;
  std::uint64_t entered_ = 0;
};

}  // namespace rig
