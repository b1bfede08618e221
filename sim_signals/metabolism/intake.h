#pragma once

#include <algorithm>
#include <vector>

#include "rig/base/run_time.h"
#include "rig/v1/metabolism.pb.h"
#include "sim_signals/metabolism/glucose_model.h"

namespace rig {

// What a patient takes at stated times, in their order.
class Intake {
 public:
  template <typename Meals, typename Boluses>
  Intake(const Meals& meals, const Boluses& boluses) {
    for (const v1::Meal& m : meals)
      list_.push_back({Duration(m.at()), m.carbohydrate() * 1000.0, 0.0});
    for (const v1::Bolus& b : boluses) list_.push_back({Duration(b.at()), 0.0, b.units()});
    std::stable_sort(list_.begin(), list_.end(),
                     [](const Entry& a, const Entry& b) { return a.at < b.at; });
  }
  // No amount below 0 and no time before the start.
  bool usable() const {
    return std::all_of(list_.begin(), list_.end(), [](const Entry& e) {
      return e.at >= Duration(0) && e.grams >= 0.0 && e.units >= 0.0;
    });
  }
  // Gives the model what is due by `now`.
  void Take(Duration now, GlucoseModel& model) {
    for (; next_ < list_.size() && list_[next_].at <= now; ++next_) {
      if (list_[next_].grams > 0.0) model.Eat(list_[next_].grams);
      if (list_[next_].units > 0.0) model.Inject(list_[next_].units);
    }
  }

 private:
  struct Entry {
    Duration at;
    double grams, units;
  };
  std::vector<Entry> list_;
  std::size_t next_ = 0;
};

}  // namespace rig
