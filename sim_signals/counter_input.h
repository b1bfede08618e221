#pragma once

#include <algorithm>

namespace rig {

// What an observed counter has counted from one step of a plant to the next.
class CounterInput {
 public:
  // A counter nobody observed yet is NaN and has counted nothing. One that went back (the board
  // restarted) has counted nothing either and is taken as the new reference.
  double Since(double counter) {
    const bool known = counter - counter == 0.0;
    if (!known) return 0.0;
    const double counted = std::max(0.0, counter - counter_);
    counter_ = counter;
    return counted;
  }

 private:
  double counter_ = 0.0;
};

}  // namespace rig
